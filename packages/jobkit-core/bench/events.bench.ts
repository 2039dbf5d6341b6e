/**
 * What an event costs, beside what the platform and prom-client offer, in one run. Vitest reads imports through
 * getters, which slows what calls across files but not Node's own modules; for bare figures there is
 * events-plain.ts. The least times here were, in ns per event for 0, 1 and 3 listeners: bus by row 3, 24, 29, by
 * name 7, 35, 40; EventEmitter 7, 16, 36; diagnostics_channel 0.3, 6, 15. An event with two histograms and a
 * label took 46, prom-client 648 for the same, 120 for the counter alone.
 */
import { channel } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { createHistogram } from "node:perf_hooks";
import prometheus from "prom-client";
import { expect, test } from "vitest";
import {
  defineEvents,
  EventBus,
  eventToJson,
  field,
  Histogram,
  jobkitEvents,
  Moments,
  subscribe,
  type EventScope,
  type JobEvent,
  type SubscribeOptions,
} from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";

const table = defineEvents({
  "thing.done": {
    id: 1000,
    unit: "count",
    sev: "info",
    fields: { thing: field.id, ranMs: field.ms },
    doc: "A thing was done.",
  },
});
/** So many events in each measured call, so that the call itself does not count. */
const BATCH = 1_000;

let heard = 0;
const hear = (): void => {
  heard += 1;
};

function busOf(listeners: number): EventBus {
  const bus = new EventBus({ clock: new FakeClock(), tables: [table] });
  for (let at = 0; at < listeners; at += 1) bus.listen({ name: `l${at}` }, hear);
  return bus;
}

function emitting(listeners: number): () => void {
  const things = busOf(listeners).emitter(table);
  return () => {
    for (let at = 0; at < BATCH; at += 1) things.emit("thing.done", () => ({ thing: "t", ranMs: at }));
  };
}

function emittingRow(listeners: number): () => void {
  const done = busOf(listeners).emitter(table).row("thing.done");
  return () => {
    for (let at = 0; at < BATCH; at += 1) done.emit(() => ({ thing: "t", ranMs: at }));
  };
}

function nodeEmitting(listeners: number): () => void {
  const emitter = new EventEmitter();
  for (let at = 0; at < listeners; at += 1) emitter.on("thing.done", hear);
  return () => {
    for (let at = 0; at < BATCH; at += 1) emitter.emit("thing.done", { thing: "t", ranMs: at });
  };
}

function publishing(listeners: number): () => void {
  const things = channel(`thing.done.${listeners}`);
  for (let at = 0; at < listeners; at += 1) things.subscribe(() => hear());
  return () => {
    for (let at = 0; at < BATCH; at += 1)
      if (things.hasSubscribers) things.publish({ thing: "t", ranMs: at });
  };
}

for (const listeners of [0, 1, 3])
  test(`1,000 events to ${listeners} listeners`, async ({ bench }) => {
    await bench.compare(
      bench("EventBus by row: counted, numbered, stamped", emittingRow(listeners)),
      bench("EventBus by name", emitting(listeners)),
      bench("node EventEmitter", nodeEmitting(listeners)),
      bench("node diagnostics_channel, guarded", publishing(listeners)),
    );
    expect(heard > 0 || listeners === 0).toBe(true);
  });

const SCOPE: EventScope = { trace: "r", span: null, job: "hash", attempt: 1 };

test("1,000 tasks counted by job and outcome, with two histograms, nobody listening", async ({ bench }) => {
  const bus = busOf(0);
  const finished = bus.emitter(jobkitEvents).row("task.finished");
  const labelNames = ["job", "outcome"] as const;
  const registers = [new prometheus.Registry()];
  const buckets = Array.from({ length: 23 }, (_, at) => 2 ** at);
  const counter = new prometheus.Counter({ name: "c_total", help: "c", labelNames, registers });
  const ran = new prometheus.Histogram({ name: "ran", help: "r", labelNames, registers, buckets });
  const tries = new prometheus.Histogram({ name: "tries", help: "t", labelNames, registers, buckets });
  const labels = { job: "hash", outcome: "done" };
  await bench.compare(
    bench("EventBus: task.finished", () => {
      for (let at = 0; at < BATCH; at += 1)
        finished.emit(() => ({ task: "t", outcome: "done", ranMs: at, attempts: 1 }), SCOPE);
    }),
    bench("prom-client: the counter alone", () => {
      for (let at = 0; at < BATCH; at += 1) counter.inc(labels);
    }),
    bench("prom-client: the counter and both histograms", () => {
      for (let at = 0; at < BATCH; at += 1) {
        counter.inc(labels);
        ran.observe(labels, at);
        tries.observe(labels, 1);
      }
    }),
  );
  expect(bus.labelledCounts()).toHaveLength(1);
});

test("1,000 values recorded", async ({ bench }) => {
  const values = Float64Array.from({ length: BATCH }, (_, at) => 2 ** ((at % 200) / 10));
  const histogram = new Histogram();
  const moments = new Moments();
  const platform = createHistogram();
  const registers = [new prometheus.Registry()];
  const peer = new prometheus.Histogram({ name: "h", help: "h", labelNames: ["job"], registers });
  // By index: the iterator of a typed array costs more than what is measured.
  const recording = (record: (value: number) => void) => () => {
    for (let at = 0; at < BATCH; at += 1) record(values[at] ?? 0);
  };
  await bench.compare(
    bench(
      "Histogram",
      recording((value) => histogram.record(value)),
    ),
    bench(
      "Moments",
      recording((value) => moments.record(value)),
    ),
    bench(
      "node perf_hooks createHistogram",
      recording((value) => platform.record(Math.ceil(value))),
    ),
    bench(
      "prom-client histogram, labelled",
      recording((value) => peer.observe({ job: "hash" }, value)),
    ),
  );
  expect(histogram.count).toBeGreaterThan(0);
});

/** Reports of 50 tasks, to a reader that does not read. */
function reporting(wanted: Pick<SubscribeOptions, "coalesce">): () => void {
  const bus = busOf(0);
  const progressed = bus.emitter(jobkitEvents).row("task.progressed");
  subscribe(bus, { name: "slow", queueMax: 100, ...wanted });
  return () => {
    for (let at = 0; at < BATCH; at += 1)
      progressed.emit(() => ({ task: `t${at % 50}`, done: at, total: 0, what: "", counters: "" }), SCOPE);
  };
}

test("1,000 reports of progress to a reader that does not read", async ({ bench }) => {
  await bench.compare(
    bench("the oldest dropped", reporting({})),
    bench("the newest of each task kept", reporting({ coalesce: true })),
  );
});

test("an event as a line", async ({ bench }) => {
  const event: JobEvent = {
    seq: 123_456,
    ts: 1_767_225_600_000,
    ev: "task.finished",
    sev: "info",
    trace: "0123456789abcdef0123456789abcdef",
    span: "0123456789abcdef",
    job: "thing",
    attempt: 1,
    attrs: { task: "0abcdefghij123456789", outcome: "done", ranMs: 1234 },
  };
  await bench.compare(
    bench("eventToJson", () => void eventToJson(event)),
    bench("JSON.stringify", () => void JSON.stringify(event)),
  );
  expect(JSON.parse(eventToJson(event))).toEqual(event);
});
