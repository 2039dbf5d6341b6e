import { readFile } from "node:fs/promises";
import type { Task } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { everything, schedulerOver } from "./faults-kit.ts";
import { LANES, lifeJobs, sideFile } from "./faults-life.ts";

/** What lives wrote into their side file: words by line, of which the first says what happened. */
export type Told = readonly (readonly string[])[];

export async function readTold(side: string): Promise<Told> {
  return (await readFile(side, "utf8")).split("\n").map((line) => line.split(" "));
}

/** Number of the key that was answered last; -1 before the first. */
export function lastKeyOf(told: Told): number {
  let last = -1;
  for (const [word, key] of told) if (word === "added") last = Math.max(last, Number(key));
  return last;
}

/** Run in this process what the last life left. @returns every task there is then. */
export async function finishHere(path: string, side: string): Promise<readonly Task[]> {
  await using queue = await openSqliteQueue({ path });
  const told = sideFile(side);
  const jobs = lifeJobs(told, new SeededRandom(1));
  const { bus, scheduler } = schedulerOver(queue, { jobs, owner: "the last", lanes: LANES });
  bus.listen({ name: "side" }, ({ ev, attrs }) => {
    if (ev === "task.finished") told.say(`finished ${String(attrs["task"])} ${String(attrs["outcome"])}`);
  });
  await using _open = scheduler;
  await scheduler.start();
  await scheduler.idle();
  return await everything(queue);
}

/** What the tasks in the queue and what was told of them come to. */
export interface Account {
  /** Keys that were answered. */
  readonly keys: number;
  readonly tasks: number;
  readonly finished: number;
  readonly runs: number;
  /** Runs that an earlier run of the same task had begun already. */
  readonly reruns: number;
  /** Each of these is to be empty. */
  readonly wrong: {
    readonly lost: readonly string[];
    readonly twoForOneKey: readonly string[];
    readonly finishedTwice: readonly string[];
    readonly notDone: readonly string[];
  };
  /** Keys that ran after their end was told. Where one process works at a time: to be empty, too. */
  readonly ranAfterItsEnd: readonly string[];
}

export const NOTHING_WRONG: Account["wrong"] = { lost: [], twoForOneKey: [], finishedTwice: [], notDone: [] };

export function accountOf(told: Told, tasks: readonly Task[]): Account {
  const byKey = Map.groupBy(tasks, ({ idempotencyKey }) => idempotencyKey ?? "");
  const added = new Map<string, string>();
  const finished: string[] = [];
  const runs: string[] = [];
  const ended = new Set<string>();
  const ranAfterItsEnd: string[] = [];
  for (const [word, first = "", second = ""] of told)
    if (word === "added") added.set(first, second);
    else if (word === "finished") {
      finished.push(first);
      ended.add(first);
    } else if (word === "ran") {
      runs.push(`${first} ${second}`);
      if (ended.has(byKey.get(first)?.[0]?.id ?? "")) ranAfterItsEnd.push(first);
    }
  return {
    keys: added.size,
    tasks: tasks.length,
    finished: ended.size,
    runs: runs.length,
    reruns: repeated(runs).length,
    wrong: {
      lost: [...added].filter(([key, id]) => byKey.get(key)?.[0]?.id !== id).map(([key]) => key),
      twoForOneKey: [...byKey].filter(([, twins]) => twins.length > 1).map(([key]) => key),
      finishedTwice: repeated(finished),
      notDone: tasks
        .filter(({ state }) => state.kind !== "done")
        .map(({ id, state }) => `${id} ${state.kind}`),
    },
    ranAfterItsEnd,
  };
}

export function describeAccount({ keys, tasks, finished, runs, reruns }: Account): string {
  return `${keys} keys answered, ${tasks} tasks, ${finished} told as finished, ${reruns} of ${runs} runs were reruns`;
}

function repeated(values: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
}
