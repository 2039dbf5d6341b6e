/** What an answer states that holds: causes found, decisions with their reasons, constraints, what was fixed and how. */
import { stateLimits } from "./limits.ts";
import { choiceRule, dangling, doubtRules, passing, unsettledHeading } from "./rules/doubt.ts";
import { firstRule } from "./rules/rule.ts";
import {
  agrees,
  causeHeading,
  causeLeads,
  causeRules,
  constraintRules,
  decisionHeading,
  decisionRules,
  fixedRule,
  keptInSync,
  madeRule,
  reasonColumn,
  reasonIs,
  respondedRule,
} from "./rules/statements.ts";
import type { LinePlace, Statement } from "./segment-state.ts";
import { balanced, inline } from "./text/clean.ts";
import { keep } from "./text/keep.ts";
import { blocks, type Block } from "./text/blocks.ts";
import { sentences } from "./text/prose.ts";

const SHORTEST = 40;
const LONGEST = 420;
const WORDS_MIN = 6;
/** A decision that names no code must say this much to be understood. */
const PLAIN_CHARS = 60;
/** A reason shorter than this gives none. */
const REASON_CHARS = 40;
/** At most so many of the sentences after "Found it!" belong to what was found. */
const SENTENCES_AFTER_LEAD = 2;
const ROWS_TOLD = 8;
/** A description of somebody's code or text is not a fact about the project: too long an answer is a review or a manual. */
const MERIT = { cause: 8, fix: 8, agreed: 7, decision: 6, listed: 5, constraint: 4, made: 3 } as const;

/** What an answer states. `firm` holds whatever comes after; `last` only if the turn ends with this answer. */
export interface Stated {
  readonly firm: readonly Statement[];
  readonly last: readonly Statement[];
}

/** The statements of an answer, in order. An answer that offers a choice states nothing. */
export function fromAnswer(answer: string, turn: number, at: LinePlace): Stated {
  const found = blocks(answer);
  const ending = found
    .slice(-3)
    .map((block) => block.text)
    .join(" ");
  if (choiceRule.pattern.test(ending)) return { firm: [], last: [] };
  const make = ({ category, text, rule, merit }: Finding): Statement => ({
    category,
    text: keep(balanced(inline(text)), stateLimits.statementCost),
    rule,
    said: "agent",
    turn,
    at,
    merit,
  });
  const firm = [...causesFound(found), ...reasonsGiven(found), ...agreedWith(found)].map(make);
  const last = [...underCauseHeadings(found), ...listed(found), ...tabled(found), ...inProse(found)].map(
    make,
  );
  return { firm, last: last.slice(0, stateLimits.unsettled) };
}

type Finding = Pick<Statement, "category" | "text" | "rule" | "merit">;

/** The sentences after "Found it!" and its like. */
function causesFound(found: readonly Block[]): readonly Finding[] {
  for (const [n, block] of found.entries()) {
    if (block.kind !== "paragraph" && block.kind !== "heading") continue;
    const spoken = sentences(block.text);
    const lead = spoken.findIndex((sentence) => firstRule(causeLeads, sentence) !== null);
    if (lead === -1) continue;
    const after = spoken.slice(lead + 1);
    const told = accountOf(
      after.length > 0
        ? after
        : sentences(found[n + 1]?.kind === "paragraph" ? (found[n + 1]?.text ?? "") : ""),
    );
    if (told !== null) return [{ category: "project", text: told, rule: "found", merit: MERIT.cause }];
  }
  return [];
}

/** "It does so. The reason is that …": both sentences. */
function reasonsGiven(found: readonly Block[]): readonly Finding[] {
  return found.flatMap((block) => {
    if (block.kind !== "paragraph") return [];
    const spoken = sentences(block.text);
    const at = spoken.findIndex((sentence) => reasonIs.pattern.test(sentence));
    if (at < 1) return [];
    const text = accountOf(spoken.slice(at - 1, at + 1));
    if (text === null || !text.endsWith(spoken[at] ?? "")) return [];
    return [{ category: "project", text, rule: reasonIs.name, merit: MERIT.cause } as const];
  });
}

