import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  EventBus,
  eventFilter,
  isGap,
  jobkitEvents,
  subscribe,
  type EventHistory,
  type JobEvent,
  type Subscription,
} from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";

function setup() {
  const bus = new EventBus({ clock: new FakeClock() });
  const emitter = bus.emitter(jobkitEvents);
  const log = new RamLog();
  bus.listen({ name: "log" }, (event) => log.append(event));
  const note = (text = "x"): void => emitter.emit("task.noted", () => ({ task: "t", text }));
  const progress = (): void =>
    emitter.emit("task.progressed", () => ({ task: "t", done: 1, total: 0, what: "" }));
  return { bus, log, note, progress };
}

/** A log that keeps durable events until told to forget, and counts who reads. */
class RamLog implements EventHistory {
  readonly kept: JobEvent[] = [];
  reading = 0;

  append(event: JobEvent): void {
    if (event.ev !== "task.progressed") this.kept.push(event);
  }

  forgetBefore(seq: number): void {
    this.kept.splice(
      0,
      this.kept.findIndex((event) => event.seq >= seq),
    );
  }

  async *read(sinceSeq: number): AsyncGenerator<JobEvent> {
    this.reading += 1;
    try {
      for (const event of this.kept.filter(({ seq }) => seq > sinceSeq)) {
        await Promise.resolve();
        yield event;
      }
    } finally {
      this.reading -= 1;
    }
  }
}

