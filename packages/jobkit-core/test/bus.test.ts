import { describe, expect, test } from "vitest";
import {
  defineEvents,
  EventBus,
  eventFromJson,
  eventToJson,
  field,
  jobkitEvents,
  type JobEvent,
} from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";

const appEvents = defineEvents({
  "file.read": { id: 1000, unit: "bytes", sev: "info", fields: { path: field.id }, doc: "A file was read." },
  "file.hashed": {
    id: 1001,
    unit: "count",
    sev: "trace",
    fields: { ranMs: field.ms, sizeBytes: field.bytes },
    transient: true,
    doc: "A file was hashed.",
  },
});

function setup(nextSeq?: number) {
  const clock = new FakeClock();
  const bus = new EventBus({ clock, tables: [appEvents], ...(nextSeq === undefined ? {} : { nextSeq }) });
  return { clock, bus, jobkit: bus.emitter(jobkitEvents), app: bus.emitter(appEvents) };
}

const note = (text: string) => () => ({ task: "t", text });
const microtasks = (): Promise<void> => Promise.resolve();

describe("counting", () => {
  test("an event is counted without being described while nobody listens", () => {
    const { bus, jobkit } = setup();
    let described = 0;

    jobkit.emit("task.noted", () => {
      described += 1;
      return { task: "t", text: "x" };
    });

    expect(described).toBe(0);
    expect(bus.count("task.noted")).toBe(1);
    expect(bus.lastSeq).toBe(1);
  });

  test("amounts add up, and what would spoil a counter is refused", () => {
    const { bus, app } = setup();

    app.add("file.read", 10, () => ({ path: "a" }));
    app.add("file.read", 5, () => ({ path: "b" }));

    expect(bus.count("file.read")).toBe(15);
    for (const amount of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => app.add("file.read", amount, () => ({ path: "c" }))).toThrow(RangeError);
    expect(bus.count("file.read")).toBe(15);
  });

  test("counters go on from what an earlier process counted, and say what is new", () => {
    const { bus, jobkit } = setup();
    bus.restore({ "task.noted": 7, "gone.away": 3, "task.failed": Number.NaN, "task.queued": -4 });

    jobkit.emit("task.noted", note("x"));

    expect(bus.counters().find(({ name }) => name === "task.noted")).toMatchObject({
      value: 8,
      sinceStart: 1,
    });
    expect(bus.count("task.failed")).toBe(0);
    expect(bus.counters().map(({ id }) => id)).toEqual(
      bus
        .counters()
        .map(({ id }) => id)
        .toSorted((a, b) => a - b),
    );
  });

  test("durable events are numbered without holes; a transient one carries the number before it", () => {
    const { bus, jobkit, app } = setup(41);
    const seen: JobEvent[] = [];
    bus.listen({ name: "l" }, (event) => seen.push(event));

    jobkit.emit("task.noted", note("a"));
    app.emit("file.hashed", () => ({ ranMs: 1, sizeBytes: 1 }));
    jobkit.emit("task.noted", note("b"));

    expect(seen.map(({ ev, seq }) => [ev, seq])).toEqual([
      ["task.noted", 41],
      ["file.hashed", 41],
      ["task.noted", 42],
    ]);
  });

  test("the envelope has the time, the severity of the row and the scope", () => {
    const { clock, bus, jobkit } = setup();
    const seen: JobEvent[] = [];
    bus.listen({ name: "l" }, (event) => seen.push(event));

    jobkit.emit("task.noted", note("a"), { trace: "r", span: "s", job: "j", attempt: 2 });

    expect(seen).toEqual([
      {
        seq: 1,
        ts: clock.now(),
        ev: "task.noted",
        sev: "info",
        trace: "r",
        span: "s",
        job: "j",
        attempt: 2,
        attrs: { task: "t", text: "a" },
      },
    ]);
  });

  test("an unknown name, a foreign table and clashing tables are programming errors", () => {
    const { bus, clock } = setup();
    const other = defineEvents({
      "other.thing": { id: 1000, unit: "count", sev: "info", fields: {}, doc: "Another thing." },
    });

    expect(() => bus.count("no.such")).toThrow(RangeError);
    expect(() => bus.emitter(other)).toThrow("its table was not given to the bus");
    expect(() => new EventBus({ clock, tables: [appEvents, other] })).toThrow("id 1000 is taken");
    expect(() => new EventBus({ clock, tables: [appEvents, appEvents] })).toThrow("declared twice");
    expect(() => new EventBus({ clock, nextSeq: 0 })).toThrow(RangeError);
  });
});

