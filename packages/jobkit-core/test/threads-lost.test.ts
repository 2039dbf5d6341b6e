import { expect, test } from "vitest";
import { jobkitError } from "../src/index.ts";
import { attempt, isSet, lane, shared, thrown } from "./threads-kit.ts";

const lost = { code: "THREAD_FAILED", retry: true };

test("a thread that exits takes only its own attempt with it, and another one takes its place", async () => {
  const { threads, recorder } = await lane({ size: 2 });
  const gate = shared();
  const other = threads.run("meet", attempt({ gate }));

  await expect(threads.run("exits", attempt(null))).rejects.toMatchObject(lost);
  await threads.run("meet", attempt({ gate }));
  await other;

  expect(recorder.of("thread.lost").map(({ attrs }) => attrs)).toEqual([
    { lane: "cpu", why: "worker exited with code: 3" },
  ]);
  await threads[Symbol.asyncDispose]();
});

test("an error that nobody catches ends the attempt with its words", async () => {
  const { threads } = await lane();

  await expect(threads.run("throwsLater", attempt(null))).rejects.toMatchObject({
    ...lost,
    message: "running throwsLater in a thread: nobody catches this",
  });
  expect(await threads.run("sumTo", attempt({ count: 1 }))).toEqual({ sum: 1, inThread: true });
  await threads[Symbol.asyncDispose]();
});

test("a thread that ends when it has nothing to do is told and replaced", async () => {
  const { threads, recorder } = await lane();
  await threads.run("throwsWhenIdle", attempt(null));

  const { attrs } = await recorder.next("thread.lost");

  expect(attrs).toEqual({ lane: "cpu", why: "long after the answer" });
  expect(await threads.run("sumTo", attempt({ count: 1 }))).toEqual({ sum: 1, inThread: true });
  await threads[Symbol.asyncDispose]();
});

test("a function that obeys is told to stop, and keeps its thread", async () => {
  const { threads, recorder } = await lane({ killAfterMs: 60_000 });
  const stop = new AbortController();
  const context = attempt(null, stop.signal);
  const before = await threads.run("whichThread", attempt(null));
  const running = threads.run("obeys", {
    ...context,
    note: (text) => {
      context.note(text);
      if (text === "waiting") stop.abort(jobkitError("TASK_CANCELLED", "no longer wanted"));
    },
  });

  await running;

  expect(context.said).toEqual([
    ["note", "waiting"],
    ["note", "told: TASK_CANCELLED"],
  ]);
  expect(await threads.run("whichThread", attempt(null))).toBe(before);
  expect(recorder.events).toEqual([]);
  await threads[Symbol.asyncDispose]();
});

test.each(["loops", "neverAnswers"] as const)("a function that %s is ended with its thread", async (name) => {
  const { threads, recorder } = await lane();
  const stop = new AbortController();
  const started = shared();
  const running =
    name === "loops"
      ? threads.run(name, attempt({ started }, stop.signal))
      : threads.run(name, attempt(null, stop.signal));
  const failed = thrown(running);
  if (name === "loops") await isSet(started);

  stop.abort(jobkitError("TASK_TIMEOUT", "running for too long"));
  expect(await failed).toMatchObject({ code: "TASK_TIMEOUT" });
  expect(recorder.of("thread.lost").map(({ attrs }) => attrs)).toEqual([
    { lane: "cpu", why: `running ${name} in a thread: it did not stop within 100 ms of being told to` },
  ]);
  expect(await threads.run("sumTo", attempt({ count: 1 }))).toEqual({ sum: 1, inThread: true });
  await threads[Symbol.asyncDispose]();
});

test("a thread that grows over its bound is ended, and the process lives", async () => {
  const { threads, recorder } = await lane({ memoryMb: 64 });

  await expect(threads.run("grows", attempt(null))).rejects.toMatchObject({
    ...lost,
    message: expect.stringMatching(
      /^running grows in a thread: it held \d+ MiB, more than the 64 MiB it may$/,
    ),
  });

  expect(recorder.of("thread.lost")).toHaveLength(1);
  expect(await threads.run("sumTo", attempt({ count: 1 }))).toEqual({ sum: 1, inThread: true });
  await threads[Symbol.asyncDispose]();
});

test("who is told to stop while waiting for a thread leaves the line", async () => {
  const { threads } = await lane();
  const started = shared();
  const busy = new AbortController();
  const running = threads.run("loops", attempt({ started }, busy.signal));
  const ended = thrown(running);
  const stop = new AbortController();
  const waiting = threads.run("sumTo", attempt({ count: 1 }, stop.signal));
  const left = thrown(waiting);

  stop.abort(new Error("not wanted"));
  expect(await left).toMatchObject({ message: "not wanted" });
  await isSet(started);
  busy.abort(new Error("enough"));

  expect(await ended).toMatchObject({ message: "enough" });
  expect(await threads.run("sumTo", attempt({ count: 1 }))).toEqual({ sum: 1, inThread: true });
  await threads[Symbol.asyncDispose]();
});
