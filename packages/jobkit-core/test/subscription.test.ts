import { describe, expect, test } from "vitest";
import {
  EventBus,
  eventFilter,
  isGap,
  jobkitEvents,
  subscribe,
  type EventHistory,
  type JobEvent,
} from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";
import { brief, settled, setup, take } from "./subscription-kit.ts";

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
