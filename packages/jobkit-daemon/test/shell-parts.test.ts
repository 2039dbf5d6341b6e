import { EventEmitter } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineSettings, EventBus, type JobEvent, jobkitEvents } from "jobkit-core";
import { FakeClock, Recorder } from "jobkit-core/testing";
import { expect, test } from "vitest";
import { countsSince, keptCounters } from "../src/counters.ts";
import { daemonEvents } from "../src/events.ts";
import { shellFindings } from "../src/health.ts";
import { liveSettings } from "../src/live-settings.ts";
import { LogTeller } from "../src/log-teller.ts";
import { eventRows } from "../src/rows.ts";
import { wholeTable } from "../src/settings-in-force.ts";
import { listenToProcess } from "../src/signals.ts";
import {
  appFields,
  healthOf,
  queueCounts,
  queueCountsByJob,
  type ShellStatus,
  statusJson,
} from "../src/status-json.ts";
import { Tally } from "../src/tally.ts";
import { event } from "./support/events.ts";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

test("every row of the shell's table is emitted somewhere", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const code = files.map((name) => readFileSync(join(SRC, name), "utf8")).join("\n");

  const dead = Object.keys(daemonEvents).filter((name) => !code.includes(`emit("${name}"`));

  expect(dead).toEqual([]);
});

test("only rows that say so change by a reload, all of them at once, and both kinds are told", () => {
  const table = defineSettings({
    "a.live": { kind: "duration", default: 1_000, doc: "One.", reload: true },
    "a.fixed": { kind: "count", default: 1, doc: "Two." },
    "a.list": { kind: "list", default: [], doc: "Three.", reload: true },
  });
  const live = liveSettings(table, { "a.live": 1_000, "a.fixed": 1, "a.list": ["x"] });

  const change = live.replace({ "a.live": 2_000, "a.fixed": 2, "a.list": ["x"] });

  expect({ ...live.view }).toEqual({ "a.live": 2_000, "a.fixed": 1, "a.list": ["x"] });
  expect(change.applied.map(({ name, before, after }) => [name, before, after])).toEqual([
    ["a.live", "1s", "2s"],
  ]);
  expect(change.needRestart.map(({ name }) => name)).toEqual(["a.fixed"]);
});

test("an application cannot take a setting's name from the shell", () => {
  expect(() =>
    wholeTable({ settings: { "work.lanes": { kind: "count", default: 1, doc: "Mine." } } }),
  ).toThrow("work.lanes");
});

test("counters go on from the status, with what the log holds after it", async () => {
  const kept = keptCounters({ counters: { seq: 2, values: { "task.noted": 10, "odd.one": "x" } } });
  const history = {
    async *read(): AsyncGenerator<JobEvent> {
      yield event(2);
      yield event(3);
      yield event(4, "", { ev: "of.another" });
    },
  };

  const counts = await countsSince(kept, history, eventRows(undefined));

  expect(counts).toEqual({ "task.noted": 11 });
});

test.each([
  [null],
  ["text"],
  [{ counters: null }],
  [{ counters: { seq: "1", values: {} } }],
  [{ counters: { seq: 1 } }],
])("a status without well-formed counters has none: %j", (status) => {
  expect(keptCounters(status)).toEqual({ seq: 0, values: {} });
});

test("a tally counts ends by outcome and keeps the first failures only", () => {
  const bus = new EventBus({ clock: new FakeClock(), tables: [daemonEvents] });
  const events = bus.emitter(jobkitEvents);
  const tally = new Tally(bus);
  const finish = (outcome: "done" | "failed" | "cancelled" | "skipped") =>
    events.emit("task.finished", () => ({ task: "t", outcome, ranMs: 1, attempts: 1 }));

  for (let n = 0; n < 30; n += 1) {
    events.emit("task.failed", () => ({ task: `t${n}`, code: "BAD", why: "because" }));
    finish("failed");
  }
  finish("done");
  finish("skipped");
  tally[Symbol.dispose]();
  finish("done");

  expect(tally.now).toMatchObject({ done: 1, failed: 30, skipped: 1, cancelled: 0 });
  expect(tally.now.failures).toHaveLength(20);
  expect(tally.now.failures[0]).toEqual({ id: "t0", job: "", code: "BAD", message: "because" });
});

