/**
 * What the compiler must refuse. Each `@ts-expect-error` fails the type check when its line compiles; that
 * the file runs at all shows only that nothing here throws at load.
 */
import { expect, test } from "vitest";
import {
  assertNever,
  defineEvents,
  defineErrors,
  defineSettings,
  EventBus,
  field,
  jobkitError,
  jobkitEvents,
  resolveSettings,
  taskId,
  type Emitter,
  type EventOf,
  type JobkitEvents,
  type RunId,
  type SettingValues,
  type TableEmitter,
  type TaskId,
} from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";

const appEvents = defineEvents({
  "file.hashed": {
    id: 1000,
    unit: "count",
    sev: "info",
    fields: { path: field.id },
    doc: "A file was hashed.",
  },
  "file.read": { id: 1001, unit: "bytes", sev: "info", fields: { ranMs: field.ms }, doc: "A file was read." },
  "file.lost": {
    id: 1002,
    unit: "count",
    sev: "warn",
    fields: {},
    obsolete: true,
    doc: "No longer emitted.",
  },
  "file.judged": {
    id: 1003,
    unit: "count",
    sev: "info",
    fields: { verdict: field.oneOf("good", "bad") },
    doc: "A file was judged.",
  },
});

/** What the refused calls are made on; none of it is ever touched. */
interface Parts {
  readonly app: TableEmitter<typeof appEvents>;
  readonly jobkit: Emitter<JobkitEvents>;
  readonly bus: EventBus;
  readonly id: TaskId;
}

/** Compiled, never called: the calls below are checked, not made. */
function refused({ app, jobkit, id }: Parts): void {
  app.emit("file.hashed", () => ({ path: "a" }));
  app.add("file.read", 5, () => ({ ranMs: 1 }));
  app.emit("file.judged", () => ({ verdict: "good" }));
  jobkit.emit("task.recovered", () => ({ task: id }));

  // @ts-expect-error an amount row is added to, not counted
  app.emit("file.read", () => ({ ranMs: 1 }));
  // @ts-expect-error a count row has no amount
  app.add("file.hashed", 5, () => ({ path: "a" }));
  // @ts-expect-error an amount is a number
  app.add("file.read", "5", () => ({ ranMs: 1 }));
  // @ts-expect-error a misspelt name
  app.emit("file.hashd", () => ({ path: "a" }));
  // @ts-expect-error a row of another table
  app.emit("task.recovered", () => ({ task: "t" }));
  // @ts-expect-error a retired row
  app.emit("file.lost", () => ({}));
  // @ts-expect-error a missing field
  app.emit("file.hashed", () => ({}));
  // @ts-expect-error a field too many
  app.emit("file.hashed", () => ({ path: "a", size: 1 }));
  // @ts-expect-error a field of the wrong type
  app.emit("file.hashed", () => ({ path: 1 }));
  // @ts-expect-error none of the list
  app.emit("file.judged", () => ({ verdict: "ugly" }));
  // @ts-expect-error counting without describing
  app.emit("file.hashed");
  // @ts-expect-error a description that is made before anybody asked for it
  app.emit("file.hashed", { path: "a" });
  // @ts-expect-error a scope without its attempt
  app.emit("file.hashed", () => ({ path: "a" }), { trace: "t", span: "s", job: "j" });
}

function refusedOfHandles({ app }: Parts): void {
  app.row("file.hashed").emit(() => ({ path: "a" }));
  app.row("file.read").add(5, () => ({ ranMs: 1 }));

  // @ts-expect-error a misspelt name
  app.row("file.hashd");
  // @ts-expect-error a retired row
  app.row("file.lost");
  // @ts-expect-error an amount row is added to, not counted
  app.row("file.read").emit(() => ({ ranMs: 1 }));
  // @ts-expect-error a count row has no amount
  app.row("file.hashed").add(5, () => ({ path: "a" }));
  // @ts-expect-error a missing field
  app.row("file.hashed").emit(() => ({}));
  // @ts-expect-error a field too many
  app.row("file.hashed").emit(() => ({ path: "a", size: 1 }));
  // @ts-expect-error counting without describing
  app.row("file.hashed").emit();
}

