// A small application for the tests of the shell. What its jobs do is said by their input and its settings.
import { setTimeout as pause } from "node:timers/promises";
import { defineEvents, defineJob, defineSettings, field, type NewTask } from "jobkit-core";
import { defineApp, type Reconciler } from "../../src/index.ts";

const settings = defineSettings({
  "clockwork.tasks": {
    kind: "count",
    default: 3,
    min: 0,
    max: 10_000,
    doc: "Ticks the reconciler wants done.",
  },
  "clockwork.holdMs": {
    kind: "duration",
    default: 0,
    min: 0,
    max: 600_000,
    doc: "How long each tick takes.",
  },
  "clockwork.attempts": { kind: "count", default: 2, min: 1, max: 100, doc: "Attempts of each tick." },
  "clockwork.lookMs": {
    kind: "duration",
    default: 3_600_000,
    min: 1,
    max: 3_600_000,
    doc: "Time between two looks.",
    reload: true,
  },
  "clockwork.lookFails": { kind: "flag", default: false, doc: "Every look throws.", reload: true },
  "clockwork.lists": {
    kind: "count",
    default: 2,
    min: 0,
    max: 100,
    doc: "Items of the list of the pipeline.",
    reload: true,
  },
  "clockwork.hands": { kind: "count", default: 2, min: 1, max: 100, doc: "Slots of the pool.", reload: true },
  "clockwork.daily": {
    kind: "text",
    default: "daily at 03:00",
    doc: "When the daily schedule is due.",
    reload: true,
  },
  "clockwork.openFails": { kind: "flag", default: false, doc: "Opening the application throws." },
});

const events = defineEvents({
  "clock.struck": {
    id: 1000,
    unit: "count",
    sev: "info",
    fields: { n: field.count },
    doc: "A tick was done.",
  },
});

interface TickInput {
  readonly n?: number;
  /** "fail": throws; "crash": ends the process; "stay": does not end when told. */
  readonly how?: "fail" | "crash" | "stay";
}

const tickInput = {
  "~standard": {
    version: 1 as const,
    vendor: "clockwork",
    validate: (value: unknown) =>
      value !== null && typeof value === "object"
        ? { value: value as TickInput }
        : { issues: [{ message: "expected an object" }] },
  },
};

/** The application itself; clockwork.ts runs it as a program. */
export const clockwork = defineApp({
  name: "clockwork",
  version: "1.2.3",
  doc: "Does nothing, in order.",
  settings,
  events,
  routine: (now) => ({
    pipelines: [
      {
        name: "wind",
        doc: "Winds the clock up.",
        args: { how: "well" },
        phases: {
          each: { job: "tick", map: { list: "turns" }, input: { n: "$item" } },
          last: { job: "tick", after: "each", input: { how: "$args.how", n: 99 } },
        },
      },
    ],
    schedules: [
      { name: "daily", doc: "Winds it up every night.", when: now["clockwork.daily"], pipeline: "wind" },
    ],
    known: { jobs: ["tick"], predicates: ["wound"], lists: ["turns"], pools: { hands: 2 } },
  }),
  async open({ settings: now, emitter }) {
    if (now["clockwork.openFails"]) throw new Error("told not to open");
    const done = new Set<number>();
    const clock = emitter(events);
    const tick = defineJob<TickInput>({
      name: "tick",
      doc: "Waits as long as it is told.",
      input: tickInput,
      needs: { hands: 1 },
      retry: { attempts: now["clockwork.attempts"], firstMs: 1, maxMs: 1 },
      graceMs: 50,
      run: async (context) => {
        const { n = 0, how } = context.input;
        context.progress(0, 1, `tick ${n}`);
        if (how === "crash")
          queueMicrotask(() => {
            throw new Error("nobody catches this");
          });
        await pause(
          how === "crash" || how === "stay" ? 600_000 : now["clockwork.holdMs"],
          null,
          how === "stay" ? {} : { signal: context.signal },
        );
        if (how === "fail") throw new Error("told to \u001b[31mfail\u001b[0m");
        done.add(n);
        clock.emit("clock.struck", () => ({ n }));
        return { n };
      },
    });
    const wanted: Reconciler = {
      name: "wanted",
      doc: "Wants ticks.",
      everyMs: () => now["clockwork.lookMs"],
      find: async () => {
        if (now["clockwork.lookFails"]) throw new Error("told not to look");
        const all = Array.from({ length: now["clockwork.tasks"] }, (_, n): NewTask => ({
          job: "tick",
          input: { n },
          key: `n${n}`,
        }));
        return all.filter((_, n) => !done.has(n));
      },
    };
    return {
      jobs: [tick],
      pools: { hands: () => now["clockwork.hands"] },
      phases: {
        predicates: { wound: () => done.size > 0 },
        lists: { turns: () => Array.from({ length: now["clockwork.lists"] }, (_, n) => n) },
      },
      reconcilers: [wanted],
      status: () => ({ ticks: { done: done.size } }),
      health: () => [{ level: "ok", what: "it ticks", why: "nothing follows" }],
    };
  },
});
