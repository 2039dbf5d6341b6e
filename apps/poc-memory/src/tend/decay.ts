/**
 * How memories fade: the weight halves once in each half-life of the category, down to the store's least weight.
 *
 * A weight is a function of the days that passed, one multiplication a day, so that five missed days caught up give
 * to the last bit what five daily runs give. Core memories never fade. Nothing is deleted by any of this.
 */
import { WEIGHT_MIN } from "../store/apply.ts";
import type { TendSettings } from "./settings.ts";

/** What is true of who somebody is, and never fades. */
export const CORE_CATEGORY = "core";

type HalfLife = Extract<keyof TendSettings, `decay.${string}HalfLifeDays`>;

/** Which half-life a category has; every other has that of `decay.otherHalfLifeDays`. */
const halfLives: Readonly<Record<string, HalfLife>> = {
  preference: "decay.choiceHalfLifeDays",
  decision: "decay.choiceHalfLifeDays",
  fix: "decay.technicalHalfLifeDays",
  command: "decay.technicalHalfLifeDays",
  project: "decay.technicalHalfLifeDays",
  technical: "decay.technicalHalfLifeDays",
  digest: "decay.technicalHalfLifeDays",
  episode: "decay.episodeHalfLifeDays",
  observation: "decay.episodeHalfLifeDays",
  task: "decay.taskHalfLifeDays",
};

/** What the weight of a category is multiplied with each day: 1 for core, else below 1. */
export function dailyFactor(category: string, settings: TendSettings): number {
  if (category === CORE_CATEGORY) return 1;
  const row = Object.hasOwn(halfLives, category) ? halfLives[category] : undefined;
  return 0.5 ** (1 / settings[row ?? "decay.otherHalfLifeDays"]);
}

/** The weight after so many whole days; never below the store's least, never raised. `days` below 1 changes nothing. */
export function faded(weight: number, days: number, factor: number): number {
  if (factor >= 1) return weight;
  let left = weight;
  for (let day = 0; day < days && left > WEIGHT_MIN; day += 1) left = Math.max(WEIGHT_MIN, left * factor);
  return left;
}