test("what the log says before the bus is there is told as soon as it is", () => {
  const bus = new EventBus({ clock: new FakeClock(), tables: [daemonEvents] });
  const recorder = new Recorder(bus);
  const teller = new LogTeller();
  teller.take({ kind: "failed", code: "ENOSPC", why: "full" });

  teller.tellTo(bus.emitter(daemonEvents), 12);
  teller.take({ kind: "recovered", failedMs: 5.4, dropped: 3 });
  teller.take({ kind: "pruned", segments: 1, bytes: 2, throughSeq: 3 });

  expect(recorder.events.map(({ ev, attrs }) => [ev, attrs])).toEqual([
    ["log.healed", { bytes: 12 }],
    ["log.failed", { code: "ENOSPC", why: "full" }],
    ["log.recovered", { failedMs: 5, dropped: 3 }],
    ["log.pruned", { segments: 1, bytes: 2, throughSeq: 3 }],
  ]);
});

test("queue counts add up blocked and ready as pending, over all jobs and by job", () => {
  const counts = [
    { job: "b", state: "blocked", count: 1 },
    { job: "a", state: "ready", count: 2 },
    { job: "a", state: "retrying", count: 4 },
    { job: "a", state: "done", count: 8 },
  ] as const;

  expect(queueCounts(counts)).toMatchObject({ pending: 3, retrying: 4, done: 8, failed: 0 });
  expect(Object.keys(queueCountsByJob(counts))).toEqual(["a", "b"]);
});

test("an application's fields stand beside the shell's and never in their place", () => {
  const shell = { queue: queueCounts([]) } as unknown as ShellStatus;

  const whole = statusJson(shell, { ticks: { done: 1 } });

  expect(appFields(whole)).toEqual({ ticks: { done: 1 } });
  expect(() => statusJson(shell, { queue: 1 })).toThrow("queue");
});

test("one error makes the whole unwell; warnings are only told", () => {
  const state = { name: "n", doc: "d", lastLookAtMs: 1, lastFound: 0, lastTookMs: 1, why: "no disk" };

  const once = healthOf(shellFindings({ reconcilers: [{ ...state, failuresInARow: 1 }], logFailure: null }));
  const thrice = healthOf(
    shellFindings({ reconcilers: [{ ...state, failuresInARow: 3 }], logFailure: "ENOSPC: full" }),
  );

  expect(once).toEqual({ ok: true, reasons: [expect.stringContaining("no disk")], alerts: [] });
  expect(thrice.ok).toBe(false);
  expect(thrice.reasons).toHaveLength(2);
});

function listenToFake() {
  const calls: string[] = [];
  const terminal = { gone: false };
  const target = Object.assign(new EventEmitter(), {
    exit: (code: number) => void calls.push(`exit ${code}`),
  });
  const listening = listenToProcess(
    {
      stop: (signal) => void calls.push(`stop ${signal}`),
      stopNow: () => void calls.push("stop now"),
      reload: () => void calls.push("reload"),
      crashed: () => void calls.push("crashed"),
      terminalGone: () => terminal.gone,
    },
    target as unknown as NodeJS.Process,
  );
  return { calls, target, listening, terminal };
}

test("the first signal stops, the second ends at once, a hangup reloads, and disposing forgets all of them", () => {
  const { calls, target, listening } = listenToFake();

  target.emit("SIGHUP");
  target.emit("SIGTERM");
  target.emit("SIGINT");
  target.emit("uncaughtException", new Error("x"));
  listening[Symbol.dispose]();

  expect(calls.slice(0, 4)).toEqual(["reload", "stop SIGTERM", "stop now", "exit 130"]);
  expect(calls.slice(-2)).toEqual(["crashed", "exit 1"]);
  expect(target.eventNames()).toEqual([]);
});

test("a hangup stops where the terminal was closed, however often that is said, and a signal after it ends at once", () => {
  const { calls, target, terminal } = listenToFake();
  terminal.gone = true;

  target.emit("SIGHUP");
  target.emit("SIGHUP");
  const hungUp = [...calls];
  target.emit("SIGTERM");

  expect(hungUp).toEqual(["stop SIGHUP"]);
  expect(calls.slice(1, 3)).toEqual(["stop now", "exit 143"]);
});
