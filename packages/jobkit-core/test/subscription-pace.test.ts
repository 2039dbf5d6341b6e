import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventFilter, isGap, subscribe, type JobEvent } from "../src/index.ts";
import { settled, setup } from "./subscription-kit.ts";

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
