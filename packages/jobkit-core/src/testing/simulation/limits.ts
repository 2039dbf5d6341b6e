import type { RateLimit } from "../../job/job.ts";

/** Pools of every simulated scheduler, as it begins. */
export const simulatedPools: Readonly<Record<string, number>> = { disk: 2, net: 3 };

/** Names of the lane groups of every simulated scheduler. */
export const laneGroups = ["main", "side"] as const;

/** A simulated attempt is told to stop after so many ms. */
export const TIMEOUT_MS = 5_000;
/** It is abandoned when it has not stopped after so many ms more. */
export const GRACE_MS = 700;

/** What one simulated job may do. */
export interface Limits {
  readonly needs: Readonly<Record<string, number>>;
  readonly attempts: number;
  readonly lane?: (typeof laneGroups)[number];
  readonly concurrencyMax?: number;
  readonly rate?: RateLimit;
}

/** Limits of the simulated jobs: each kind at least once, and some together. */
export const limits: Readonly<Record<string, Limits>> = {
  free: { needs: {}, attempts: 3 },
  single: { needs: {}, concurrencyMax: 1, attempts: 1 },
  light: { needs: { disk: 1 }, attempts: 4 },
  heavy: { needs: { disk: 2, net: 2 }, attempts: 2 },
  chatty: { needs: { net: 1 }, concurrencyMax: 2, attempts: 2, lane: "side" },
  rated: { needs: {}, rate: { starts: 2, perMs: 3_000 }, attempts: 2, lane: "side" },
};

/** Names of the simulated jobs. */
export const simulatedJobNames: readonly string[] = Object.keys(limits);
