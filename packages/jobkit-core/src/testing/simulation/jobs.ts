import type { Clock } from "../../base/clock.ts";
import { defineJob, type Job } from "../../job/job.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { behave } from "./behaviour.ts";
import { GRACE_MS, limits, TIMEOUT_MS } from "./limits.ts";

/** The jobs as one process knows them: on its clock, which stops with it. */
export function simulatedJobs(clock: Clock, random: SeededRandom): readonly Job[] {
  return Object.entries(limits).map(([name, { attempts, ...more }]) =>
    defineJob<unknown>({
      name,
      doc: "A job of a simulation.",
      input: {
        "~standard": {
          version: 1,
          vendor: "jobkit-simulation",
          validate: (value) => (value === "unfit" ? { issues: [{ message: "is unfit" }] } : { value }),
        },
      },
      timeoutMs: TIMEOUT_MS,
      graceMs: GRACE_MS,
      retry: { attempts, firstMs: 1_000, maxMs: 20_000, factor: 3, jitter: 0.2 },
      ...more,
      run: (context) => behave(context, { clock, random }),
    }),
  );
}
