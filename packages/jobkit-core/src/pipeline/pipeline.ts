/**
 * What a pipeline says: phases that wait for phases, as data. A `PipelineSpec` is what a person writes, in
 * code or in a file; a `Pipeline` is the same with every default filled in and every name checked. Everything
 * else in this folder (running, planning, estimating, drawing, resuming) takes a `Pipeline`.
 *
 * A pipeline holds names, never code: jobs, predicates and lists are registered by the application.
 */
import type { Json } from "../base/json.ts";
import type { RetryPolicy } from "../job/retry.ts";
import type { TaskLimits } from "../task/task.ts";

/**
 * What the phases in `after` must have come to:
 * - "success" (the default): every one of them did its work.
 * - "no-failure": none of them failed; those that were skipped by a choice of their own do no harm.
 * - "always": they have ended, however they ended.
 */
export type ParentsRule = "success" | "no-failure" | "always";

/** The rules a phase may name, in the order of the documentation. */
export const parentsRules = ["success", "no-failure", "always"] as const satisfies readonly ParentsRule[];

/** When a phase does its work, as written: a rule alone, or a predicate that is asked once the rule holds. */
export type PhaseWhenSpec =
  | ParentsRule
  | {
      /** Name of a registered predicate. */
      readonly predicate: string;
      /** What it is asked with. May hold references such as "$date". */
      readonly args?: Json;
      /** Do the work where it does not hold instead. Default false. */
      readonly not?: boolean;
      /** Default "success". */
      readonly parents?: ParentsRule;
    };

/** A fan-out as written: one task per item of a list that is made when the phase begins. */
export interface MapSpec {
  /** Name of a registered list. */
  readonly list: string;
  /** What it is asked with. May hold references such as "$date". */
  readonly args?: Json;
  /** A longer list fails the phase. Default 1,000, at most 100,000. */
  readonly maxItems?: number;
}

/** Ms as a number, or as text with a unit: "5m". */
export type WrittenMs = number | string;

/** Retries as written; what is left out is the job's. */
export interface RetrySpec {
  readonly attempts?: number;
  readonly firstMs?: WrittenMs;
  readonly maxMs?: WrittenMs;
  readonly factor?: number;
  readonly jitter?: number;
}

/** One phase as written. Only `job` has no default. */
export interface PhaseSpec<Name extends string = string> {
  /** Name of the job that does the work. */
  readonly job: string;
  readonly doc?: string;
  /**
   * What each task gets. A text such as "$date", "$item.path", "$args.limit" or "$results.find" stands for a
   * value; see `reference.ts`. Default: the item of a fan-out, else an empty object.
   */
  readonly input?: Json;
  /** Phases that must have ended first; one alone needs no list. */
  readonly after?: Name | readonly Name[];
  readonly when?: PhaseWhenSpec;
  readonly map?: MapSpec;
  readonly retry?: RetrySpec;
  readonly timeoutMs?: WrittenMs;
  /** Slots of pools that each task holds; instead of the job's. */
  readonly needs?: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** Larger starts earlier. Default 0. */
  readonly priority?: number;
}

/** A pipeline as written. In a file the name is the key it stands under, and may be left out. */
export interface PipelineSpec<Name extends string = string> {
  readonly name: string;
  readonly doc?: string;
  /** What a run may be told, with its default: `{ limit: 100 }`. Anything else is refused. */
  readonly args?: Readonly<Record<string, Json>>;
  readonly phases: Readonly<Record<Name, PhaseSpec<NoInfer<Name>>>>;
}

/** When a phase does its work. */
export interface PhaseWhen {
  readonly parents: ParentsRule;
  readonly predicate: { readonly name: string; readonly args: Json; readonly not: boolean } | null;
}

/** A fan-out. */
export interface PhaseMap {
  readonly list: string;
  readonly args: Json;
  readonly maxItems: number;
}

/** One phase, checked, with its defaults. Plain data: it is stored with every run. */
export interface Phase {
  readonly name: string;
  readonly doc: string;
  readonly job: string;
  readonly input: Json;
  readonly after: readonly string[];
  readonly when: PhaseWhen;
  readonly map: PhaseMap | null;
  readonly limits: TaskLimits | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: number;
}

/** A pipeline, checked: its phases wait for each other in no circle, in the order in which they were written. */
export interface Pipeline {
  readonly name: string;
  readonly doc: string;
  readonly args: Readonly<Record<string, Json>>;
  readonly phases: readonly Phase[];
}

/** Items of a fan-out that names no bound. */
export const MAP_ITEMS_DEFAULT = 1_000;
/** No fan-out is larger: its tasks are stored in one commit. */
export const MAP_ITEMS_MAX = 100_000;
/** Phases of one pipeline. More is a list of items, which is what `map` is for. */
export const PHASES_MAX = 10_000;

/** Job of the task that stands for a phase, and of the one that stands for the end of a run. */
export const PHASE_JOB = "pipeline-phase";
export const END_JOB = "pipeline-end";

/**
 * How these two are tried again. What can fail by chance is a predicate or a list, which are quick to ask; and
 * a process that dies in one of them was hardly killed by it, so there are more attempts than jobs have.
 */
export const standingRetry: Partial<RetryPolicy> = { attempts: 5, firstMs: 10_000, maxMs: 60_000 };
