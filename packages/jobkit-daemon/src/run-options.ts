import type { Clock, Random } from "jobkit-core";
import type { SettingsRequest } from "./settings-in-force.ts";

/**
 * How one life of a daemon is run: its folder, where its settings come from, and for how long. What only a
 * command line knows (flags, streams) is turned into this.
 */
export interface RunOptions extends SettingsRequest {
  /** Folder of this instance; made private and created where absent. */
  readonly dataDir: string;
  /** Do everything there is to do, then end. Default: run until told to stop. */
  readonly once?: boolean;
  /** Begins the drain when it aborts. */
  readonly signal?: AbortSignal;
  /** Obey SIGTERM, SIGINT and SIGHUP of this process, and report what nobody caught. Default false. */
  readonly processSignals?: boolean;
  /** Lines for people: started, stopping, why. Default: silence. */
  readonly say?: (line: string) => void;
  /** Called when something moved, a few times a second at most; must be quick. */
  readonly onProgress?: (progress: RunProgress) => void;
  /** Default: the real ones. */
  readonly clock?: Clock;
  readonly random?: Random;
}

/** How far the work is. Counts are of this run. */
export interface RunProgress {
  readonly done: number;
  readonly failed: number;
  /** Tasks that wait: for parents, time, or slots. */
  readonly waiting: number;
  readonly running: readonly RunningTask[];
}

/** One attempt that runs now. */
export interface RunningTask {
  readonly task: string;
  readonly job: string;
  readonly done: number;
  /** 0 where it is not known. */
  readonly total: number;
  readonly what: string;
}

/** What one life of a daemon did. Counts are of tasks that ended in it. */
export interface RunSummary {
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
  /** Tasks that were found by reconcilers and were not there yet. */
  readonly found: number;
  /** Attempts that failed and are tried again, or were. */
  readonly retried: number;
  /** Reconcilers whose last look failed, with why. */
  readonly reconcilersFailed: readonly { readonly name: string; readonly why: string }[];
  /** Tasks left waiting for a later time, and when the first is due (ms since 1970). */
  readonly pending: number;
  readonly nextDueAtMs: number | null;
  /**
   * With `once`, true where the run was ended before everything was done: reconcilers still found new work after
   * very many rounds, or the queue store refused everything for `once.waitMs`.
   */
  readonly unfinished: boolean;
  /** What the application says of this life, for people. */
  readonly account: readonly string[];
  /** The first failures, at most 20. */
  readonly failures: readonly TaskFailureNote[];
  readonly tookMs: number;
}

/** A task that ended failed. */
export interface TaskFailureNote {
  readonly id: string;
  readonly job: string;
  readonly code: string;
  readonly message: string;
}

/** Who holds the folder that this process wanted. `null` where the holder left no name. */
export interface HeldBy {
  readonly pid: number;
  readonly version: string;
  readonly startedAtMs: number;
}

/** How a run ended. */
export type RunReport =
  | {
      readonly kind: "ended";
      /** 0, or 1 if any task ended failed (with `once`), 130 after an interrupt. */
      readonly exitCode: number;
      readonly summary: RunSummary;
    }
  | { readonly kind: "held"; readonly exitCode: 0; readonly heldBy: HeldBy | null };
