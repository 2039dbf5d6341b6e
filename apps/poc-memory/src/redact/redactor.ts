/**
 * Takes secrets out of text before anything of it is kept. Deterministic: the same text and key give the
 * same result. Redacting twice equals redacting once. What is put in place, `[redacted:kind:hash8]`, lets
 * equal secrets be seen as equal and cannot be turned back without the installation's key.
 */
import { createHmac } from "node:crypto";
import { assignmentRules } from "./assignment.ts";
import { contextRules } from "./context-rules.ts";
import { KeywordScan } from "./keyword-scan.ts";
import { privateKeyRule, puttyKeyRule } from "./private-key.ts";
import type { Found, SecretRule } from "./rule.ts";
import { tokenRules } from "./token-rules.ts";
import { findWrapped } from "./wrapped.ts";

/** How many secrets of each kind were replaced. */
export type RedactionCounts = Readonly<Record<string, number>>;

/** A text without its secrets. */
export interface Redaction {
  readonly text: string;
  readonly counts: RedactionCounts;
}

/** A secret and what it is; `start` to `end` in the text it was found in. */
export interface SecretSpan {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** Every rule, the surest first: where two find the same place, the first one names it. */
export const secretRules: readonly SecretRule[] = [
  privateKeyRule,
  puttyKeyRule,
  ...tokenRules,
  ...contextRules,
  ...assignmentRules,
];

/** Only what says itself what it is may be put together from several lines. */
const tokens: ReadonlySet<SecretRule> = new Set(tokenRules);
const HASH_DIGITS = 8;
/** After one pass a secret may stand in a new neighbourhood. Two passes have sufficed in every test; more are never made. */
const PASSES_MAX = 4;
const MARKER = /\[redacted:[a-z0-9-]{1,40}:[0-9a-f]{8}\]/g;

/** The redactor of an installation. Holds the key and nothing else; safe to share. */
export class Redactor {
  readonly #key: Uint8Array;
  readonly #scan: KeywordScan;
  /** Index of a keyword to the indexes of the rules that have it. */
  readonly #rulesOfWord: readonly (readonly number[])[];

  /** @param key from `loadRedactionKey`; equal secrets get equal marks only under equal keys. */
  constructor(key: Uint8Array) {
    this.#key = key;
    const rulesOf = new Map<string, number[]>();
    secretRules.forEach((rule, index) => {
      for (const word of new Set(rule.keywords)) rulesOf.set(word, [...(rulesOf.get(word) ?? []), index]);
    });
    this.#scan = new KeywordScan([...rulesOf.keys()]);
    this.#rulesOfWord = [...rulesOf.values()];
  }

  /** Replace every secret in `text`. */
  redact(text: string): Redaction {
    let current = text;
    const counts = new Map<string, number>();
    for (let pass = 0; pass < PASSES_MAX; pass += 1) {
      const spans = this.find(current);
      if (spans.length === 0) break;
      for (const { kind } of spans) counts.set(kind, (counts.get(kind) ?? 0) + 1);
      current = this.replace(current, spans);
    }
    return { text: current, counts: Object.fromEntries(counts) };
  }

  /** Where the secrets of `text` are: in order, not overlapping. What is redacted already is not found again. */
  find(text: string): readonly SecretSpan[] {
    const found: RankedSpan[] = [];
    const marks = marksIn(text);
    /** Up to where each rule has looked: a keyword inside what it already took is not tried. */
    const takenTo = new Map<number, number>();
    this.#scan.scan(text, (word, start) => {
      if (marks.some((mark) => start >= mark.start && start < mark.end)) return; // The words of a marker.
      for (const rank of this.#rulesOfWord[word] ?? []) {
        if (start < (takenTo.get(rank) ?? 0)) continue;
        const rule = secretRules[rank];
        if (rule === undefined) continue;
        const direct = rule.find(text, start);
        const span = tokens.has(rule) ? findWrapped(rule, text, start, direct) : direct;
        if (span === null) continue;
        takenTo.set(rank, span.end);
        if (!isMark(span, marks)) found.push({ kind: rule.kind, rank, ...covering(span, marks) });
      }
    });
    return found.length === 0 ? [] : merge(found);
  }

  /** `text` with the spans, in order and not overlapping, replaced. */
  replace(text: string, spans: readonly SecretSpan[]): string {
    let result = "";
    let from = 0;
    for (const { kind, start, end } of spans) {
      result += text.slice(from, start) + this.mark(kind, text.slice(start, end));
      from = end;
    }
    return result + text.slice(from);
  }

  /** What stands in place of a secret. */
  mark(kind: string, secret: string): string {
    const hash = createHmac("sha256", this.#key).update(secret).digest("hex").slice(0, HASH_DIGITS);
    return `[redacted:${kind}:${hash}]`;
  }
}

/** Where something was redacted before. */
function marksIn(text: string): readonly Found[] {
  if (!text.includes("[redacted:")) return [];
  return [...text.matchAll(MARKER)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function isMark(span: Found, marks: readonly Found[]): boolean {
  return marks.some((mark) => mark.start <= span.start && span.end <= mark.end);
}

/** A span never cuts a marker: it takes the whole of each it touches. */
function covering(span: Found, marks: readonly Found[]): Found {
  let { start, end } = span;
  for (const mark of marks)
    if (mark.start < end && mark.end > start) {
      start = Math.min(start, mark.start);
      end = Math.max(end, mark.end);
    }
  return { start, end };
}

interface RankedSpan extends SecretSpan {
  readonly rank: number;
}

/** Overlapping spans become one, named by the surest of them. */
function merge(found: RankedSpan[]): readonly SecretSpan[] {
  const merged: RankedSpan[] = [];
  for (const span of found.toSorted((a, b) => a.start - b.start || a.rank - b.rank)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) {
      merged.push(span);
      continue;
    }
    const surest = span.rank < last.rank ? span : last;
    merged[merged.length - 1] = { ...surest, start: last.start, end: Math.max(last.end, span.end) };
  }
  return merged;
}
