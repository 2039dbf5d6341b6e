import type { Json } from "../../base/json.ts";
import type { SeededRandom } from "../seeded-random.ts";

/** How a simulated attempt behaves. */
export const behaviours = [
  "quick",
  "slow",
  "flaky",
  "fails",
  "fatal",
  "throws at once",
  "deaf",
  "late",
  "talks",
  "bad result",
  "forks",
  "forks badly",
  "submits",
] as const;
/** One of {@link behaviours}. */
export type Behaviour = (typeof behaviours)[number];

/** The input of a simulated task. */
export interface SimulatedInput {
  readonly does: Behaviour;
  /** How many levels of children may come below it. */
  readonly depth: number;
  readonly [more: string]: Json;
}

/** A random input; tasks without children to come do not fork. */
export function inputFor(random: SeededRandom, depth: number): SimulatedInput {
  const does = random.chance(0.4) ? "quick" : random.pick(behaviours);
  const grows = does === "forks" || does === "submits";
  return { does: grows && depth < 0 ? "slow" : does, depth };
}
