import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { within } from "../src/health/within.ts";
import { FakeClock } from "../src/testing/fake-clock.ts";

function setup(ask: (signal: AbortSignal) => Promise<string>) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const asked = { answer: "", error: null as unknown };
  const asking = (async () => {
    try {
      asked.answer = await within({ clock, ms: 100, signal: stop.signal, doing: "asking", ask });
    } catch (error) {
      asked.error = error;
    }
  })();
  return { clock, stop, asked, asking };
}

const hanging = (): Promise<string> => new Promise(() => {});

describe("a question that must be answered in time", () => {
  test("is answered, and leaves neither a timer nor a listener", async () => {
    const { clock, stop, asked, asking } = setup(() => Promise.resolve("yes"));

    await asking;
    await clock.settle();

    expect(asked.answer).toBe("yes");
    expect(clock.pending).toBe(0);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
  });

  test("that is not is given up, and what was asked hears why", async () => {
    let heard: unknown = null;
    const { clock, stop, asked, asking } = setup((signal) => {
      signal.addEventListener("abort", () => (heard = signal.reason));
      return hanging();
    });

    await clock.advance(99);
    const early = asked.error;
    await clock.advance(1);
    await asking;

    expect(early).toBe(null);
    expect(asked.error).toMatchObject({ code: "CHECK_FAILED", message: "asking for more than 100 ms" });
    expect(heard).toBe(asked.error);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
  });

  test("ends with the reason of its signal, and leaves no timer", async () => {
    const { clock, stop, asked, asking } = setup(hanging);
    const reason = new Error("closing");

    stop.abort(reason);
    await asking;
    await clock.settle();

    expect(asked.error).toBe(reason);
    expect(clock.pending).toBe(0);
  });

  test("is not asked where its signal has fired", async () => {
    const stop = new AbortController();
    stop.abort(new Error("closed"));
    let asked = false;
    const ask = (): Promise<string> => {
      asked = true;
      return hanging();
    };

    const asking = within({ clock: new FakeClock(), ms: 1, signal: stop.signal, doing: "asking", ask });

    await expect(asking).rejects.toThrow("closed");
    expect(asked).toBe(false);
  });

  test("that throws ends with what it throws", async () => {
    const { clock, asked, asking } = setup(() => Promise.reject(new Error("no")));

    await asking;
    await clock.settle();

    expect(asked.error).toMatchObject({ message: "no" });
    expect(clock.pending).toBe(0);
  });
});