function refusedOfListeners({ bus }: Parts): void {
  bus.on(jobkitEvents, "task.finished", ({ attrs }) => {
    const outcome: "done" | "failed" | "cancelled" | "skipped" = attrs.outcome;
    // @ts-expect-error a field is of its own type
    const ranMs: string = attrs.ranMs;
    // @ts-expect-error a field that the row does not have
    expect([outcome, ranMs, attrs.took]).toBeDefined();
  });
  // @ts-expect-error a misspelt name
  bus.on(jobkitEvents, "task.finishd", () => {});
  // @ts-expect-error a row of another table
  bus.on(appEvents, "task.finished", () => {});
  // @ts-expect-error a retired row, of which nothing will ever come
  bus.on(appEvents, "file.lost", () => {});
  // @ts-expect-error a listener of another row
  bus.on(appEvents, "file.hashed", (event: EventOf<typeof appEvents, "file.read">) => event.attrs.ranMs);
}

function refusedElsewhere(id: TaskId, verdict: "good" | "bad"): void {
  // @ts-expect-error an id of one kind is not an id of another
  const run: RunId = id;
  // @ts-expect-error a text is not an id until its constructor made it one
  const task: TaskId = "t1";
  // @ts-expect-error a code that the table does not have
  jobkitError("JOB_UNKNWON", "submitting");
  // @ts-expect-error an error without what was being done
  defineErrors({ A_B: { retry: false, doc: "x", next: "y" } })("A_B");
  if (verdict === "bad") return;
  // @ts-expect-error a case is missing: "good" is left
  assertNever(verdict);
  expect([run, task]).toBeDefined();
}

function refusedSettings(): void {
  // @ts-expect-error a kind that does not exist
  defineSettings({ a: { kind: "number", default: 1, doc: "x" } });
  // @ts-expect-error a row without its sentence
  defineSettings({ a: { kind: "count", default: 1 } });
  const table = defineSettings({ lanes: { kind: "count", default: 1, doc: "x" } });
  const resolved = resolveSettings(table, []);
  // @ts-expect-error there are no values while it is not known that nothing is wrong
  expect(resolved.values).toBeDefined();
  const values = {} as SettingValues<typeof table>;
  // @ts-expect-error a setting that the table does not have
  expect(values.lane).toBeDefined();
  // @ts-expect-error a count is not a text
  const text: string = values.lanes;
  expect(text).toBeDefined();
}

const sound = { unit: "count", sev: "info", doc: "x" } as const;

function refusedTables(): void {
  // @ts-expect-error a histogram of a field that does not exist
  defineEvents({ "a.done": { ...sound, id: 1000, fields: {}, hist: ["ranMs"] } });
  // @ts-expect-error a histogram of a text
  defineEvents({ "a.done": { ...sound, id: 1000, fields: { why: field.text }, hist: ["why"] } });
  // @ts-expect-error counting by a field that does not exist
  defineEvents({ "a.done": { ...sound, id: 1000, fields: {}, by: ["outcome"] } });
  // @ts-expect-error counting by a number
  defineEvents({ "a.done": { ...sound, id: 1000, fields: { ranMs: field.ms }, by: ["ranMs"] } });
  // @ts-expect-error a severity that does not exist
  defineEvents({ "a.done": { ...sound, id: 1000, fields: {}, sev: "fatal" } });
  // @ts-expect-error a unit that does not exist
  defineEvents({ "a.done": { ...sound, id: 1000, fields: {}, unit: "seconds" } });
  // @ts-expect-error a row without an id
  defineEvents({ "a.done": { ...sound, fields: {} } });
  // @ts-expect-error a row without its sentence
  defineEvents({ "a.done": { id: 1000, unit: "count", sev: "info", fields: {} } });
  // @ts-expect-error a field that is not of any kind
  defineEvents({ "a.done": { ...sound, id: 1000, fields: { path: "text" } } });
  // @ts-expect-error a row that is transient sometimes
  defineEvents({ "a.done": { ...sound, id: 1000, fields: {}, transient: false } });
  defineEvents({
    // @ts-expect-error an id that another row has
    "a.done": { ...sound, id: 1000, fields: {} },
    // @ts-expect-error the other row of that id
    "b.done": { ...sound, id: 1000, fields: {} },
    "c.done": { ...sound, id: 1001, fields: {} },
  });
}

test("what the compiler lets through works", () => {
  const bus = new EventBus({ clock: new FakeClock(), tables: [appEvents] });
  const app = bus.emitter(appEvents);

  app.emit("file.hashed", () => ({ path: "a" }));
  app.add("file.read", 5, () => ({ ranMs: 1 }));

  expect([bus.count("file.hashed"), bus.count("file.read")]).toEqual([1, 5]);
  expect(
    [refused, refusedOfHandles, refusedOfListeners, refusedElsewhere, refusedSettings, refusedTables].every(
      (one) => typeof one === "function",
    ),
  ).toBe(true);
  expect(taskId("t1")).toBe("t1");
});
