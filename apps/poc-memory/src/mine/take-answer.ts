/** What the agent says: how a turn came out, why something failed, and what holds from now on. */
import { fromAnswer } from "./find-statements.ts";
import { stateLimits, workLimits } from "./limits.ts";
import { gistOf } from "./gist.ts";
import { looking } from "./rules/doubt.ts";
import { offer } from "./rules/requests.ts";
import { firstRule } from "./rules/rule.ts";
import { causeLeads } from "./rules/statements.ts";
import type { LinePlace, OpenFailure, SegmentState } from "./segment-state.ts";
import { addStatements } from "./statements.ts";
import { withTurn } from "./take-prompt.ts";
import { balanced, inline, withoutRecalled } from "./text/clean.ts";
import { keep, shorten } from "./text/keep.ts";
import { blocks, type Block } from "./text/blocks.ts";
import { sentences } from "./text/prose.ts";

const GIST_CHARS = 180;
const OUTCOME_CHARS = 520;
const WHY_CHARS = 240;
const WHY_CHARS_MIN = 20;
/** A shorter answer only passes the time between two calls. */
const SUBSTANTIAL_CHARS = 80;

/** The state after an answer. */
export function takeAnswer(before: SegmentState, said: string, at: LinePlace): SegmentState {
  const text = withoutRecalled(said.slice(0, workLimits.entryChars * 4)).slice(0, workLimits.entryChars);
  const found = blocks(text);
  if (found.length === 0) return before;
  const state = withTurn(before, at);
  const turn = state.requestsBegun - 1;
  const { firm, last } = fromAnswer(text, turn, at);
  const told = addStatements(state, firm);
  const gist = gistOf(found, GIST_CHARS);
  const outcome = gistOf(found, OUTCOME_CHARS);
  return {
    ...told,
    turns:
      gist === ""
        ? told.turns
        : told.turns.map((one) =>
            one.n === turn ? { ...one, answer: keep(gist, stateLimits.gistCost), answerAt: at } : one,
          ),
    outcome:
      text.length >= SUBSTANTIAL_CHARS && outcome !== ""
        ? { text: keep(outcome, stateLimits.outcomeCost), turn, at }
        : told.outcome,
    failures: told.failures.map((failure) => withReason(failure, found)),
    unsettled: (state.workedSinceAnswer ? last : [...state.unsettled, ...last]).slice(
      0,
      stateLimits.unsettled,
    ),
    offer: offerOf(text),
    workedSinceAnswer: false,
  };
}

/** The failure with what the agent said of it first, where that explains anything. */
function withReason(failure: OpenFailure, found: readonly Block[]): OpenFailure {
  if (failure.why !== "" || failure.changes.length > 0) return failure;
  const said = found
    .filter((block) => block.kind === "paragraph")
    .slice(0, 2)
    .flatMap((block) => sentences(block.text))
    .filter((sentence) => !looking.pattern.test(sentence) && firstRule(causeLeads, sentence) === null)
    .slice(0, 2)
    .map((sentence) => asDeed(sentence.replace(/:$/u, ".")))
    .join(" ");
  if (said.length < WHY_CHARS_MIN) return failure;
  return { ...failure, why: keep(balanced(shorten(inline(said), WHY_CHARS)), stateLimits.whyCost) };
}

/** "Let me refactor it" as what it became: "Refactor it". */
function asDeed(sentence: string): string {
  return sentence.replace(
    /^(?:now )?(?:let me|let['’]s|i need to|i['’]ll|i will|i should) (?:also |just |now )?([a-z])/iu,
    (_, first: string) => first.toUpperCase(),
  );
}

/** What the answer's last lines ask leave to do. */
function offerOf(text: string): string | null {
  const asked = offer.pattern.exec(text.slice(-600).replaceAll(/\s{1,200}/gu, " "))?.[1];
  return asked === undefined ? null : keep(balanced(inline(asked)), stateLimits.offerCost);
}
