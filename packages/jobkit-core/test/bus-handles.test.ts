import { describe, expect, test } from "vitest";
import { defineEvents, EventBus, field, jobkitEvents, type EventScope, type JobEvent } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";

const appEvents = defineEvents({
  "file.read": { id: 1000, unit: "bytes", sev: "info", fields: { path: field.id }, doc: "A file was read." },
});

function setup() {
  const bus = new EventBus({ clock: new FakeClock(), tables: [appEvents] });
  return { bus, jobkit: bus.emitter(jobkitEvents), app: bus.emitter(appEvents) };
}

describe("a row looked up once", () => {
  test("counts, numbers and tells as the emitter does by name", () => {
    const { bus, jobkit, app } = setup();
    const seen: JobEvent[] = [];
    bus.listen({ name: "l" }, (event) => seen.push(event));
    const noted = jobkit.row("task.noted");
    const read = app.row("file.read");

    jobkit.emit("task.noted", () => ({ task: "t", text: "by name" }));
    noted.emit(() => ({ task: "t", text: "by row" }));
    read.add(5, () => ({ path: "a" }));

    expect(seen.map(({ seq, ev, attrs }) => [seq, ev, attrs])).toEqual([
      [1, "task.noted", { task: "t", text: "by name" }],
      [2, "task.noted", { task: "t", text: "by row" }],
      [3, "file.read", { path: "a" }],
    ]);
    expect([bus.count("task.noted"), bus.count("file.read"), bus.lastSeq]).toEqual([2, 5, 3]);
    expect(() => read.add(-1, () => ({ path: "a" }))).toThrow(RangeError);
  });

  test("who comes after the lookup is heard, and who goes costs no more bodies", () => {
    const { bus, jobkit } = setup();
    const noted = jobkit.row("task.noted");
    let described = 0;
    const note = (): void =>
      noted.emit(() => {
        described += 1;
        return { task: "t", text: "x" };
      });

    note();
    const listening = bus.listen({ name: "l" }, () => {});
    note();
    listening[Symbol.dispose]();
    note();

    expect(described).toBe(1);
  });
});

describe("a scope that works its parts out when asked", () => {
  class LazyScope implements EventScope {
    readonly trace = "r";
    readonly job = "hash";
    readonly attempt = 1;
    asked = 0;

    get span(): string {
      this.asked += 1;
      return "s";
    }
  }

  test("is not asked while nobody listens, even where a histogram is fed", () => {
    const { bus, jobkit } = setup();
    const scope = new LazyScope();

    jobkit.emit("task.noted", () => ({ task: "t", text: "x" }), scope);
    jobkit.emit("task.started", () => ({ task: "t", worker: "main", waitedMs: 1 }), scope);

    expect(scope.asked).toBe(0);
    expect(bus.histograms().map(({ job }) => job)).toEqual(["hash"]);
  });

  test("is asked once for each event that is made", () => {
    const { bus, jobkit } = setup();
    const scope = new LazyScope();
    const seen: JobEvent[] = [];
    for (const name of ["a", "b"]) bus.listen({ name }, (event) => seen.push(event));

    jobkit.emit("task.started", () => ({ task: "t", worker: "main", waitedMs: 1 }), scope);

    expect(scope.asked).toBe(1);
    expect(seen.map(({ span, job }) => [span, job])).toEqual([
      ["s", "hash"],
      ["s", "hash"],
    ]);
  });
});

describe("hearing one row with its types", () => {
  test("brings its events alone, with its fields", () => {
    const { bus, jobkit, app } = setup();
    const outcomes: ("done" | "failed" | "cancelled" | "skipped")[] = [];
    const paths: string[] = [];
    bus.on(jobkitEvents, "task.finished", ({ attrs }) => outcomes.push(attrs.outcome));
    const reading = bus.on(appEvents, "file.read", ({ attrs }) => paths.push(attrs.path));

    jobkit.emit("task.finished", () => ({ task: "t", outcome: "done", ranMs: 1, attempts: 1 }));
    app.add("file.read", 5, () => ({ path: "a" }));
    reading[Symbol.dispose]();
    app.add("file.read", 5, () => ({ path: "b" }));

    expect([outcomes, paths]).toEqual([["done"], ["a"]]);
  });

  test("passes over an event whose body failed: it has not the fields that the types promise", () => {
    const { bus, app } = setup();
    const paths: string[] = [];
    bus.on(appEvents, "file.read", ({ attrs }) => paths.push(attrs.path));

    app.add("file.read", 5, () => {
      throw new Error("typo");
    });

    expect(paths).toEqual([]);
    expect(bus.count("file.read")).toBe(5);
  });

  test("of a table that the bus does not have is a programming error", () => {
    const bus = new EventBus({ clock: new FakeClock() });

    expect(() => bus.on(appEvents, "file.read", () => {})).toThrow("was not given to the bus");
  });
});
