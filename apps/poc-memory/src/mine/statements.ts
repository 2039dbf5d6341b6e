/** Statements that stand: no two that say the same, the best when there are too many. */
import { stateLimits } from "./limits.ts";
import { normalised } from "./keys.ts";
import type { SegmentState, Statement } from "./segment-state.ts";

/** Share of the smaller text's words that must be in the other for the two to say the same. */
const SAME_SHARE = 0.75;
const SHORTEST_WORD = 3;

/** Whether two texts say the same: equal but for marks and case, or most words of the shorter in the longer. */
export function saysTheSame(a: string, b: string): boolean {
  if (words(a).size === 0 || words(b).size === 0) return normalised(a) === normalised(b);
  return sharedWords(a, b) >= SAME_SHARE;
}

/** Share of the words of the text with fewer of them that are also in the other: 0 to 1. */
export function sharedWords(a: string, b: string): number {
  const first = words(a);
  const second = words(b);
  const smaller = Math.min(first.size, second.size);
  if (smaller === 0) return 0;
  let shared = 0;
  for (const word of first) if (second.has(word)) shared += 1;
  return shared / smaller;
}

function words(text: string): ReadonlySet<string> {
  return new Set(
    normalised(text)
      .split(" ")
      .filter((word) => word.length >= SHORTEST_WORD),
  );
}

/** The state with these statements, in order, but for those that say what one of it says already. */
export function addStatements(state: SegmentState, found: readonly Statement[]): SegmentState {
  const statements = [...state.statements];
  for (const statement of found) {
    const isKnown = statements.some(
      (known) => saysTheSame(known.text, statement.text) || isSecondCause(known, statement),
    );
    if (!isKnown) statements.push(statement);
  }
  if (statements.length === state.statements.length) return state;
  return { ...state, statements: best(statements, stateLimits.statements) };
}

/** The first "Found it!" of a turn is the finding; the next ones say it again or chase its effects. */
function isSecondCause(known: Statement, statement: Statement): boolean {
  return known.rule === "found" && statement.rule === "found" && known.turn === statement.turn;
}

/** At most `count` of them, in their order: those of most merit, the earlier where equal. */
export function best(statements: readonly Statement[], count: number): readonly Statement[] {
  if (statements.length <= count) return statements;
  const chosen = new Set(
    statements
      .map((statement, at) => ({ statement, at }))
      .toSorted((a, b) => b.statement.merit - a.statement.merit || a.at - b.at)
      .slice(0, count)
      .map(({ at }) => at),
  );
  return statements.filter((_, at) => chosen.has(at));
}

/** The statements that hold as things are: those of an answer after which the agent worked on do not. */
export function standing(state: SegmentState): readonly Statement[] {
  return state.workedSinceAnswer ? state.statements : addStatements(state, state.unsettled).statements;
}
