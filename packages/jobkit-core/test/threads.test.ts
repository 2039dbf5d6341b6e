import { describe, expect, test } from "vitest";
import { openThreads } from "../src/threads/index.ts";
import { attempt, isSet, lane, shared, thrown } from "./threads-kit.ts";

/** What keeps this process alive; the runner of the tests has timers of its own. */
function handles(): readonly string[] {
  return process.getActiveResourcesInfo().filter((name) => name !== "Timeout");
}

describe("work in a thread", () => {
  test("gets its input and gives its result back", async () => {
    const { threads } = await lane();

    const result = await threads.run("sumTo", attempt({ count: 1_000_000 }));

    expect(result).toEqual({ sum: 500_000_500_000, inThread: true });
    await threads[Symbol.asyncDispose]();
  });

  test("runs in as many threads as there are, side by side", async () => {
    const { threads } = await lane({ size: 2 });
    const gate = shared();

    const met = await Promise.all([
      threads.run("meet", attempt({ gate })),
      threads.run("meet", attempt({ gate })),
    ]);

    expect(new Set(met).size).toBe(2);
    await threads[Symbol.asyncDispose]();
  });

  test("waits where all threads are taken, and uses the one that is warm", async () => {
    const { threads } = await lane({ size: 2 });
    const first = await threads.run("whichThread", attempt(null));

    const second = await threads.run("whichThread", attempt(null));
    const many = await Promise.all(
      Array.from({ length: 20 }, () => threads.run("whichThread", attempt(null))),
    );

    expect(second).toBe(first);
    expect(new Set(many).size).toBeLessThanOrEqual(2);
    await threads[Symbol.asyncDispose]();
  });

  test("says how far it is, and everything it said has arrived when it has ended", async () => {
    const { threads } = await lane();
    const context = attempt(null);

    const result = await threads.run("report", context);

    expect(result).toBeNull();
    expect(context.said).toEqual([
      ["progress", 1, 2, "half", { files: 1 }],
      ["progress", 2, 2, "", {}],
      ["note", "attempt 1 of a test"],
      ["warn", "look"],
    ]);
    await threads[Symbol.asyncDispose]();
  });

  test("that says more than can be told is cut short, and that is told", async () => {
    const { threads } = await lane();
    const context = attempt({ lines: 200_000 });

    await threads.run("flood", context);

    expect(context.said.length).toBeLessThan(200_000);
    expect(context.said.at(-1)).toEqual([
      "warn",
      expect.stringMatching(/^\d+ lines were left out: they came faster than they could be told$/),
    ]);
    await threads[Symbol.asyncDispose]();
  });
});

describe("an error in a thread", () => {
  test.each([
    ["fatal", { code: "TASK_FATAL", message: "hashing: it never will be there", retry: false }],
    ["error", { code: "INTERNAL", message: "out of range", retry: true }],
    ["text", { code: "INTERNAL", message: "just text", retry: true }],
    ["function", { code: "INTERNAL", retry: true }],
  ] as const)("of the kind %s keeps its code, its words and whether to try again", async (what, error) => {
    const { threads, recorder } = await lane();

    await expect(threads.run("throws", attempt({ what }))).rejects.toMatchObject(error);

    expect(recorder.events).toEqual([]);
    await threads[Symbol.asyncDispose]();
  });

  test("says what was wrong with a result or an input that cannot be copied, or with the export", async () => {
    const { threads, recorder } = await lane();

    await expect(threads.run("returnsFunction", attempt(null))).rejects.toMatchObject({
      code: "RESULT_INVALID",
    });
    const input = { count: (() => 1) as unknown as number };
    await expect(threads.run("sumTo", attempt(input))).rejects.toThrow("could not be cloned");
    await expect(threads.run("plain" as "sumTo", attempt({ count: 1 }))).rejects.toThrow(TypeError);
    await expect(threads.run("missing" as "sumTo", attempt({ count: 1 }))).rejects.toThrow("No handler");
    const result = await threads.run("sumTo", attempt({ count: 2 }));

    expect(result).toEqual({ sum: 3, inThread: true });
    expect(recorder.events).toEqual([]);
    await threads[Symbol.asyncDispose]();
  });

  test("that is a module which cannot be loaded is that error", async () => {
    const { threads } = await lane({ file: new URL("./fixtures/no-such-file.ts", import.meta.url) });

    await expect(threads.run("sumTo", attempt({ count: 1 }))).rejects.toThrow("no-such-file.ts");
    await threads[Symbol.asyncDispose]();
  });
});

test("a thread is replaced after so many tasks", async () => {
  const { threads, recorder } = await lane({ recycleAfter: 2 });
  const used: unknown[] = [];

  for (let at = 0; at < 5; at += 1) used.push(await threads.run("whichThread", attempt(null)));

  expect(new Set(used).size).toBe(3);
  expect(recorder.of("thread.recycled").map(({ attrs }) => attrs)).toEqual([
    { lane: "cpu", tasks: 2 },
    { lane: "cpu", tasks: 2 },
  ]);
  await threads[Symbol.asyncDispose]();
});

describe("closing", () => {
  test("ends threads that are busy, whose attempts fail, and refuses who comes later", async () => {
    const { threads, recorder } = await lane();
    const started = shared();
    const running = threads.run("loops", attempt({ started }));
    const failed = thrown(running);
    await isSet(started);

    await threads[Symbol.asyncDispose]();

    expect(await failed).toMatchObject({ code: "THREAD_FAILED", retry: true });
    await expect(threads.run("whichThread", attempt(null))).rejects.toMatchObject({ code: "POOL_CLOSED" });
    expect(recorder.events).toEqual([]);
  });

  test("leaves no thread and no handle behind", async () => {
    const before = handles();
    const { threads } = await lane({ size: 2 });
    const gate = shared();
    await Promise.all([threads.run("meet", attempt({ gate })), threads.run("meet", attempt({ gate }))]);

    await threads[Symbol.asyncDispose]();

    expect(handles()).toEqual(before);
  });
});

test("numbers out of range are refused", async () => {
  await expect(lane({ size: 0 })).rejects.toThrow(RangeError);
  await expect(lane({ recycleAfter: 0 })).rejects.toThrow(RangeError);
  await expect(lane({ memoryMb: 0 })).rejects.toThrow(RangeError);
  expect(openThreads).toBeTypeOf("function");
});
