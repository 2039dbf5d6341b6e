import { appendFileSync, openSync, writeSync } from "node:fs";
import { fork, type Job, type JobContext, type Json, type NewTask } from "jobkit-core";
import { systemClock } from "jobkit-core/system";
import type { SeededRandom } from "jobkit-core/testing";
import { job } from "./faults-kit.ts";

/** Attempts that run at once in one life: so many may be cut off by one kill. */
export const LANES = 4;
/** No number of kills uses them up: what is lost must be lost by the queue. */
const RETRY = { attempts: 1_000_000 };
const LONGEST_MS = 4;

/** What jobs and submitters write down, each line whole in one write: what they say has happened. */
export interface Side {
  say(line: string): void;
}

/** Kept by the kernel however the process ends. */
export function sideFile(path: string): Side {
  const file = openSync(path, "a");
  return { say: (line) => void writeSync(file, `${line}\n`) };
}

/** Make the file, so that it can be read whether or not anybody lived long enough to write. */
export function makeSideFile(path: string): void {
  appendFileSync(path, "");
}

/** The jobs of a life: "work" takes up to some ms; "split" forks two of them and goes on when they have ended. */
export function lifeJobs(side: Side, random: SeededRandom): readonly Job[] {
  const ran = ({ input, forks }: JobContext<unknown>): void => side.say(`ran ${String(input)} ${forks}`);
  return [
    job(
      "work",
      async (context) => {
        ran(context);
        await systemClock.sleep(random.below(LONGEST_MS));
        return context.input as Json;
      },
      { retry: RETRY },
    ),
    job(
      "split",
      async (context) => {
        ran(context);
        const { input, forks, waitedFor } = context;
        if (forks === 0) return fork(["a", "b"].map((part) => keyed("work", `${String(input)}${part}`)));
        return (await waitedFor()).map(({ state }) => state.kind);
      },
      { retry: RETRY },
    ),
  ];
}

/** A task that is there once, however often it is submitted. */
export function keyed(name: string, key: string): NewTask {
  return { job: name, input: key, idempotencyKey: key };
}