async function take(subscription: Subscription, count: number): Promise<JobEvent[]> {
  const taken: JobEvent[] = [];
  while (taken.length < count) {
    const { value, done } = await subscription.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

const brief = (event: JobEvent): unknown =>
  isGap(event) ? `gap ${event.attrs["from"]}-${event.attrs["to"]} ${event.attrs["dropped"]}` : event.seq;
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

describe("a live subscription", () => {
  test("brings what is emitted after it began, in order", async () => {
    const { bus, note } = setup();
    note();
    const subscription = subscribe(bus, { name: "s" });
    note();
    note();

    expect((await take(subscription, 2)).map(brief)).toEqual([2, 3]);
  });

  test("wakes a reader that waits", async () => {
    const { bus, note } = setup();
    const subscription = subscribe(bus, { name: "s" });
    const next = subscription.next();
    await settled();

    note("late");

    expect((await next).value?.attrs["text"]).toBe("late");
  });

  test("two reads at once get two events, in order", async () => {
    const { bus, note } = setup();
    const subscription = subscribe(bus, { name: "s" });
    const both = Promise.all([subscription.next(), subscription.next()]);

    note();
    note();

    expect((await both).map(({ value }) => value?.seq)).toEqual([1, 2]);
  });

  test("a batch is what waits, up to what was asked for", async () => {
    const { bus, note } = setup();
    const subscription = subscribe(bus, { name: "s" });
    for (let at = 0; at < 5; at += 1) note();

    expect((await subscription.nextBatch(3)).map(brief)).toEqual([1, 2, 3]);
    expect((await subscription.nextBatch(100)).map(brief)).toEqual([4, 5]);
  });

  test("brings only what its filter matches, and rows it cannot match are not even described", async () => {
    const bus = new EventBus({ clock: new FakeClock() });
    const emitter = bus.emitter(jobkitEvents);
    const subscription = subscribe(bus, { name: "s", filter: eventFilter("ev=task.noted attr.text=b*") });
    let described = 0;

    emitter.emit("task.recovered", () => {
      described += 1;
      return { task: "t" };
    });
    for (const text of ["a", "b1", "c", "b2"]) emitter.emit("task.noted", () => ({ task: "t", text }));

    expect((await take(subscription, 2)).map(({ attrs }) => attrs["text"])).toEqual(["b1", "b2"]);
    expect(described).toBe(0);
  });
});

describe("a reader that is too slow", () => {
  test("finds a gap with exact numbers where the oldest events were", async () => {
    const { bus, note } = setup();
    const subscription = subscribe(bus, { name: "slow", queueMax: 3, filter: eventFilter("ev=task.noted") });
    for (let at = 0; at < 8; at += 1) note();

    const read = await take(subscription, 4);

    expect(read.map(brief)).toEqual(["gap 1-5 5", 6, 7, 8]);
    expect(read[0]?.sev).toBe("warn");
    expect(bus.count("stream.gap")).toBe(1);
  });

  test("is told of transient events too, which have no numbers", async () => {
    const { bus, note, progress } = setup();
    const filter = eventFilter("ev=task.noted or ev=task.progressed");
    const subscription = subscribe(bus, { name: "slow", queueMax: 2, filter });
    note();
    for (let at = 0; at < 4; at += 1) progress();
    note();

    expect((await take(subscription, 2)).map(brief)).toEqual(["gap 1-1 4", 1]);
    expect((await take(subscription, 1)).map(brief)).toEqual([2]);
  });

  test("is reported once per episode, however much it loses; caught up and late again is a new one", async () => {
    const { bus, note } = setup();
    const reports: JobEvent[] = [];
    bus.listen({ name: "watch", rows: (name) => name === "subscriber.lagged" }, (event) =>
      reports.push(event),
    );
    const subscription = subscribe(bus, { name: "slow", queueMax: 4, filter: eventFilter("ev=task.noted") });

    for (let at = 0; at < 10; at += 1) note();
    await settled();
    for (let at = 0; at < 10; at += 1) note();
    await settled();
    await subscription.nextBatch(1);
    note();
    await settled();
    const inOneEpisode = reports.length;
    await subscription.nextBatch(100);
    for (let at = 0; at < 5; at += 1) note();
    await settled();

    expect(inOneEpisode).toBe(1);
    expect(reports.map(({ attrs }) => attrs)).toEqual([
      { subscriber: "slow", dropped: 6 },
      { subscriber: "slow", dropped: 1 },
    ]);
  });

  test("holds nobody else up: another reader gets everything", async () => {
    const { bus, note } = setup();
    const filter = eventFilter("ev=task.noted");
    subscribe(bus, { name: "stuck", queueMax: 1, filter });
    const healthy = subscribe(bus, { name: "healthy", filter });
    for (let at = 0; at < 50; at += 1) note();

    const read = await take(healthy, 50);

    expect(read.map(({ attrs }) => attrs["text"])).toHaveLength(50);
    expect(read.some(isGap)).toBe(false);
  });

  test("loses nothing where a history has it", async () => {
    const { bus, log, note } = setup();
    const filter = eventFilter("ev=task.noted");
    const subscription = subscribe(bus, { name: "slow", queueMax: 3, filter, history: log });
    for (let at = 0; at < 20; at += 1) note();
    await settled();

    const read = await take(subscription, 20);

    expect(read.map(({ attrs }) => attrs["text"])).toHaveLength(20);
    expect(read.some(isGap)).toBe(false);
    expect(new Set(read.map(({ seq }) => seq)).size).toBe(20);
    expect(log.reading).toBe(0);
  });

  test("an event that was delivered before the loss is not read again", async () => {
    const { bus, log, note, progress } = setup();
    const subscription = subscribe(bus, { name: "slow", queueMax: 2, history: log });
    note();
    const first = await take(subscription, 1);
    for (let at = 0; at < 3; at += 1) progress();
    note();
    note();
    await settled();

    const rest = await take(subscription, 4);

    expect(first.map(brief)).toEqual([1]);
    const durable = rest.filter((event) => !isGap(event) && event.ev === "task.noted").map(({ seq }) => seq);
    expect(durable).toEqual([2, 3]);
    expect(rest.filter(isGap).map(({ attrs }) => attrs["dropped"])).toEqual([3]);
  });
});

describe("beginning in the past", () => {
  test("brings the past from the history, then the present, without loss or repetition", async () => {
    const { bus, log, note } = setup();
    for (let at = 0; at < 5; at += 1) note();
    const subscription = subscribe(bus, { name: "s", since: 2, history: log });
    note();
    const early = await take(subscription, 2);
    note();

    const late = await take(subscription, 3);

    expect([...early, ...late].map(brief)).toEqual([3, 4, 5, 6, 7]);
  });

  test("a past that the history no longer has is a gap", async () => {
    const { bus, log, note } = setup();
    for (let at = 0; at < 6; at += 1) note();
    log.forgetBefore(4);
    const subscription = subscribe(bus, { name: "s", since: 1, history: log });
    note();

    expect((await take(subscription, 5)).map(brief)).toEqual(["gap 2-3 2", 4, 5, 6, 7]);
  });

  test("a hole in the middle and a marker in the history are gaps, an end that is missing too", async () => {
    const { bus, log, note } = setup();
    for (let at = 0; at < 8; at += 1) note();
    log.kept.splice(6, 2);
    log.kept.splice(1, 1);
    log.kept[3] = bus.markGap(5, 5, 1);
    const subscription = subscribe(bus, { name: "s", since: 0, history: log });
    note();

    const read = await take(subscription, 8);

    expect(read.map(brief)).toEqual([1, "gap 2-2 1", 3, 4, "gap 5-5 1", 6, "gap 7-8 2", 9]);
  });

  test("without a history the past is a gap, and now is nothing special", async () => {
    const { bus, note } = setup();
    for (let at = 0; at < 3; at += 1) note();
    const past = subscribe(bus, { name: "past", since: 1 });
    const now = subscribe(bus, { name: "now", since: 3 });
    const future = subscribe(bus, { name: "future", since: 99 });
    note();

    expect((await take(past, 2)).map(brief)).toEqual(["gap 2-3 2", 4]);
    expect((await take(now, 1)).map(brief)).toEqual([4]);
    expect((await take(future, 1)).map(brief)).toEqual([4]);
  });

  test("a history that repeats itself or goes on beyond now is taken for what is new in it", async () => {
    const { bus, log, note } = setup();
    for (let at = 0; at < 3; at += 1) note();
    log.kept.push(...log.kept);
    const subscription = subscribe(bus, { name: "s", since: 0, history: log });
    note();

    expect((await take(subscription, 4)).map(brief)).toEqual([1, 2, 3, 4]);
  });

  test("a history that fails is the reader's error, and the end", async () => {
    const { bus, note } = setup();
    note();
    const broken: EventHistory = {
      read: () => ({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("disk gone")) }),
      }),
    };
    const subscription = subscribe(bus, { name: "s", since: 0, history: broken });

    await expect(subscription.next()).rejects.toThrow("disk gone");
    expect(await subscription.next()).toEqual({ done: true, value: undefined });
  });
});

