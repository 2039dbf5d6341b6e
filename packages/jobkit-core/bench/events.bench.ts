/**
 * What an event costs, beside what the platform offers, in one run. Vitest reads imports through getters, which
 * about doubles the time of the bus where somebody listens, but not that of Node's own modules. The same loops
 * in plain Node 24.21 gave, in ns per event for 0, 1 and 3 listeners: bus 12, 56, 72; EventEmitter 15, 17, 46.
 */
import { channel } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import {
  defineEvents,
  EventBus,
  eventToJson,
  field,
  Histogram,
  Moments,
  type JobEvent,
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

function emitting(listeners: number): () => void {
  const bus = new EventBus({ clock: new FakeClock(), tables: [table] });
  const things = bus.emitter(table);
  for (let at = 0; at < listeners; at += 1) bus.listen({ name: `l${at}` }, hear);
  return () => {
    for (let at = 0; at < BATCH; at += 1) things.emit("thing.done", () => ({ thing: "t", ranMs: at }));
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
      bench("EventBus: counted, numbered, stamped", emitting(listeners)),
      bench("node EventEmitter", nodeEmitting(listeners)),
      bench("node diagnostics_channel, guarded", publishing(listeners)),
    );
    expect(heard > 0 || listeners === 0).toBe(true);
  });

test("1,000 values recorded", async ({ bench }) => {
  const values = Float64Array.from({ length: BATCH }, (_, at) => 2 ** ((at % 200) / 10));
  const histogram = new Histogram();
  const moments = new Moments();
  const sorted: number[] = [];
  await bench.compare(
    bench("Histogram", () => {
      // By index: the iterator of a typed array costs more than what is measured.
      for (let at = 0; at < BATCH; at += 1) histogram.record(values[at] ?? 0);
    }),
    bench("Moments", () => {
      for (let at = 0; at < BATCH; at += 1) moments.record(values[at] ?? 0);
    }),
    bench("push to an array, kept to 10,000", () => {
      for (let at = 0; at < BATCH; at += 1) sorted.push(values[at] ?? 0);
      if (sorted.length >= 10_000) sorted.length = 0;
    }),
  );
  expect(histogram.count).toBeGreaterThan(0);
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
