import PQueue from "p-queue";
import fastq from "fastq";
import { EventBus, defineJob, jobkitEvents, RamQueue, Scheduler, type Clock } from "../src/index.ts";
import { SeededRandom } from "../src/testing/index.ts";
const N = Number(process.env.N ?? 100_000);
const C = 8;
const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (ms <= 0) {
        setImmediate(resolve);
        return;
      }
      const t = setTimeout(resolve, ms);
      signal?.addEventListener(
        "abort",
        () => {
          clearTimeout(t);
          reject(signal.reason);
        },
        { once: true },
      );
    }),
};
let sink = 0;
const task = async (i: number): Promise<void> => {
  sink += i;
};
async function ours(): Promise<void> {
  const bus = new EventBus({ clock });
  const store = new RamQueue();
  const work = defineJob<unknown>({
    name: "work",
    doc: "x",
    input: { "~standard": { version: 1, vendor: "b", validate: (value) => ({ value }) } },
    run: async ({ input }) => {
      await task(input as number);
    },
  });
  const scheduler = new Scheduler({
    store,
    jobs: [work],
    pools: {},
    events: bus.emitter(jobkitEvents),
    clock,
    random: new SeededRandom(1),
    owner: "me",
    lanes: C,
  });
  await scheduler.start();
  const t0 = performance.now();
  const c0 = process.cpuUsage();
  const tasks = Array.from({ length: N }, (_, input) => ({ job: "work", input }));
  if (process.env.BULK) {
    await scheduler.submit(tasks);
    await scheduler.idle();
  } else await Promise.all(scheduler.perform(tasks));
  const ms = performance.now() - t0;
  const c1 = process.cpuUsage(c0);
  const cpu = ((c1.user + c1.system) / N).toFixed(2);
  console.log("ours", Math.round((N / ms) * 1000), "/s", ((ms * 1000) / N).toFixed(2), "us", cpu, "cpu us");
  await scheduler[Symbol.asyncDispose]();
}
async function pqueue(): Promise<void> {
  const q = new PQueue({ concurrency: C });
  const t0 = performance.now();
  const c0 = process.cpuUsage();
  await Promise.all(Array.from({ length: N }, (_, i) => q.add(() => task(i))));
  const ms = performance.now() - t0;
  const c1 = process.cpuUsage(c0);
  const cpu = ((c1.user + c1.system) / N).toFixed(2);
  console.log(
    "p-queue",
    Math.round((N / ms) * 1000),
    "/s",
    ((ms * 1000) / N).toFixed(2),
    "us",
    cpu,
    "cpu us",
  );
}
async function fq(): Promise<void> {
  const q = fastq.promise(task, C);
  const t0 = performance.now();
  const c0 = process.cpuUsage();
  await Promise.all(Array.from({ length: N }, (_, i) => q.push(i)));
  const ms = performance.now() - t0;
  const c1 = process.cpuUsage(c0);
  const cpu = ((c1.user + c1.system) / N).toFixed(2);
  console.log("fastq", Math.round((N / ms) * 1000), "/s", ((ms * 1000) / N).toFixed(2), "us", cpu, "cpu us");
}
for (let i = 0; i < Number(process.env.REPS ?? 4); i++) {
  if (!process.env.ONLY || process.env.ONLY === "ours") await ours();
  if (!process.env.ONLY) {
    await pqueue();
    await fq();
  }
}