describe("the end", () => {
  test("disposing ends a reader that waits, and leaves no listener", async () => {
    const { bus, note } = setup();
    let described = 0;
    const quiet = new EventBus({ clock: new FakeClock() });
    const subscription = subscribe(quiet, { name: "s" });
    const waiting = subscription.next();
    await settled();

    subscription[Symbol.dispose]();
    subscription[Symbol.dispose]();
    quiet.emitter(jobkitEvents).emit("task.recovered", () => {
      described += 1;
      return { task: "t" };
    });

    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(described).toBe(0);
    note();
    expect(bus.lastSeq).toBe(1);
  });

  test("an abort ends the iteration, before or after it began", async () => {
    const { bus, note } = setup();
    const stop = new AbortController();
    const subscription = subscribe(bus, { name: "s", signal: stop.signal });
    const seen: number[] = [];
    const reading = (async () => {
      for await (const event of subscription) seen.push(event.seq);
    })();
    note();
    await settled();

    stop.abort();
    note();
    await reading;

    expect(seen).toEqual([1]);
    const late = subscribe(bus, { name: "late", signal: stop.signal });
    expect((await late.next()).done).toBe(true);
  });

  test("leaving a for await closes the history that is being read", async () => {
    const { bus, log, note } = setup();
    for (let at = 0; at < 5; at += 1) note();

    for await (const event of subscribe(bus, { name: "s", since: 0, history: log }))
      if (event.seq === 2) break;
    await settled();

    expect(log.reading).toBe(0);
  });

  test("a history that hangs does not hold a disposed reader", async () => {
    const { bus, note } = setup();
    note();
    const hanging: EventHistory = {
      read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
    };
    const subscription = subscribe(bus, { name: "s", since: 0, history: hanging });
    const waiting = subscription.next();
    await settled();

    subscription[Symbol.dispose]();

    expect((await waiting).done).toBe(true);
  });

  test.each([0, -1, 1.5, Number.NaN, 1e9])("a queue of %d events is refused", (queueMax) => {
    const { bus } = setup();

    expect(() => subscribe(bus, { name: "s", queueMax })).toThrow(RangeError);
  });
});

