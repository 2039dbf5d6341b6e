import { describe, expect, test } from "vitest";
import { defineJob, fork, jobkitError, taskId, type Fork } from "jobkit-core";
import { fakeJobContext, FakeClock } from "jobkit-core/testing";
import { attemptOf } from "./attempt-kit.ts";
import { anything, job } from "./scheduler-kit.ts";

const counts = defineJob<readonly string[]>({
  name: "counts",
  doc: "Counts words.",
  input: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as string[] }) } },
  run: async ({ input, progress, note, warn, submit, attempt }) => {
    for (const [at, word] of input.entries()) progress(at + 1, input.length, word, { letters: word.length });
    note(`attempt ${attempt}`);
    if (input.length === 0) warn("no words");
    await submit(input.map((word) => ({ job: "look-up", input: word })));
    return { words: input.length };
  },
});

describe("a fake context", () => {
  test("runs a job by itself and remembers what it said", async () => {
    const context = fakeJobContext(["a", "bc"], { attempt: 2 });

    const result = await counts.run(context);

    expect(result).toEqual({ words: 2 });
    expect(context.reports).toEqual([
      { done: 1, total: 2, what: "a", counters: { letters: 1 } },
      { done: 2, total: 2, what: "bc", counters: { letters: 2 } },
    ]);
    expect([context.notes, context.warnings]).toEqual([["attempt 2"], []]);
    expect(context.submitted).toEqual([
      { job: "look-up", input: "a" },
      { job: "look-up", input: "bc" },
    ]);
  });

  test("remembers a call also where a test answers it itself", async () => {
    const refuses = { submit: () => Promise.reject(jobkitError("JOB_UNKNOWN", "a test")) };
    const context = fakeJobContext<readonly string[]>([], refuses);

    await expect(counts.run(context)).rejects.toMatchObject({ code: "JOB_UNKNOWN" });

    expect(context.warnings).toEqual(["no words"]);
  });

  test("accepts what is submitted, under the ids it names or new ones", async () => {
    const { submit } = fakeJobContext(null);
    const other = { job: "other", input: null };

    const added = [...(await submit([other, { ...other, id: taskId("mine") }])), ...(await submit([other]))];

    expect(added.map(({ id }) => id)).toEqual(["child1", "mine", "child3"]);
    expect(added.every((one) => one.added)).toBe(true);
  });

  test("shows a job that forks its children when it comes back", async () => {
    const splits = job("splits", async ({ forks, waitedFor }) =>
      forks === 0 ? fork([{ job: "part", input: 1 }]) : (await waitedFor()).length,
    );
    const child = attemptOf(job("part", async () => {})).attempt.task;

    const first = await splits.run(fakeJobContext(null));
    const second = await splits.run(fakeJobContext(null, { forks: 1, waitedFor: async () => [child] }));

    expect((first as Fork).tasks).toEqual([{ job: "part", input: 1 }]);
    expect(second).toBe(1);
  });

  test("can be told to stop", async () => {
    const stop = new AbortController();
    const clock = new FakeClock();
    const sleeps = defineJob({
      name: "sleeps",
      doc: "Sleeps.",
      input: anything,
      run: ({ signal }) => clock.sleep(1_000, signal),
    });

    const running = sleeps.run(fakeJobContext(null, { signal: stop.signal }));
    stop.abort(new Error("enough"));

    await expect(running).rejects.toThrow("enough");
  });

  test("has every field that a running attempt has", async () => {
    const fields: string[] = [];
    const { clock } = attemptOf(
      job("looks", async (context) => {
        const real = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(context) as object);
        fields.push("input", ...Object.keys(real).filter((name) => name !== "constructor"));
      }),
    );

    await clock.settle();

    expect(fields.length).toBeGreaterThan(10);
    expect(Object.keys(fakeJobContext(null))).toEqual(expect.arrayContaining(fields));
  });
});