function underCauseHeadings(found: readonly Block[]): readonly Finding[] {
  return found.flatMap((block, n) => {
    if (
      block.kind !== "paragraph" ||
      found[n - 1]?.kind !== "heading" ||
      !causeHeading.pattern.test(block.heading)
    )
      return [];
    const told = accountOf(sentences(block.text));
    return told === null
      ? []
      : [{ category: "project", text: told, rule: "cause heading", merit: MERIT.cause } as const];
  });
}

/** The first sentences of an account, as far as they are sure and specific; `null` where they are not. */
function accountOf(spoken: readonly string[]): string | null {
  const sure: string[] = [];
  for (const sentence of spoken.slice(0, SENTENCES_AFTER_LEAD)) {
    if (firstRule(doubtRules, sentence) !== null || sentence.endsWith(":")) break;
    sure.push(sentence);
  }
  const text = sure.join(" ");
  return sure.length > 0 && isTelling(text) && !passing.pattern.test(text)
    ? text.replace(/^it['’]s (?=an? )/iu, "It is ")
    : null;
}

/** What the agent says right after taking up a point of the person's. */
function agreedWith(found: readonly Block[]): readonly Finding[] {
  const first = found[0];
  if (first?.kind !== "paragraph" || !agrees.pattern.test(first.text)) return [];
  const told = sentences(first.text)
    .slice(1)
    .filter((sentence) => ruled(sentence) !== null && isTelling(sentence) && isSettled(sentence));
  if (told.length === 0) return [];
  return [{ category: "decision", text: told.join(" "), rule: "agreed", merit: MERIT.agreed }];
}

/** Bullets under a heading of decisions, answers to reviewers, and what was fixed with its details. */
function listed(found: readonly Block[]): readonly Finding[] {
  return found.flatMap((block, n) => {
    if (block.kind === "heading" || block.kind === "row") return [];
    const details = detailsOf(found, n);
    const finding =
      fixedIn(block, details) ?? respondedIn(block) ?? decidedIn(block) ?? inSync(block, details);
    return finding === null ? [] : [finding];
  });
}

function fixedIn(block: Block, details: string): Finding | null {
  if (!fixedRule.pattern.test(block.text) || block.text.endsWith("?")) return null;
  if (details === "" && !isTelling(block.text)) return null;
  return { category: "fix", text: `${block.text} ${details}`.trim(), rule: fixedRule.name, merit: MERIT.fix };
}

function respondedIn(block: Block): Finding | null {
  if (!respondedRule.pattern.test(block.text) || !(isTelling(block.text) || isPlain(block.text))) return null;
  const question = block.heading.replace(/^\d{1,2}[.)]\s/u, "").replace(/:$/u, "");
  const answer = block.text.replace(/^\w{4,10}:\s/u, "");
  const text = question === "" ? answer : `${question}: ${answer}`;
  return { category: "decision", text, rule: respondedRule.name, merit: MERIT.decision };
}

function decidedIn(block: Block): Finding | null {
  const above = [block.heading, block.lead].find((line) => decisionHeading.pattern.test(line));
  const reason = /(?:\s[—–-]{1,2}\s|:\s|\bbecause\b)(.{0,2000})$/u.exec(block.text)?.[1] ?? "";
  if (
    above === undefined ||
    block.kind !== "bullet" ||
    reason.length < REASON_CHARS ||
    !isTelling(block.text)
  )
    return null;
  const heading = above.replace(/\s?\(.{0,60}\)|:$/gu, "");
  return {
    category: "decision",
    text: `${heading}: ${block.text}`,
    rule: decisionHeading.name,
    merit: MERIT.listed,
  };
}

function inSync(block: Block, details: string): Finding | null {
  if (details === "" || !keptInSync.pattern.test(block.text)) return null;
  return {
    category: "project",
    text: `${block.text} ${details}`,
    rule: keptInSync.name,
    merit: MERIT.constraint,
  };
}

/** The items of the list that a block introduces, joined. */
function detailsOf(found: readonly Block[], n: number): string {
  const block = found[n];
  if (block === undefined || !block.text.endsWith(":")) return "";
  const items: string[] = [];
  for (const next of found.slice(n + 1)) {
    if (next.kind !== "bullet" || next.lead !== block.text) break;
    items.push(next.text);
  }
  return items.join("; ");
}

/** A table with a column of reasons, as one statement. */
function tabled(found: readonly Block[]): readonly Finding[] {
  const head = found.findIndex(
    (block) => block.kind === "row" && cells(block).some((cell) => reasonColumn.pattern.test(cell)),
  );
  const header = found[head];
  if (header === undefined) return [];
  const reason = cells(header).findIndex((cell) => reasonColumn.pattern.test(cell));
  const rows: string[] = [];
  for (const block of found.slice(head + 1, head + 1 + ROWS_TOLD)) {
    if (block.kind !== "row") break;
    const told = cells(block);
    const why = told[reason] ?? "";
    if (why.length > 12)
      rows.push(`${told.filter((_, column) => column !== reason).join(": ")} (${why.replace(/\.$/u, "")})`);
  }
  const text = rows.reduce(
    (all, row) => (all.length + row.length + 2 > LONGEST - 20 ? all : all === "" ? row : `${all}; ${row}`),
    "",
  );
  return text === "" || !isSpecific(text)
    ? []
    : [{ category: "decision", text, rule: "reason column", merit: MERIT.decision }];
}

function cells(row: Block): readonly string[] {
  return row.text.split("|").map((cell) => cell.trim());
}

/** Single sentences that carry their own reason. */
function inProse(found: readonly Block[]): readonly Finding[] {
  return found.flatMap((block) => {
    if (
      block.kind === "heading" ||
      block.kind === "row" ||
      unsettledHeading.pattern.test(block.heading) ||
      unsettledHeading.pattern.test(block.lead)
    )
      return [];
    if (respondedRule.pattern.test(block.text)) return [];
    return sentences(block.text).flatMap((sentence) => {
      const finding = ruled(sentence);
      const tells = isTelling(sentence) || (finding?.rule === "is right because" && isPlain(sentence));
      return finding !== null && tells && isSettled(sentence) ? [finding] : [];
    });
  });
}

function ruled(sentence: string): Finding | null {
  const cause = firstRule(causeRules, sentence);
  if (cause !== null) return { category: "project", text: sentence, rule: cause.name, merit: MERIT.cause };
  const decision = firstRule(decisionRules, sentence);
  if (decision !== null)
    return { category: "decision", text: sentence, rule: decision.name, merit: MERIT.decision };
  const constraint = firstRule(constraintRules, sentence);
  if (constraint !== null)
    return { category: "project", text: sentence, rule: constraint.name, merit: MERIT.constraint };
  const isMade = madeRule.pattern.test(sentence);
  return isMade ? { category: "project", text: sentence, rule: madeRule.name, merit: MERIT.made } : null;
}

/** Sure, about the project rather than the moment, and understandable by itself. */
function isSettled(sentence: string): boolean {
  return (
    firstRule(doubtRules, sentence) === null &&
    !dangling.pattern.test(sentence) &&
    !passing.pattern.test(sentence) &&
    !sentence.endsWith(":")
  );
}

/** Long enough to say something, short enough to be one thing, whole, and about something that has a name. */
function isTelling(text: string): boolean {
  return (
    text.length >= SHORTEST &&
    text.length <= LONGEST * 1.5 &&
    text.split(" ").length >= WORDS_MIN &&
    !/characters left out|\[truncated/iu.test(text) &&
    isSpecific(text)
  );
}

/** A decision in words alone, that points at nothing which only the session knew. */
function isPlain(text: string): boolean {
  return (
    text.length >= PLAIN_CHARS &&
    text.length <= LONGEST &&
    !/\bthe (?:function|file|caller|test|code|method|error|change)\b/iu.test(text)
  );
}

/** Whether a text names code, a file, a version or an identifier. */
function isSpecific(text: string): boolean {
  return /`[^`]{2,120}`|\b[a-z]{1,30}[A-Z]\w{1,40}|\b[A-Z][a-z]{1,30}[A-Z]\w{1,40}|\b\w{1,40}_\w{1,40}|\w\(\)|\b[\w-]{1,60}\/[\w./-]{2,100}|\b\d{1,4}\.\d{1,4}\.\d{1,4}\b|\bRFC \d{3,5}\b|\b[\w-]{1,40}\.(?:ts|js|go|rs|py|md|json|ya?ml|toml|sql|sh|c|h|cpp|java|rb|css|html)\b/u.test(
    text,
  );
}
