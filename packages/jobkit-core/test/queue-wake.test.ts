import { expect, test } from "vitest";
import { WakeListeners } from "jobkit-core";

const turn = () => new Promise<void>((resolve) => queueMicrotask(resolve));

test("many hints before a listener is called call it once", async () => {
  const listeners = new WakeListeners();
  let calls = 0;
  listeners.add(() => (calls += 1));

  listeners.wake();
  listeners.wake();
  await turn();
  listeners.wake();
  await turn();

  expect(calls).toBe(2);
});

test("a listener that is taken away between the hint and its call is not called", async () => {
  const listeners = new WakeListeners();
  let calls = 0;
  const listening = listeners.add(() => (calls += 1));

  listeners.wake();
  listening[Symbol.dispose]();
  await turn();

  expect(calls).toBe(0);
  expect(listeners.size).toBe(0);
});

test("one function that listens twice is called twice, and leaves once at a time", async () => {
  const listeners = new WakeListeners();
  let calls = 0;
  const count = (): void => void (calls += 1);
  const first = listeners.add(count);
  listeners.add(count);

  listeners.wake();
  await turn();
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  listeners.wake();
  await turn();

  expect(calls).toBe(3);
});
