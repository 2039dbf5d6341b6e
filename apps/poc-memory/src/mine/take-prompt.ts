/** What the person says: requests that begin turns, wishes that hold beyond them, ways back. */
import { stateLimits, workLimits } from "./limits.ts";
import { fromPrompt } from "./find-preferences.ts";
import { requestText } from "./request-text.ts";
import { agreement } from "./rules/requests.ts";
import { errorsIn } from "./rules/failures.ts";
import type { LinePlace, OpenFailure, SegmentState, Turn } from "./segment-state.ts";
import { addStatements } from "./statements.ts";
import { clean, withoutRecalled } from "./text/clean.ts";
import { keep } from "./text/keep.ts";

/** The state after a prompt: a new turn, with what the prompt says that outlasts it. */
export function takePrompt(state: SegmentState, said: string, at: LinePlace): SegmentState {
  const text = withoutRecalled(clean(said.slice(0, workLimits.entryChars * 4)))
    .slice(0, workLimits.entryChars)
    .trim();
  if (text === "") return state;
  const agreed =
    state.offer !== null && agreement.pattern.test(text) && !state.workedSinceAnswer ? state.offer : null;
  const shown = requestText(text);
  const request = agreed === null ? shown : `${shown} (agreed: ${agreed})`;
  const begun = beginTurn(state, "prompt", request, at);
  const turn = begun.requestsBegun - 1;
  const withWishes = addStatements(begun, fromPrompt(text, turn, at));
  return withBroughtError(withWishes, text, turn, at);
}

/** A new turn. What the last answer stated stands now, where the agent had nothing to add to it. */
export function beginTurn(
  state: SegmentState,
  kind: Turn["kind"],
  text: string,
  at: LinePlace,
): SegmentState {
  const settled = addStatements({ ...state, unsettled: [] }, state.workedSinceAnswer ? [] : state.unsettled);
  const turn: Turn = {
    n: state.requestsBegun,
    prompt: state.turnsBegun - 1,
    at,
    kind,
    text: keep(text, stateLimits.requestCost),
    answer: "",
    answerAt: null,
    deeds: 0,
    interrupted: false,
    abandoned: false,
  };
  const turns = [...state.turns, turn];
  return {
    ...settled,
    requestsBegun: state.requestsBegun + 1,
    turns: turns.length > stateLimits.turns ? turns.toSpliced(stateLimits.turnsFromStart, 1) : turns,
    // An error the person brought was for the turn it came with.
    failures: state.failures.filter((failure) => failure.command !== null),
    offer: null,
    workedSinceAnswer: false,
  };
}

/** The turn that work belongs to; begins a carried one where nobody has asked yet. */
export function withTurn(state: SegmentState, at: LinePlace): SegmentState {
  return state.requestsBegun > 0 ? state : beginTurn(state, "carried", state.carried ?? "", at);
}

/** Turns from this prompt on did not happen, as far as the story goes; what they stated is gone. */
export function goBack(state: SegmentState, toPrompt: number): SegmentState {
  const toTurn = (state.turns.findLast((turn) => turn.prompt < toPrompt)?.n ?? -1) + 1;
  const gone = (of: { readonly turn: number }): boolean => of.turn >= toTurn;
  return {
    ...state,
    turns: state.turns.map((turn) => (turn.n >= toTurn ? { ...turn, abandoned: true } : turn)),
    files: state.files.map((file) => (file.lastTurn >= toTurn ? { ...file, abandoned: true } : file)),
    statements: state.statements.filter(
      (statement) => statement.category === "preference" || !gone(statement),
    ),
    unsettled: [],
    failures: state.failures.filter((failure) => !gone(failure)),
    fixes: state.fixes.filter((fix) => !gone(fix)),
    outcome: state.outcome !== null && gone(state.outcome) ? null : state.outcome,
    offer: null,
  };
}

/** An error pasted by the person is open until a check succeeds after a change. */
function withBroughtError(state: SegmentState, text: string, turn: number, at: LinePlace): SegmentState {
  if (
    !/\b(?:error|errors|fail(?:s|ed|ing|ure)?|broken|crash(?:es|ed)?|exception|traceback|panic)\b/iu.test(
      text,
    )
  )
    return state;
  const errors = errorsIn(text, stateLimits.errorsPerFailure)
    .filter((line) => line !== text && /[:!]\s/u.test(line))
    .map((line) => keep(line, stateLimits.errorCost));
  if (errors.length === 0 || !text.includes("\n")) return state;
  const failure: OpenFailure = { command: null, kind: "other", errors, turn, at, why: "", changes: [] };
  return { ...state, failures: [...state.failures, failure].slice(-stateLimits.failures) };
}
