import type { Clock } from "../../base/clock.ts";
import { assertNever } from "../../base/never.ts";
import type { Json } from "../../base/json.ts";
import { defineJob, type Job, type JobContext } from "../../job/job.ts";
import { fatal } from "../../run/fatal.ts";
import type { SeededRandom } from "../seeded-random.ts";

/** How a simulated attempt behaves; the input of a simulated task. */
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
] as const;
/** One of {@link behaviours}. */
export type Behaviour = (typeof behaviours)[number];

/** Pools of every simulated scheduler. */
export const simulatedPools = { disk: 2, net: 3 } as const;

const TIMEOUT_MS = 5_000;
const GRACE_MS = 700;
const WORK_MS_MAX = 8_000;
const FLAKY_SHARE = 0.6;

/** Limits of the simulated jobs, one of each kind. */
const limits: Readonly<
  Record<string, { needs: Record<string, number>; concurrencyMax?: number; attempts: number }>
> = {
  free: { needs: {}, attempts: 3 },
  single: { needs: {}, concurrencyMax: 1, attempts: 1 },
  light: { needs: { disk: 1 }, attempts: 4 },
  heavy: { needs: { disk: 2, net: 2 }, attempts: 2 },
  chatty: { needs: { net: 1 }, concurrencyMax: 2, attempts: 2 },
};

/** Names of the simulated jobs. */
export const simulatedJobNames: readonly string[] = Object.keys(limits);

/** The jobs as one process knows them: on its clock, which stops with it. */
export function simulatedJobs(clock: Clock, random: SeededRandom): readonly Job[] {
  return Object.entries(limits).map(([name, { attempts, ...more }]) =>
    defineJob<unknown>({
      name,
      doc: "A job of a simulation.",
      input: { "~standard": { version: 1, vendor: "jobkit-simulation", validate: (value) => ({ value }) } },
      timeoutMs: TIMEOUT_MS,
      graceMs: GRACE_MS,
      retry: { attempts, firstMs: 1_000, maxMs: 20_000, factor: 3, jitter: 0.2 },
      ...more,
      run: (context) => behave(context, clock, random),
    }),
  );
}

function behave(context: JobContext<unknown>, clock: Clock, random: SeededRandom): Promise<Json | void> {
  // Not in the async part: a job that throws before it makes a promise is one of the cases.
  if (context.input === "throws at once") throw new Error("thrown at once");
  return work(context, clock, random);
}

async function work(context: JobContext<unknown>, clock: Clock, random: SeededRandom): Promise<Json | void> {
  const { input, signal, progress, note } = context;
  switch (input as Behaviour) {
    case "slow":
      await clock.sleep(random.below(WORK_MS_MAX), signal);
      return "slow";
    case "flaky":
      await clock.sleep(random.below(100), signal);
      if (random.chance(FLAKY_SHARE)) throw new Error("bad luck");
      return "lucky";
    case "fails":
      throw new Error("always");
    case "fatal":
      throw fatal("doing what can never work");
    case "deaf":
      return new Promise(() => {});
    case "late":
      // Ends some time after its signal, within the grace period or after it.
      await clock.sleep(TIMEOUT_MS + random.below(2 * GRACE_MS));
      return "late";
    case "talks":
      for (let done = 0; done < 3; done += 1) {
        progress(done, 3);
        await clock.sleep(10, signal);
      }
      note("said all");
      return { said: 3 };
    case "bad result":
      return { count: 1n } as unknown as Json;
    case "throws at once":
    case "quick":
      return;
    default:
      return assertNever(input as never);
  }
}
