import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventFilter, isGap, subscribe, type JobEvent } from "../src/index.ts";
import { brief, setup, take } from "./subscription-kit.ts";

type Step = { readonly kind: "note" | "progress" | "read"; readonly task: string };
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom<Step["kind"]>("note", "progress", "progress", "progress", "read"),
    task: fc.constantFrom("a", "b", "c"),
  }),
  { maxLength: 60 },
);

const what = (event: JobEvent): unknown =>
  isGap(event) ? `gap of ${event.attrs["dropped"]}` : `${event.ev} ${event.attrs["task"]}`;

describe("a reader that wants waiting events replaced by newer ones", () => {
  test("finds the newest of each task at the place where that one came, and no gap", async () => {
    const { bus, note, progress } = setup();
    const subscription = subscribe(bus, { name: "s", coalesce: true });

    progress("a");
    progress("b");
    note();
    progress("a");

    expect((await take(subscription, 3)).map(what)).toEqual([
      "task.progressed b",
      "task.noted t",
      "task.progressed a",
    ]);
    expect([subscription.coalesced, subscription.dropped, subscription.waiting]).toEqual([1, 0, 0]);
  });

  test("gets every event while it keeps up", async () => {
    const { bus, progress } = setup();
    const subscription = subscribe(bus, { name: "s", coalesce: true });
    const read: JobEvent[] = [];

    for (let at = 0; at < 3; at += 1) {
      progress("a");
      read.push(...(await subscription.nextBatch(10)));
    }

    expect(read).toHaveLength(3);
    expect(subscription.coalesced).toBe(0);
  });

  test("may choose the rows and the field that tells what is the same", async () => {
    const { bus, progress } = setup();
    const subscription = subscribe(bus, { name: "s", coalesce: { rows: { "task.progressed": "what" } } });

    progress("a");
    progress("b");

    expect((await take(subscription, 1)).map(what)).toEqual(["task.progressed b"]);
    expect(subscription.coalesced).toBe(1);
  });

  test("may not have numbered events replaced, nor name what does not exist", () => {
    const { bus } = setup();
    const asking = (rows: Record<string, string>) => () => subscribe(bus, { name: "s", coalesce: { rows } });

    expect(asking({ "task.noted": "task" })).toThrow("only transient rows");
    expect(asking({ "task.progressed": "tsak" })).toThrow("tsak is not a field of it");
    expect(asking({ "no.such": "task" })).toThrow("no such event");
  });

  test("is told of a loss as ever, and what the lost one had replaced counts for nothing", async () => {
    const { bus, note, progress } = setup();
    const filter = eventFilter("ev=task.*");
    const subscription = subscribe(bus, { name: "s", coalesce: true, queueMax: 2, filter });

    progress("a");
    progress("a");
    note();
    note();

    expect((await take(subscription, 3)).map(brief)).toEqual(["gap 0-0 1", 1, 2]);
    expect([subscription.coalesced, subscription.dropped]).toEqual([1, 1]);
  });

  test("agrees with a list from which the older one is struck out, whatever the pace", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (plan, queueMax) => {
        const { bus, note, progress } = setup();
        const rows = { "task.progressed": "task" };
        const subscription = subscribe(bus, {
          name: "s",
          queueMax,
          coalesce: { rows },
          filter: eventFilter("ev=task.*"),
        });
        const model = new Model(queueMax);
        const read: unknown[] = [];
        const expected: unknown[] = [];
        const readAll = async (): Promise<void> => {
          expected.push(...model.take());
          read.push(...(await subscription.nextBatch(100)).map(what));
        };

        for (const { kind, task } of plan)
          if (kind === "read") {
            if (model.waiting.length > 0) await readAll();
          } else {
            if (kind === "note") note();
            else progress(task);
            model.push(kind === "note" ? "task.noted t" : `task.progressed ${task}`);
          }
        if (model.waiting.length > 0) await readAll();

        expect(read).toEqual(expected);
        expect([subscription.coalesced, subscription.dropped]).toEqual([model.coalesced, model.dropped]);
      }),
      { numRuns: 300 },
    );
  });
});

/** What a reader should find, as slowly and plainly as can be. */
class Model {
  waiting: string[] = [];
  coalesced = 0;
  dropped = 0;
  readonly #max: number;
  #lost = 0;

  constructor(max: number) {
    this.#max = max;
  }

  push(text: string): void {
    const older = text.startsWith("task.progressed") ? this.waiting.indexOf(text) : -1;
    if (older >= 0) {
      this.waiting.splice(older, 1);
      this.coalesced += 1;
    }
    this.waiting.push(text);
    if (this.waiting.length <= this.#max) return;
    this.waiting.shift();
    this.#lost += 1;
    this.dropped += 1;
  }

  take(): string[] {
    const taken = [...(this.#lost > 0 ? [`gap of ${this.#lost}`] : []), ...this.waiting];
    this.waiting = [];
    this.#lost = 0;
    return taken;
  }
}
