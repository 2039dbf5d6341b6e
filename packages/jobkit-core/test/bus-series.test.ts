import { describe, expect, test } from "vitest";
import { defineEvents, EventBus, field, jobkitEvents, OTHER_JOBS, type EventScope } from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";

const appEvents = defineEvents({
  "file.hashed": {
    id: 1000,
    unit: "count",
    sev: "trace",
    fields: { ranMs: field.ms, sizeBytes: field.bytes },
    hist: ["ranMs", "sizeBytes"],
    transient: true,
    doc: "A file was hashed.",
  },
  "file.copied": {
    id: 1001,
    unit: "bytes",
    sev: "info",
    fields: { outcome: field.oneOf("new", "same"), disk: field.label },
    by: ["outcome", "disk"],
    doc: "A file was copied.",
  },
});

function setup() {
  const bus = new EventBus({ clock: new FakeClock(), tables: [appEvents] });
  return { bus, app: bus.emitter(appEvents), jobkit: bus.emitter(jobkitEvents) };
}

const scope = (job: string): EventScope => ({ trace: "r", span: "s", job, attempt: 1 });

describe("histograms", () => {
  test("every hist field has one per job, whether or not somebody listens", () => {
    const { bus, app } = setup();

    app.emit("file.hashed", () => ({ ranMs: 10, sizeBytes: 100 }), scope("hash"));
    app.emit("file.hashed", () => ({ ranMs: 30, sizeBytes: 300 }), scope("hash"));
    app.emit("file.hashed", () => ({ ranMs: 5, sizeBytes: 50 }));

    const found = bus.histograms().map(({ field: name, job, unit, histogram, moments }) => ({
      name,
      job,
      unit,
      count: histogram.count,
      mean: moments.lifetime.mean,
    }));
    expect(found).toEqual([
      { name: "ranMs", job: "hash", unit: "ms", count: 2, mean: 20 },
      { name: "ranMs", job: null, unit: "ms", count: 1, mean: 5 },
      { name: "sizeBytes", job: "hash", unit: "bytes", count: 2, mean: 200 },
      { name: "sizeBytes", job: null, unit: "bytes", count: 1, mean: 50 },
    ]);
  });

  test("jobs beyond the bound share one, so that memory is bounded", () => {
    const { bus, app } = setup();

    for (let job = 0; job < 500; job += 1)
      app.emit("file.hashed", () => ({ ranMs: 1, sizeBytes: 1 }), {
        trace: "r",
        span: "s",
        job: `j${job}`,
        attempt: 1,
      });

    const series = bus.histograms().filter(({ field: name }) => name === "ranMs");
    expect(series).toHaveLength(201);
    expect(series.find(({ job }) => job === OTHER_JOBS)?.histogram.count).toBe(300);
  });

  test("a body that throws leaves the histograms alone, and its occurrence is counted", () => {
    const { bus, app } = setup();

    app.emit("file.hashed", () => {
      throw new Error("typo");
    });

    expect(bus.count("file.hashed")).toBe(1);
    expect(bus.histograms().map(({ histogram }) => histogram.count)).toEqual([0, 0]);
  });

  test("where the row counts by a label, durations of different outcomes are kept apart", () => {
    const { bus, jobkit } = setup();
    const finish = (outcome: "done" | "failed", ranMs: number): void =>
      jobkit.emit("task.finished", () => ({ task: "t", outcome, ranMs, attempts: 1 }), scope("hash"));

    for (const ranMs of [10, 20, 30]) finish("done", ranMs);
    finish("failed", 1000);

    const ran = bus.histograms().filter(({ field: name }) => name === "ranMs");
    expect(ran.map(({ job, labels, histogram }) => [job, labels, histogram.count, histogram.mean])).toEqual([
      ["hash", { outcome: "done" }, 3, 20],
      ["hash", { outcome: "failed" }, 1, 1000],
    ]);
  });
});

describe("counts by label", () => {
  test("are kept for each job and each combination, in the unit of the row", () => {
    const { bus, app } = setup();

    app.add("file.copied", 10, () => ({ outcome: "new", disk: "a" }), scope("copy"));
    app.add("file.copied", 5, () => ({ outcome: "new", disk: "a" }), scope("copy"));
    app.add("file.copied", 2, () => ({ outcome: "same", disk: "a" }), scope("copy"));
    app.add("file.copied", 1, () => ({ outcome: "new", disk: "b" }));

    expect(bus.labelledCounts()).toEqual([
      { ev: "file.copied", job: "copy", labels: { outcome: "new", disk: "a" }, value: 15 },
      { ev: "file.copied", job: "copy", labels: { outcome: "same", disk: "a" }, value: 2 },
      { ev: "file.copied", job: null, labels: { outcome: "new", disk: "b" }, value: 1 },
    ]);
    expect(bus.count("file.copied")).toBe(18);
  });

  test("labels without end share one count beyond the bound, and nothing is lost", () => {
    const { bus, app } = setup();

    for (let disk = 0; disk < 2_000; disk += 1)
      app.add("file.copied", 1, () => ({ outcome: "new", disk: `d${disk}` }), scope("copy"));
    app.add("file.copied", 1, () => ({ outcome: "new", disk: "d5" }), scope("copy"));

    const counts = bus.labelledCounts();
    expect(counts).toHaveLength(801);
    expect(counts.at(-1)).toMatchObject({ job: OTHER_JOBS, labels: { outcome: OTHER_JOBS }, value: 1_200 });
    expect(counts.find(({ labels }) => labels["disk"] === "d5")?.value).toBe(2);
    expect(counts.reduce((sum, { value }) => sum + value, 0)).toBe(bus.count("file.copied"));
  });

  test("a label that is a whole text is not kept", () => {
    const { bus, app } = setup();

    app.add("file.copied", 1, () => ({ outcome: "new", disk: "x".repeat(1_000_000) }));

    expect(bus.labelledCounts()).toMatchObject([{ labels: { outcome: "new", disk: OTHER_JOBS }, value: 1 }]);
  });

  test("no combination comes twice, whatever bounds it met", () => {
    const { bus, app } = setup();
    const long = "x".repeat(1_000);

    for (let job = 0; job < 300; job += 1)
      for (const disk of [long, "a", `d${job}`, `e${job}`])
        app.add("file.copied", 1, () => ({ outcome: "new", disk }), scope(`j${job}`));

    const counts = bus.labelledCounts();
    const names = counts.map(({ job, labels }) => JSON.stringify([job, labels]));
    expect(new Set(names).size).toBe(names.length);
    expect(counts.reduce((sum, { value }) => sum + value, 0)).toBe(1_200);
  });

  test("what is counted together goes on so when there is no more room", () => {
    const { bus, app } = setup();
    const copy = (job: string, disk: string): void =>
      app.add("file.copied", 1, () => ({ outcome: "new", disk }), scope(job));
    for (let job = 0; job < 201; job += 1) copy(`j${job}`, "a");
    for (let disk = 0; disk < 1_000; disk += 1) copy("j0", `d${disk}`);

    copy("late", "a");

    const shared = bus
      .labelledCounts()
      .find(({ job, labels }) => job === OTHER_JOBS && labels["disk"] === "a");
    expect(shared?.value).toBe(2);
  });
});
