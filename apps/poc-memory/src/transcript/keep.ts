/**
 * What is kept of a text: redacted, then at most so many characters of it. The order matters: a secret must
 * be seen whole to be known, so a long text is redacted with a margin around what is kept and cut afterwards,
 * never inside a secret and never inside a surrogate pair.
 */
import { secretKindOf } from "../redact/assignment.ts";
import type { RedactionCounts, Redactor } from "../redact/redactor.ts";

/** Longer than any secret a rule knows (a private key of 20,000 characters is the longest). */
const MARGIN_CHARS = 24 * 1024;
/** A longer value is not one secret; what it holds is found by the rules that need no name. */
const FIELD_SECRET_CHARS = 4096;
/** How much of what is kept of a long text is its beginning. */
const HEAD_SHARE = 0.5;

/** Redacts and caps for one reading, and counts what it redacted. Not for sharing between readings. */
export class Keeper {
  readonly #redactor: Redactor;
  readonly #counts = new Map<string, number>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** What was redacted so far, by kind. */
  get counts(): RedactionCounts {
    return Object.fromEntries(this.#counts);
  }

  /** `text` without secrets; of more than `chars` UTF-16 units the two ends and how much lies between. Well-formed. */
  text(text: string, chars: number): string {
    const kept = text.length <= chars ? this.#redact(text) : this.#ends(text, chars);
    return kept.toWellFormed();
  }

  /** The same for the value of a field, whose name may be what tells that it is a secret. */
  field(name: string, value: string, chars: number): string {
    const kind = value.length <= FIELD_SECRET_CHARS ? secretKindOf(name, value) : null;
    if (kind === null) return this.text(value, chars);
    this.#add({ [kind]: 1 });
    return this.#redactor.mark(kind, value);
  }

  #redact(text: string): string {
    const { text: redacted, counts } = this.#redactor.redact(text);
    this.#add(counts);
    return redacted;
  }

  #ends(text: string, chars: number): string {
    const headChars = Math.ceil(chars * HEAD_SHARE);
    const tailChars = chars - headChars;
    const head = this.#piece(text.slice(0, headChars + MARGIN_CHARS), 0, headChars);
    const before = Math.max(0, text.length - tailChars - MARGIN_CHARS);
    const tail = this.#piece(text.slice(before), text.length - tailChars - before, text.length - before);
    return `${head}\n[… ${text.length - chars} characters left out …]\n${tail}`;
  }

  /** `text` from `from` to `to`, moved outward to the ends of a secret that lies across, redacted. */
  #piece(text: string, from: number, to: number): string {
    const spans = this.#redactor.find(text);
    let start = from;
    let end = to;
    for (const span of spans) {
      if (span.start < start && span.end > start) start = span.start;
      if (span.start < end && span.end > end) end = span.end;
    }
    if (isLowSurrogate(text, start)) start += 1;
    if (isLowSurrogate(text, end)) end -= 1;
    const inside = spans
      .filter((span) => span.start >= start && span.end <= end)
      .map((span) => ({ kind: span.kind, start: span.start - start, end: span.end - start }));
    for (const { kind } of inside) this.#add({ [kind]: 1 });
    // Once more, for what stands beside a secret only now; it finds nothing in nearly every text.
    return this.#redact(this.#redactor.replace(text.slice(start, end), inside));
  }

  #add(counts: RedactionCounts): void {
    for (const [kind, count] of Object.entries(counts))
      this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff;
}
