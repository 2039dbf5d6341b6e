/** A dry run: what a run would do if it were submitted now and all went well. Submits nothing. */
import { describeError } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import { decidePhase, type PhaseContext, type PhaseDecision, type PhaseFunctions } from "./decide.ts";
import { layersOf } from "./layers.ts";
import type { PhaseOutcome } from "./outcome.ts";
import type { Phase, Pipeline } from "./pipeline.ts";

/** What a phase would do. */
export type PhasePlan =
  /** It would work: on so many tasks. */
  | { readonly kind: "run"; readonly tasks: number; readonly items: readonly Json[] | null }
  | { readonly kind: "skip"; readonly why: string }
  /** It cannot be said now: what it is asked is known only once the phases above have ended. */
  | { readonly kind: "depends"; readonly why: string };

/** What one phase of a run would do now. */
export interface PlannedPhase {
  readonly name: string;
  /** From 0: the phases of a layer may run side by side. */
  readonly layer: number;
  readonly phase: Phase;
  readonly plan: PhasePlan;
}

/** What a run would do now. */
export interface PipelinePlan {
  readonly pipeline: string;
  readonly date: string;
  /** Layer by layer. */
  readonly phases: readonly PlannedPhase[];
  /** Tasks that would be made, as far as it can be said; those that stand for phases are not counted. */
  readonly tasks: number;
}

/** What a dry run is made at. */
export interface PlanOptions extends PhaseFunctions {
  readonly date: string;
  readonly args: Readonly<Record<string, Json>>;
  readonly signal: AbortSignal;
}

/** Plan. @throws signal.reason when it aborts; nothing else: what cannot be asked now is said to depend. */
export async function planPipeline(pipeline: Pipeline, options: PlanOptions): Promise<PipelinePlan> {
  const plans = new Map<string, PhasePlan>();
  const phases: PlannedPhase[] = [];
  for (const [layer, members] of layersOf(pipeline).entries())
    for (const phase of members) {
      const plan = await planPhase(phase, plans, { pipeline, options });
      plans.set(phase.name, plan);
      phases.push({ name: phase.name, layer, phase, plan });
    }
  const tasks = phases.reduce((sum, { plan }) => sum + (plan.kind === "run" ? plan.tasks : 0), 0);
  return { pipeline: pipeline.name, date: options.date, phases, tasks };
}

interface Asked {
  readonly pipeline: Pipeline;
  readonly options: PlanOptions;
}

async function planPhase(
  phase: Phase,
  plans: ReadonlyMap<string, PhasePlan>,
  { pipeline, options }: Asked,
): Promise<PhasePlan> {
  const { date, args, signal } = options;
  signal.throwIfAborted();
  const open = phase.after.find((name) => plans.get(name)?.kind === "depends");
  if (open !== undefined && phase.when.parents === "success")
    return { kind: "depends", why: `it is open whether ${open} would run` };
  const parents: Readonly<Record<string, PhaseOutcome>> = Object.fromEntries(
    phase.after.map((name) => [name, supposed(plans.get(name))]),
  );
  const context: PhaseContext = {
    pipeline: pipeline.name,
    phase: phase.name,
    date,
    args,
    run: null,
    parents,
    signal,
  };
  try {
    const decision = await decidePhase(phase, context, options);
    if (decision.kind === "skip") return skipped(decision, phase, plans);
    return { kind: "run", tasks: decision.items?.length ?? 1, items: decision.items };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: "depends", why: describeError(error).message };
  }
}

/** A list that is empty now may be filled by what works before. */
function skipped(
  { why, emptyList }: Extract<PhaseDecision, { readonly kind: "skip" }>,
  { after }: Phase,
  plans: ReadonlyMap<string, PhasePlan>,
): PhasePlan {
  const before = emptyList === true ? after.find((name) => plans.get(name)?.kind !== "skip") : undefined;
  return before === undefined
    ? { kind: "skip", why }
    : { kind: "depends", why: `${why} now; ${before} works before` };
}

/** How a phase would have ended. */
function supposed(plan: PhasePlan | undefined): PhaseOutcome {
  if (plan?.kind === "skip") return { outcome: "skipped", why: plan.why, choice: true };
  return { outcome: "done", tasks: plan?.kind === "run" ? plan.tasks : 0, tookMs: 0, results: null };
}