describe("listening", () => {
  test("a listener hears only the rows it wants, and a body runs only for those", () => {
    const { bus, jobkit } = setup();
    const seen: string[] = [];
    bus.listen({ name: "l", rows: (_, row) => row.sev === "error" }, ({ ev }) => seen.push(ev));
    let described = 0;

    jobkit.emit("task.noted", () => {
      described += 1;
      return { task: "t", text: "x" };
    });
    jobkit.emit("task.failed", () => ({ task: "t", code: "C", why: "w" }));

    expect(seen).toEqual(["task.failed"]);
    expect(described).toBe(0);
  });

  test("a body runs once however many listen", () => {
    const { bus, jobkit } = setup();
    for (const name of ["a", "b", "c"]) bus.listen({ name }, () => {});
    let described = 0;

    jobkit.emit("task.noted", () => {
      described += 1;
      return { task: "t", text: "x" };
    });

    expect(described).toBe(1);
  });

  test("a body that throws harms nobody: the event stands and says so, and no number is lost", () => {
    const { bus, jobkit } = setup();
    const seen: JobEvent[] = [];
    bus.listen({ name: "l" }, (event) => seen.push(event));

    jobkit.emit("task.noted", () => {
      throw new Error("typo");
    });
    jobkit.emit("task.noted", note("b"));

    expect(seen.map(({ seq, attrs }) => [seq, attrs])).toEqual([
      [1, { bodyFailed: "typo" }],
      [2, { task: "t", text: "b" }],
    ]);
  });

  test("a text without end is cut, and the caller's own fields are left alone", () => {
    const { bus, jobkit } = setup();
    const seen: JobEvent[] = [];
    bus.listen({ name: "l" }, (event) => seen.push(event));
    const fields = { task: "t", text: "x".repeat(1_000_000) };

    jobkit.emit("task.noted", () => fields);

    expect(seen[0]?.attrs["text"]).toHaveLength(8_192);
    expect(fields.text).toHaveLength(1_000_000);
    expect(eventFromJson(eventToJson(seen[0] as JobEvent))).toEqual(seen[0]);
  });

  test("who comes during a delivery hears the next event; who goes during it hears nothing more", () => {
    const { bus, jobkit } = setup();
    const late: number[] = [];
    const gone: number[] = [];
    let leaving: Disposable | null = null;
    bus.listen({ name: "first" }, () => {
      if (leaving === null) return;
      leaving[Symbol.dispose]();
      leaving = null;
      bus.listen({ name: "late" }, ({ seq }) => late.push(seq));
    });
    leaving = bus.listen({ name: "gone" }, ({ seq }) => gone.push(seq));

    jobkit.emit("task.noted", note("a"));
    jobkit.emit("task.noted", note("b"));

    expect(late).toEqual([2]);
    expect(gone).toEqual([]);
  });

  test("where a listener emits, everybody still hears everything in the order of the numbers", () => {
    const { bus, jobkit } = setup();
    const heard: Record<string, number[]> = { a: [], b: [] };
    bus.listen({ name: "a" }, ({ seq, attrs }) => {
      heard["a"]?.push(seq);
      if (attrs["text"] === "ask") jobkit.emit("task.noted", note("answer"));
    });
    bus.listen({ name: "b" }, ({ seq }) => heard["b"]?.push(seq));

    jobkit.emit("task.noted", note("ask"));
    jobkit.emit("task.noted", note("more"));

    expect(heard).toEqual({ a: [1, 2, 3], b: [1, 2, 3] });
  });

  test("a listener that answers each event with another is removed instead of hanging the program", async () => {
    const { bus, jobkit } = setup();
    let others = 0;
    bus.listen({ name: "echo", rows: (name) => name === "task.noted" }, () =>
      jobkit.emit("task.noted", note("again")),
    );
    const reports: JobEvent[] = [];
    bus.listen({ name: "b" }, (event) => {
      others += 1;
      if (event.ev === "subscriber.failed") reports.push(event);
    });

    jobkit.emit("task.noted", note("start"));
    await microtasks();

    expect(others).toBe(bus.lastSeq);
    expect(reports.map(({ attrs }) => attrs["subscriber"])).toEqual(["echo"]);
    expect(reports[0]?.attrs["removed"]).toBe("yes");
  });
});

describe("a listener that throws", () => {
  test("harms no one, is reported to the others, and keeps its place in the order", async () => {
    const { bus, jobkit } = setup();
    const order: string[] = [];
    let failing = true;
    bus.listen({ name: "bad" }, () => {
      order.push("bad");
      if (failing) throw new Error("broken");
    });
    bus.listen({ name: "good" }, ({ ev }) => order.push(`good ${ev}`));

    jobkit.emit("task.noted", note("a"));
    await microtasks();
    failing = false;
    jobkit.emit("task.noted", note("b"));

    expect(order).toEqual(["bad", "good task.noted", "good subscriber.failed", "bad", "good task.noted"]);
  });

  test("is removed after ten failures in a row, and a success in between starts the count anew", async () => {
    const { bus, jobkit } = setup();
    let calls = 0;
    bus.listen({ name: "bad", rows: (name) => name === "task.noted" }, () => {
      calls += 1;
      if (calls !== 5) throw new Error("broken");
    });
    const reports: JobEvent[] = [];
    bus.listen({ name: "watch", rows: (name) => name === "subscriber.failed" }, (event) =>
      reports.push(event),
    );

    for (let at = 0; at < 30; at += 1) jobkit.emit("task.noted", note("x"));
    await microtasks();

    expect(calls).toBe(15);
    expect(reports).toHaveLength(14);
    expect(reports.at(-1)?.attrs).toEqual({ subscriber: "bad", why: "broken", removed: "yes" });
    expect(reports.filter(({ attrs }) => attrs["removed"] === "yes")).toHaveLength(1);
  });

  test("disposing twice, and from inside the listener, is harmless", () => {
    const { bus, jobkit } = setup();
    let calls = 0;
    const listening = bus.listen({ name: "once" }, () => {
      calls += 1;
      listening[Symbol.dispose]();
    });

    jobkit.emit("task.noted", note("a"));
    jobkit.emit("task.noted", note("b"));
    listening[Symbol.dispose]();

    expect(calls).toBe(1);
  });
});
