/** Row 7 of docs/faults.md: a disk that takes its time. */
import { readFileSync } from "node:fs";
import type { Clock } from "jobkit-core";
import { expect, test } from "vitest";
import type { LogFile } from "../src/log-file.ts";
import { LogSync } from "../src/log-sync.ts";
import { roundsOr } from "./faults-kit.ts";
import { NO_STRACE, runUnderFaults } from "./faults-strace.ts";
import { tempFolder } from "./temp-folder.ts";

/** Each wait for the disk takes so much longer. */
const DELAY_MS = 200;
const TASKS = roundsOr(8);

interface Said {
  readonly lag: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly submit: { readonly p50: number; readonly max: number };
  readonly end: { readonly p50: number; readonly max: number };
  /** How often other work came to its turn while a task was submitted and ran. */
  readonly otherTurns: { readonly p50: number; readonly max: number };
}

function inMs(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

function say(what: string, { lag, submit, end, otherTurns }: Said): void {
  console.log(
    `${what}, ${DELAY_MS} ms a wait: event loop held up p50 ${inMs(lag.p50)}, p99 ${inMs(lag.p99)}, at most ${inMs(lag.max)}; ` +
      `a submission p50 ${inMs(submit.p50)}, at most ${inMs(submit.max)}; a task from submission to end p50 ${inMs(end.p50)}, ` +
      `at most ${inMs(end.max)}; ${otherTurns.p50} turns of other work meanwhile`,
  );
}

test("on a slow disk the waits are made beside the event loop: other work goes on, and none waits for another's turn", async ({
  skip,
}) => {
  await using folder = await tempFolder();
  const delay = `fdatasync:delay_exit=${DELAY_MS * 1_000}` as const;

  const trace = folder.file("trace");

  const printed = runUnderFaults(
    "slow",
    [folder.file("queue.db"), String(TASKS)],
    [delay],
    folder.file("c"),
    trace,
  );

  if (printed === null) return skip(NO_STRACE);
  const said = JSON.parse(printed) as Said;
  say("a slow disk", said);
  const waits = readFileSync(trace, "utf8")
    .split("\n")
    .filter((line) => line.includes("fdatasync")).length;
  // Waited for on the thread of the event loop, each wait would leave room for one turn behind it: two a task.
  expect(said.otherTurns.p50).toBeGreaterThan(5);
  // Two answers, one for the task and one for its end, and perhaps the end of what was begun before each.
  expect(waits).toBeLessThan(5 * TASKS + 20);
}, 3_600_000);

/** A disk of which each wait takes as long as it is told to, on a clock that only it moves. */
function diskOf(waitMs: (wait: number) => number) {
  let nowMs = 0;
  let waits = 0;
  const longHere: number[] = [];
  const wait = (here: boolean): void => {
    const ms = waitMs(waits);
    nowMs += ms;
    waits += 1;
    if (here && ms > 1) longHere.push(ms);
  };
  const file: LogFile = {
    syncNow: () => wait(true),
    sync: async () => wait(false),
    [Symbol.dispose]: () => {},
  };
  const clock: Clock = { now: () => nowMs, monotonic: () => nowMs, sleep: async () => {} };
  return { sync: new LogSync(file, clock), longHere };
}

async function ask(sync: LogSync, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await new Promise((resolve) => sync.ask(resolve));
}

test("a fast disk that turns slow holds the event loop up for one wait, and from then on for none", async () => {
  const { sync, longHere } = diskOf((wait) => (wait < 50 ? 0.1 : DELAY_MS));

  await ask(sync, 200);

  expect(longHere).toEqual([DELAY_MS]);
});

test("the limit: a fast disk with a long wait now and then holds the event loop up for each of them", async () => {
  const { sync, longHere } = diskOf((wait) => (wait % 50 === 49 ? DELAY_MS : 0.1));

  await ask(sync, 200);

  expect(longHere).toEqual([DELAY_MS, DELAY_MS, DELAY_MS, DELAY_MS]);
});
