/**
 * What an event costs in plain Node, in ns: run it with `node bench/events-plain.ts`. Vitest reads imports
 * through getters, which numbers this small do not bear. Best of many rounds, as the machine is shared.
 *
 * Node 24.21 on two shared cores gave, less 4 ns for the call that is measured:
 * - nobody listens: 3 to 8 by name, 1 by row; task.started 19, task.finished 46, the three of a task 82 (one job)
 *   to 127 (three in turn); EventEmitter 7, diagnostics_channel 0;
 * - one listener: 31 to 37 by name, 28 by row; EventEmitter 19, diagnostics_channel 6;
 * - three listeners: 47 by name, 37 by row; EventEmitter 42, diagnostics_channel 14;
 * - a value: Histogram 5, Moments 3; prom-client counter with labels 123, its histogram 270.
 */
import { channel } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import prometheus from "prom-client";
import { EventBus } from "../src/events/bus.ts";
import type { EventScope } from "../src/events/event.ts";
import { jobkitEvents } from "../src/events/table.ts";
import { Histogram } from "../src/observe/histogram.ts";
import { Moments } from "../src/observe/moments.ts";

const PER_ROUND = 100_000;
const ROUNDS = 40;
let heard = 0;

function measure(name: string, once: (at: number) => void): void {
  const round = (): void => {
    for (let at = 0; at < PER_ROUND; at += 1) once(at);
  };
  let best = Number.POSITIVE_INFINITY;
  for (let at = 0; at < ROUNDS; at += 1) {
    const beganMs = performance.now();
    round();
    best = Math.min(best, ((performance.now() - beganMs) * 1e6) / PER_ROUND);
  }
  process.stdout.write(`${name.padEnd(52)} ${best.toFixed(1).padStart(7)} ns\n`);
}

/** A clock that costs nothing: what the platform's costs is not our doing. */
const still = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() };
const scopes = ["hash", "copy", "scan"].map((job): EventScope => ({
  trace: "r",
  span: null,
  job,
  attempt: 1,
}));

function measureBus(listeners: number): void {
  const bus = new EventBus({ clock: still });
  for (let at = 0; at < listeners; at += 1) bus.listen({ name: `l${at}` }, () => (heard += 1));
  const events = bus.emitter(jobkitEvents);
  const [queued, started, finished] = [
    events.row("task.queued"),
    events.row("task.started"),
    events.row("task.finished"),
  ];
  const to = `to ${listeners}`;
  measure(`task.noted by name, ${to}`, () => events.emit("task.noted", () => ({ task: "t", text: "x" })));
  measure(`task.queued by name, ${to}`, () => events.emit("task.queued", () => ({ task: "t", key: "" })));
  measure(`task.queued by row, ${to}`, () => queued.emit(() => ({ task: "t", key: "" })));
  measure(`task.started by row (one histogram), ${to}`, (at) =>
    started.emit(() => ({ task: "t", worker: "main", waitedMs: at & 1023 }), scopes[0]),
  );
  measure(`task.finished by row (two, by outcome), ${to}`, (at) =>
    finished.emit(() => ({ task: "t", outcome: "done", ranMs: at & 1023, attempts: 1 }), scopes[0]),
  );
  for (const [jobs, all] of [
    ["one job", scopes.slice(0, 1)],
    ["three jobs in turn", scopes],
  ] as const)
    measure(`the three of a task by row, ${jobs}, ${to}`, (at) => {
      const scope = all[at % all.length];
      queued.emit(() => ({ task: "t", key: "" }), scope);
      started.emit(() => ({ task: "t", worker: "main", waitedMs: at & 1023 }), scope);
      finished.emit(() => ({ task: "t", outcome: "done", ranMs: at & 1023, attempts: 1 }), scope);
    });
}

function measurePlatform(listeners: number): void {
  const emitter = new EventEmitter();
  const things = channel(`thing.done.${listeners}`);
  for (let at = 0; at < listeners; at += 1) {
    emitter.on("thing.done", () => (heard += 1));
    things.subscribe(() => (heard += 1));
  }
  measure(`EventEmitter, to ${listeners}`, (at) => emitter.emit("thing.done", { thing: "t", ranMs: at }));
  measure(`diagnostics_channel, guarded, to ${listeners}`, (at) => {
    if (things.hasSubscribers) things.publish({ thing: "t", ranMs: at });
  });
}

function measureValues(): void {
  const values = Float64Array.from({ length: 65_536 }, (_, at) => 2 ** (((at * 7919) % 200) / 10));
  const valueAt = (at: number): number => values[at & 65_535] ?? 0;
  const [histogram, moments] = [new Histogram(), new Moments()];
  const counter = new prometheus.Counter({ name: "c_total", help: "c", labelNames: ["job", "outcome"] });
  const buckets = Array.from({ length: 23 }, (_, at) => 2 ** at);
  const peer = new prometheus.Histogram({ name: "h", help: "h", labelNames: ["job", "outcome"], buckets });
  const labels = { job: "hash", outcome: "done" };
  measure("Histogram.record", (at) => histogram.record(valueAt(at)));
  measure("Moments.record", (at) => moments.record(valueAt(at)));
  measure("prom-client counter, labelled", () => counter.inc(labels));
  measure("prom-client histogram, labelled", (at) => peer.observe(labels, valueAt(at)));
}

for (const listeners of [0, 1, 3]) measureBus(listeners);
for (const listeners of [0, 1, 3]) measurePlatform(listeners);
measureValues();
// Last: before the loop has met other callees, it costs less than in any of the figures above.
measure("nothing: the call itself, in every figure", () => (heard += 1));
process.stdout.write(`${heard} heard\n`);
