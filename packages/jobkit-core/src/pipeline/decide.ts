/**
 * Whether a phase does its work now, and on what: asked by the task of the phase when its turn comes, and by
 * a dry run beforehand. The application's predicates and lists are called here and nowhere else.
 */
import type { RunId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import type { Json } from "../base/json.ts";
import { oneLine } from "../base/one-line.ts";
import { suggestion } from "../base/suggest.ts";
import type { PhaseOutcome } from "./outcome.ts";
import type { ParentsRule, Phase, PhaseMap } from "./pipeline.ts";
import { fillReferences, type ReferenceValues } from "./reference.ts";

/** What a predicate or a list is told of the phase it is asked for. */
export interface PhaseContext {
  readonly pipeline: string;
  readonly phase: string;
  readonly date: string;
  readonly args: Readonly<Record<string, Json>>;
  /** `null` in a dry run. */
  readonly run: RunId | null;
  /** How the phases in `after` ended, by name. In a dry run as if all went well, without results. */
  readonly parents: Readonly<Record<string, PhaseOutcome>>;
  readonly signal: AbortSignal;
}

/** Yes or no; with a reason, which is recorded where the phase is skipped for it. */
export type PredicateAnswer = boolean | { readonly holds: boolean; readonly why: string };

/** A question about the world. Also asked by a dry run: it must not change anything. */
export type PhasePredicate = (
  context: PhaseContext,
  args: Json,
) => PredicateAnswer | Promise<PredicateAnswer>;

/**
 * The items of a fan-out. Also asked by a dry run: it must not change anything. Equal items are one item, and
 * an item that was done is not done again when a run is resumed: an item says everything that makes it another.
 */
export type PhaseList = (context: PhaseContext, args: Json) => readonly Json[] | Promise<readonly Json[]>;

/** What an application registers for its pipelines, by name. */
export interface PhaseFunctions {
  readonly predicates?: Readonly<Record<string, PhasePredicate>>;
  readonly lists?: Readonly<Record<string, PhaseList>>;
}

/** What a phase comes to. `items` is `null` where it has no fan-out. */
export type PhaseDecision =
  | { readonly kind: "run"; readonly items: readonly Json[] | null }
  /** `emptyList`: because its list has nothing in it. */
  | { readonly kind: "skip"; readonly why: string; readonly emptyList?: true };

/** Decide. @throws PIPELINE_INVALID for a name that is not registered or a reference without a value; what they throw. */
export async function decidePhase(
  phase: Phase,
  context: PhaseContext,
  functions: PhaseFunctions,
): Promise<PhaseDecision> {
  const against = whyNot(phase.when.parents, context.parents);
  if (against !== null) return { kind: "skip", why: against };
  const refused = await askPredicate(phase, context, functions);
  if (refused !== null) return { kind: "skip", why: refused };
  if (phase.map === null) return { kind: "run", items: null };
  const items = await askList(phase.map, context, functions);
  if (items.length === 0)
    return { kind: "skip", why: `the list ${phase.map.list} is empty`, emptyList: true };
  return { kind: "run", items };
}

/** Why the rule does not let a phase run after what its parents came to; `null` where it does. */
function whyNot(rule: ParentsRule, parents: Readonly<Record<string, PhaseOutcome>>): string | null {
  if (rule === "always") return null;
  for (const [name, parent] of Object.entries(parents)) {
    if (parent.outcome === "done") continue;
    if (parent.outcome !== "skipped")
      return `${name} ${parent.outcome === "failed" ? "failed" : "was cancelled"}`;
    if (rule === "success" || !parent.choice) return `${name} was skipped: ${parent.why}`;
  }
  return null;
}

async function askPredicate(
  phase: Phase,
  context: PhaseContext,
  { predicates = {} }: PhaseFunctions,
): Promise<string | null> {
  const { predicate } = phase.when;
  if (predicate === null) return null;
  const ask = registered("predicate", predicate.name, predicates);
  const args = fillReferences(predicate.args, valuesOf(context), `the arguments of ${predicate.name}`);
  const answer = await ask(context, args);
  const holds = typeof answer === "boolean" ? answer : answer.holds;
  if (holds !== predicate.not) return null;
  const why = typeof answer === "boolean" || answer.why === "" ? "" : `: ${oneLine(answer.why)}`;
  return `${predicate.name} ${holds ? "holds" : "does not hold"}${why}`;
}

async function askList(
  map: PhaseMap,
  context: PhaseContext,
  { lists = {} }: PhaseFunctions,
): Promise<readonly Json[]> {
  const ask = registered("list", map.list, lists);
  const args = fillReferences(map.args, valuesOf(context), `the arguments of ${map.list}`);
  const items = distinct(await ask(context, args));
  if (items.length > map.maxItems)
    throw jobkitError(
      "PHASE_FAILED",
      `listing ${map.list}: ${items.length} items, more than ${map.maxItems}`,
      {
        next: "Raise maxItems of the map, or let the list be shorter.",
      },
    );
  return items;
}

function registered<T>(kind: string, name: string, functions: Readonly<Record<string, T>>): T {
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (found !== undefined) return found;
  const near = suggestion(name, Object.keys(functions));
  throw jobkitError(
    "PIPELINE_INVALID",
    `looking for the ${kind} ${JSON.stringify(name)}, which is not registered${near}`,
  );
}

/** The first of each set of equal items. */
function distinct(items: readonly Json[]): readonly Json[] {
  const seen = new Map<string, Json>();
  for (const item of items) {
    const text = JSON.stringify(item);
    if (!seen.has(text)) seen.set(text, item);
  }
  return [...seen.values()];
}

/** What references may stand for while a phase is decided and its tasks are made, the item aside. */
export function valuesOf(context: PhaseContext): ReferenceValues {
  return {
    date: context.date,
    run: context.run ?? "",
    pipeline: context.pipeline,
    phase: context.phase,
    args: context.args,
  };
}
