import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FakeClock } from "jobkit-core/testing";
import { Backlog } from "../src/event-log/backlog.ts";
import { gatherBatch } from "../src/event-log/gather-batch.ts";
import { segmentIndex, segmentName, sortSegments } from "../src/event-log/segments.ts";
import { SyncTimer } from "../src/event-log/sync-timer.ts";

interface Model {
  readonly lines: { seq: number; text: string }[];
  dropped: number;
}

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("push" as const), size: fc.integer({ min: 1, max: 50 }) }),
    fc.record({ kind: fc.constant("take" as const), size: fc.integer({ min: 0, max: 60 }) }),
    fc.record({ kind: fc.constant("trim" as const), size: fc.integer({ min: 0, max: 2_000 }) }),
    fc.record({ kind: fc.constant("through" as const), size: fc.integer({ min: 0, max: 3_000 }) }),
  ),
  { maxLength: 80 },
);

type Steps = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** True where the backlog and a plain list agree after the same steps. */
function agree(given: Steps): boolean {
  const backlog = new Backlog();
  const model: Model = { lines: [], dropped: 0 };
  let seq = 0;
  for (const { kind, size } of given)
    if (kind === "push")
      for (let count = 0; count < size; count += 1) {
        const line = { seq: (seq += 1), ts: 0, text: "x".repeat(seq % 30) };
        backlog.push(line);
        model.lines.push(line);
      }
    else if (kind === "take") {
      backlog.take(size);
      model.lines.splice(0, size);
    } else if (kind === "through") {
      backlog.takeThrough(size);
      while ((model.lines[0]?.seq ?? Number.POSITIVE_INFINITY) <= size) model.lines.shift();
    } else {
      backlog.trim(size);
      while (sizeOf(model) > size && model.lines.length > 1) {
        model.lines.shift();
        model.dropped += 1;
      }
    }
  const seqs = [backlog.list(), model.lines].map((lines) => lines.map((line) => line.seq).join());
  const { length, characters, dropped } = backlog;
  return (
    seqs[0] === seqs[1] &&
    length === model.lines.length &&
    characters === sizeOf(model) &&
    dropped === model.dropped
  );
}

function sizeOf({ lines }: Model): number {
  return lines.reduce((sum, { text }) => sum + text.length, 0);
}

test("a backlog is what a plain list with the same rules is", () => {
  expect(() => fc.assert(fc.property(steps, agree), { numRuns: 300 })).not.toThrow();
});

/** True where the segment that is found is the one a look at all of them would choose. */
function isRightSegment(numbers: readonly number[], seq: number): boolean {
  const segments = sortSegments(numbers.map(segmentName));
  const found = segments[segmentIndex(segments, seq)]?.firstSeq;
  const before = numbers.filter((first) => first <= seq);
  return found === (before.length === 0 ? Math.min(...numbers) : Math.max(...before));
}

test("the segment that holds a number is the last one that begins at or before it", () => {
  const firsts = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 48 }), { minLength: 1, maxLength: 40 });
  const seqs = fc.integer({ min: 0, max: 2 ** 48 });

  expect(segmentIndex([], 5)).toBe(-1);
  expect(() => fc.assert(fc.property(firsts, seqs, isRightSegment))).not.toThrow();
});

test("a batch ends where the segment is full, and the rest waits", () => {
  const backlog = new Backlog();
  for (let seq = 1; seq <= 10; seq += 1) backlog.push({ seq, ts: 0, text: `${"l".repeat(99)}\n` });

  const batch = gatherBatch(backlog, { header: "h\n", segmentBytes: 0, segmentBytesMax: 250, writtenSeq: 0 });

  expect(batch).toMatchObject({ lastSeq: 3, taken: 3 });
  expect(batch.text.length).toBe(302);
});

test("a fresh segment takes one line even where its header alone is over the limit", () => {
  const backlog = new Backlog();
  for (let seq = 1; seq <= 2; seq += 1) backlog.push({ seq, ts: 0, text: "line\n" });

  const request = { header: "a long header\n", segmentBytes: 0, segmentBytesMax: 5, writtenSeq: 0 };

  expect(gatherBatch(backlog, request)).toMatchObject({ lastSeq: 1, taken: 1 });
});

test("a sync that is asked for while one runs happens once more, and never twice at a time", async () => {
  const clock = new FakeClock();
  const runs: PromiseWithResolvers<void>[] = [];
  const timer = new SyncTimer(clock, () => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  });

  timer.within(100);
  timer.within(50);
  await clock.advance(100);
  for (let count = 0; count < 5; count += 1) timer.now();
  const during = runs.length;
  runs[0]?.resolve();
  await clock.settle();
  const after = runs.length;
  const stopping = timer.stop();
  runs[1]?.resolve();
  await stopping;
  timer.now();
  timer.within(10);

  expect([during, after, runs.length, clock.pending]).toEqual([1, 2, 2, 0]);
});
