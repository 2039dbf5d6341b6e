import { sayDuration } from "../../base/units.ts";
import type { DurationFact, RunningFact } from "../facts.ts";
import { aboveBound, largestFirst } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** "Too long" by the job's own history: a number that fits every job does not exist. */
export const attemptSlow = healthRule({
  name: "attempt-slow",
  doc: "An attempt has run much longer than nearly all attempts of its job before.",
  next: "Look at its input and at what it waits for; its timeout will stop it in the end.",
  level: "warn",
  unit: "ms",
  forMs: 0,
  clearForMs: 0,
  settings: {
    "health.slowTimes": {
      kind: "ratio",
      default: 3,
      min: 1,
      max: 1_000,
      doc: "An attempt is looked at when it has run so many times as long as 99 of 100 attempts of its job. Three, because a tail twice as long as usual is still common.",
      larger: "Only attempts that surely hang are told of.",
      smaller: "Slow attempts are told of sooner, and more of them are only unlucky.",
      reload: true,
    },
    "health.slowLeastMs": {
      kind: "duration",
      default: 10_000,
      min: 0,
      max: 86_400_000,
      doc: "No attempt that has run for less is called slow: what takes milliseconds may take seconds when the machine is busy.",
      larger: "Quick jobs are left in peace.",
      smaller: "Quick jobs are watched, too; a busy machine raises false alarms.",
      reload: true,
    },
    "health.slowCount": {
      kind: "count",
      default: 50,
      min: 2,
      max: 1_000_000,
      doc: "A job is judged by its history from so many ended attempts on: before, its slowest attempt is all there is to know of the tail.",
      larger: "The bound is steadier; jobs that run seldom are judged later.",
      smaller: "New jobs are judged sooner, by less.",
      reload: true,
    },
  },
  check: ({ running, durations }, settings) => {
    const known = new Map(durations.map((duration) => [duration.job, duration]));
    const judge = (attempt: RunningFact, { count, p99Ms }: DurationFact) => {
      const { task, job, ranMs } = attempt;
      if (count < settings["health.slowCount"]) return [];
      const bound = Math.max(p99Ms * settings["health.slowTimes"], settings["health.slowLeastMs"]);
      return aboveBound({ target: task, value: ranMs, bound, why: words(job, attempt, p99Ms) });
    };
    return largestFirst(
      running.flatMap((attempt) => {
        const duration = known.get(attempt.job);
        return duration === undefined ? [] : judge(attempt, duration);
      }),
    );
  },
  summary: (targets) => `${targets} attempts run unusually long`,
});

function words(job: string, { ranMs, timeoutMs }: RunningFact, p99Ms: number): string {
  const end = Number.isFinite(timeoutMs)
    ? `; its timeout stops it at ${sayDuration(timeoutMs)}`
    : "; it has no timeout";
  return `${job} has run for ${sayDuration(ranMs)}, 99 of 100 attempts take less than ${sayDuration(p99Ms)}${end}`;
}
