/**
 * Tasks that do nothing, 8 at once, against the queues in memory that people use, and graphs against p-graph.
 * Ours with counters, histograms and the numbered stream on. `node --expose-gc --conditions=@jobkit/source bench/tasks.ts`
 */
import fastq from "fastq";
import { PGraph } from "p-graph";
import PQueue from "p-queue";
import { newTaskIds, type NewTask } from "../src/index.ts";
import { SeededRandom } from "../src/testing/index.ts";
import { byTurns, LANES, print, scheduler, type Contender } from "./kit.ts";

const COUNT = Number(process.env["COUNT"] ?? 100_000);
const ROUNDS = Number(process.env["ROUNDS"] ?? 5);

let done = 0;
const task = async (): Promise<void> => {
  done += 1;
};
const numbers = Array.from({ length: COUNT }, (_, at) => at);

async function ours(tasks: readonly NewTask[], each: boolean): Promise<void> {
  await using open = scheduler(task);
  await open.start();
  if (each) await Promise.all(open.perform(tasks));
  else {
    await open.submit(tasks);
    await open.idle();
  }
}

const flat: readonly Contender[] = [
  { name: "ours, a promise for each", run: () => ours(numbers.map(newTask), true) },
  { name: "ours, in bulk", run: () => ours(numbers.map(newTask), false) },
  { name: "ours, ten priorities", run: () => ours(numbers.map(withPriority), false) },
  {
    name: "p-queue",
    run: async () => {
      const queue = new PQueue({ concurrency: LANES });
      await Promise.all(numbers.map(() => queue.add(task)));
    },
  },
  {
    name: "p-queue, ten priorities",
    run: async () => {
      const queue = new PQueue({ concurrency: LANES });
      await Promise.all(numbers.map((at) => queue.add(task, { priority: at % 10 })));
    },
  },
  {
    name: "fastq, promises",
    run: async () => {
      const queue = fastq.promise(task, LANES);
      await Promise.all(numbers.map((at) => queue.push(at)));
    },
  },
  {
    name: "a loop of promises",
    run: async () => {
      let next = 0;
      const lane = async (): Promise<void> => {
        for (; next < COUNT; next += 1) await task();
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    },
  },
];

function newTask(input: number): NewTask {
  return { job: "work", input };
}

function withPriority(input: number): NewTask {
  return { job: "work", input, priority: input % 10 };
}

/** What each of `count` nodes waits for, by position. */
const shapes: Readonly<Record<string, (count: number) => readonly (readonly number[])[]>> = {
  "layers of 10, each after all of the last": (count) =>
    Array.from({ length: count }, (_, at) =>
      at < 10 ? [] : Array.from({ length: 10 }, (_unused, of) => (Math.floor(at / 10) - 1) * 10 + of),
    ),
  "a chain": (count) => Array.from({ length: count }, (_, at) => (at === 0 ? [] : [at - 1])),
  "a fan out and in": (count) =>
    Array.from({ length: count }, (_, at) => {
      if (at === 0) return [];
      return at === count - 1 ? Array.from({ length: count - 2 }, (_unused, of) => of + 1) : [0];
    }),
};

function graphs(parents: readonly (readonly number[])[]): readonly Contender[] {
  return [
    {
      name: "ours",
      run: () => {
        const ids = newTaskIds(new SeededRandom(1), 0, parents.length);
        const tasks = parents.map((of, at): NewTask => {
          const after = of.map((parent) => ids[parent]).filter((id) => id !== undefined);
          return { job: "work", input: at, ...(ids[at] && { id: ids[at] }), after };
        });
        return ours(tasks, false);
      },
    },
    {
      name: "p-graph",
      run: async () => {
        const nodes = new Map(parents.map((_, at) => [String(at), { run: task }]));
        const edges = parents.flatMap((of, at) =>
          of.map((parent): [string, string] => [String(parent), String(at)]),
        );
        await new PGraph(nodes, edges).run({ concurrency: LANES });
      },
    },
  ];
}

print(`${COUNT} tasks, ${LANES} at once`, await byTurns(flat, COUNT, ROUNDS));
for (const [name, shape] of Object.entries(shapes))
  print(`a graph of ${COUNT}: ${name}`, await byTurns(graphs(shape(COUNT)), COUNT, ROUNDS));
if (done === 0) throw new Error("nothing was done");
