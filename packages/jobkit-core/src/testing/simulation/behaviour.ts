/** What a simulated attempt does: everything that a job can do well, badly, late or never. */
import type { Clock } from "../../base/clock.ts";
import { newTaskId } from "../../base/ids.ts";
import type { Json } from "../../base/json.ts";
import { assertNever } from "../../base/never.ts";
import { fork } from "../../job/fork.ts";
import type { JobAnswer, JobContext } from "../../job/job.ts";
import { fatal } from "../../run/fatal.ts";
import type { NewTask } from "../../task/task.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { childrenOf } from "./children.ts";
import type { SimulatedInput } from "./input.ts";
import { GRACE_MS, TIMEOUT_MS } from "./limits.ts";

/** What a simulated attempt works with. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: SeededRandom;
}

const WORK_MS_MAX = 8_000;
const FLAKY_SHARE = 0.6;

/** Do what the input says. */
export function behave(context: JobContext<unknown>, around: Surroundings): Promise<JobAnswer> {
  const input = context.input as SimulatedInput;
  // Not in the async part: a job that throws before it makes a promise is one of the cases.
  if (input.does === "throws at once") throw new Error("thrown at once");
  return work(context, input, around);
}

async function work(
  context: JobContext<unknown>,
  { does, depth }: SimulatedInput,
  around: Surroundings,
): Promise<JobAnswer> {
  const { clock, random } = around;
  const { signal } = context;
  switch (does) {
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
      return talk(context, clock);
    case "bad result":
      return { count: 1n } as unknown as Json;
    case "forks":
      return forkAndGather(context, depth, around);
    case "forks badly":
      return fork(badChildren(context, around));
    case "submits":
      await context.submit(childrenOf({ random, nowMs: clock.now(), depth: depth - 1 }));
      return { submitted: true };
    case "throws at once":
    case "quick":
      return;
    default:
      return assertNever(does);
  }
}

async function talk({ progress, note, warn, signal }: JobContext<unknown>, clock: Clock): Promise<Json> {
  for (let done = 0; done < 3; done += 1) {
    progress(done, 3, "talking", { words: done * 2 });
    await clock.sleep(10, signal);
  }
  note("said all");
  warn("perhaps too much");
  return { said: 3 };
}

/** Fork once or twice, and look at what came of it in between. */
async function forkAndGather(
  { forks, waitedFor }: JobContext<unknown>,
  depth: number,
  { clock, random }: Surroundings,
): Promise<JobAnswer> {
  const gathered = (await waitedFor()).length;
  if (forks > 0 && (forks > 1 || random.chance(0.7))) return { gathered };
  if (random.chance(0.3)) await clock.sleep(random.below(200));
  return fork(childrenOf({ random, nowMs: clock.now(), depth: depth - 1 }));
}

/** What no store takes: each of these ends the task failed, or its attempt with an error. */
function badChildren({ task }: JobContext<unknown>, { clock, random }: Surroundings): readonly NewTask[] {
  const input = { does: "quick", depth: 0 };
  const [one, two] = [newTaskId(random, clock.now()), newTaskId(random, clock.now())];
  return random.pick<readonly NewTask[]>([
    [{ job: "nobody-knows-it", input }],
    [{ job: "free", input: "unfit" }],
    [{ job: "free", input, after: [one] }],
    [{ job: "free", input, after: [task] }],
    [
      { id: one, job: "free", input, after: [two] },
      { id: two, job: "light", input, after: [one] },
    ],
  ]);
}