type Step = "note" | "progress" | "recover" | "read" | "read3" | "forget";
const steps = fc.array(
  fc.constantFrom<Step>("note", "note", "progress", "recover", "read", "read3", "forget"),
  { maxLength: 60 },
);

describe("whatever the pace of emitter and reader", () => {
  test("without a history: each event comes once or is counted in the one gap that stands in its place", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (plan, queueMax) => {
        const { bus, note, progress } = setup();
        const filter = eventFilter("ev=task.noted or ev=task.progressed");
        const subscription = subscribe(bus, { name: "s", queueMax, filter });
        const emitted: JobEvent[] = [];
        bus.listen({ name: "all", rows: filter.mayMatch }, (event) => emitted.push(event));
        const read: JobEvent[] = [];
        for (const step of plan) {
          if (step === "note") note();
          else if (step === "progress") progress();
          else if (step === "read" || step === "read3") {
            if (emitted.length > accounted(read))
              read.push(...(await subscription.nextBatch(step === "read" ? 1 : 3)));
          }
        }
        while (accounted(read) < emitted.length) read.push(...(await subscription.nextBatch(100)));

        let at = 0;
        const expected = read.map((event) => {
          const stands = emitted.slice(at, (at += isGap(event) ? Number(event.attrs["dropped"]) : 1));
          return isGap(event) ? gapOver(stands) : stands[0];
        });
        expect(read.map((event) => (isGap(event) ? event.attrs : event))).toEqual(expected);
        expect(at).toBe(emitted.length);
      }),
      { numRuns: 300 },
    );
  });

  test("with a history: each numbered event comes once, in order, or lies in a gap the history really has", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), fc.nat(10), async (plan, queueMax, past) => {
        const { bus, log, note, progress } = setup();
        for (let at = 0; at < past; at += 1) note();
        let forgotten = 0;
        const subscription = subscribe(bus, { name: "s", queueMax, since: 0, history: log });
        const read: JobEvent[] = [];
        const last = (): number => Math.max(0, ...read.map((event) => event.seq));
        for (const step of plan) {
          if (step === "note") note();
          else if (step === "progress") progress();
          else if (step === "forget" && log.kept.length > 2) {
            forgotten = (log.kept[2]?.seq ?? 1) - 1;
            log.forgetBefore(forgotten + 1);
          } else if (bus.lastSeq > last())
            read.push(...(await subscription.nextBatch(step === "read" ? 1 : 3)));
        }
        await settled(); // Reports of lag are events too.
        while (bus.lastSeq > last()) {
          read.push(...(await subscription.nextBatch(100)));
          await settled();
        }
        subscription[Symbol.dispose]();
        await settled();

        let next = 1;
        for (const event of read.filter(({ ev }) => ev !== "task.progressed")) {
          const [from, to] = isGap(event)
            ? [Number(event.attrs["from"]), Number(event.attrs["to"])]
            : [event.seq, event.seq];
          if (isGap(event) && to < next) continue; // Only transient events were lost: they carry the number of one that came.
          expect(from).toBe(next);
          expect(!isGap(event) || to <= forgotten).toBe(true);
          next = to + 1;
        }
        expect(next).toBe(bus.lastSeq + 1);
        expect(log.reading).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});

/** The fields of the gap that stands for these events. */
function gapOver(lost: readonly JobEvent[]): JobEvent["attrs"] {
  const numbered = lost.filter(({ ev }) => ev === "task.noted").map(({ seq }) => seq);
  return {
    from: numbered[0] ?? lost[0]?.seq ?? 0,
    to: numbered.at(-1) ?? lost[0]?.seq ?? 0,
    dropped: lost.length,
  };
}

/** How many emitted events the reader knows of: those it has and those it was told are missing. */
function accounted(read: readonly JobEvent[]): number {
  return read.reduce((sum, event) => sum + (isGap(event) ? Number(event.attrs["dropped"]) : 1), 0);
}
