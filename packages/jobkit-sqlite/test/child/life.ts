/**
 * A process that submits tasks to a scheduler on a queue file, and runs them, until it is killed. Begins with keys
 * that the life before it may have submitted: it cannot know which were answered. Writes into a side file what
 * was answered, what ran and what was told to have finished. Arguments: queue file, side file, seed, first key, and
 * "shared" where others work on the file too. Says a line on stdout before it opens the queue, and each time
 * something was answered, refused or taken over.
 */
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { CodedError, type Added, type NewTask, type SchedulerOptions } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { schedulerOver } from "../faults-kit.ts";
import { keyed, LANES, lifeJobs, sideFile } from "../faults-life.ts";

const UNFINISHED_MAX = 100;
const BATCH_MAX = 6;
/** Short, so that whoever stands still for a moment has lost what it ran. */
const LEASE_MS = 300;
/** Whoever stands still in the middle of a commit keeps the others waiting: so long, then they say so. */
const LOCK_WAIT_MS = 1_000;

// Now, because it would be written at the end, and this process is killed.
flushCompileCache();
const [path = "", sidePath = "", seedText = "0", firstText = "0", sharing] = process.argv.slice(2);
const random = new SeededRandom(Number(seedText));
const side = sideFile(sidePath);
const answered = (): void => void writeSync(1, ".\n");
const refused = (): void => void writeSync(1, "refused\n");
const recovered = (): void => void writeSync(1, "recovered\n");

answered();
const shared = sharing === "shared";
const queue = await openSqliteQueue({ path, shared, lockWaitMs: LOCK_WAIT_MS });
const owner = `process ${process.pid} seed ${seedText}`;
const sharedOptions: Partial<SchedulerOptions> = { lost: "expired", leaseMs: LEASE_MS, storeRetryMs: 10 };
const { bus, scheduler } = schedulerOver(queue, {
  jobs: lifeJobs(side, random),
  owner,
  lanes: LANES,
  random,
  ...(shared ? sharedOptions : {}),
});
let open = 0;
bus.listen({ name: "side" }, ({ ev, attrs }) => {
  if (ev === "scheduler.failed") refused();
  if (ev === "task.recovered") {
    side.say(`recovered ${String(attrs["task"])}`);
    recovered();
  }
  if (ev === "task.queued") open += 1;
  if (ev !== "task.finished") return;
  open -= 1;
  side.say(`finished ${String(attrs["task"])} ${String(attrs["outcome"])}`);
  answered();
});
await scheduler.start();

for (let next = Number(firstText); ;) {
  const count = 1 + random.below(BATCH_MAX);
  const keys = Array.from({ length: count }, (_, at) => String(next + at));
  // The same key is the same work in every life.
  const tasks: NewTask[] = keys.map((key) => keyed(Number(key) % 5 === 0 ? "split" : "work", key));
  const added = await submit(tasks);
  if (added === null) continue;
  side.say(added.map(({ id }, at) => `added ${keys[at]} ${id}`).join("\n"));
  answered();
  next += count;
  const last = added.at(-1);
  if (open > UNFINISHED_MAX && last !== undefined) await scheduler.ended(last.id);
}

/** @returns the answers, or `null` where it may be tried again. */
async function submit(tasks: readonly NewTask[]): Promise<readonly Added[] | null> {
  try {
    return await scheduler.submit(tasks);
  } catch (error) {
    if (!(error instanceof CodedError && error.retry)) throw error;
    refused();
    return null;
  }
}
