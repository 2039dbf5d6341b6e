import { once } from "node:events";
import { mkdirSync, readdirSync, unlinkSync, watch as watchFolder, writeFileSync } from "node:fs";
import { join } from "node:path";
import { subscribe, EventBus, jobkitEvents, type JobEvent } from "jobkit-core";
import { systemClock } from "jobkit-core/system";
import { FakeClock } from "jobkit-core/testing";
import { expect, onTestFinished, test } from "vitest";
import { openEventLog, type EventLog } from "../src/event-log/event-log.ts";
import { openEventReader } from "../src/event-log/event-reader.ts";
import { FolderWatch } from "../src/event-log/folder-watch.ts";
import { all, event, logOptions, numbers, words } from "./support/events.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

async function setup(segmentBytes = 4_096): Promise<{ folder: string; log: EventLog }> {
  const folder = join(await temporaryFolder(), "events");
  const log = openEventLog(logOptions(folder, { segmentBytes }));
  onTestFinished(() => log[Symbol.asyncDispose]());
  return { folder, log };
}

async function append(log: EventLog, from: number, to: number): Promise<void> {
  for (let seq = from; seq <= to; seq += 1) {
    log.append(event(seq, "w".repeat(seq % 200)));
    if (seq % 11 === 0) await Promise.resolve();
  }
  log.flush();
}

/** The next `count` events of a reader that follows. */
async function take(reading: AsyncIterator<JobEvent>, count: number): Promise<string[]> {
  const events: JobEvent[] = [];
  while (events.length < count) {
    const { value, done } = await reading.next();
    if (done === true) break;
    events.push(value);
  }
  return words(events);
}

/** No hint, no news: a poll that never comes shows that the hint does. */
const never = 86_400_000;

test("a reader that follows gets what is there, then what comes, across rotation, without loss or twin", async () => {
  const { folder, log } = await setup();
  await append(log, 1, 300);
  const stop = new AbortController();
  const reading = openEventReader({ folder, clock: systemClock, pollMs: never }).follow(0, stop.signal);
  const iterator = reading[Symbol.asyncIterator]();

  const first = await take(iterator, 300);
  const coming = take(iterator, 700);
  await append(log, 301, 1_000);
  const then = await coming;
  const end = iterator.next();
  stop.abort(new Error("enough"));

  expect([...first, ...then]).toEqual(numbers(1, 1_000));
  expect(readdirSync(folder).length).toBeGreaterThan(10);
  await expect(end).rejects.toThrow("enough");
});

test("a reader far behind a writer that rotates and deletes is told exactly what it lost", async () => {
  const { folder, log } = await setup();
  await append(log, 1, 200);
  const reading = openEventReader({ folder }).follow(0)[Symbol.asyncIterator]();
  const first = await take(reading, 1);

  await append(log, 201, 2_000);
  for (const name of readdirSync(folder).toSorted().slice(1, 8)) unlinkSync(join(folder, name));
  const rest: string[] = [];
  while (rest.at(-1) !== "2000") rest.push(...(await take(reading, 1)));
  await reading.return?.();

  let next = 2;
  const gaps = rest.filter((word) => word.startsWith("gap"));
  for (const word of rest) {
    const [from = "", to = from] = word.replace("gap ", "").split("-");
    expect(Number(from)).toBe(next);
    next = Number(to) + 1;
  }
  expect(first).toEqual(["1"]);
  expect(gaps.length).toBe(1);
});

test("a reader that starts anywhere begins exactly there, whichever segment holds it", async () => {
  const { folder, log } = await setup();
  await append(log, 1, 400);
  const reader = openEventReader({ folder });

  for (let since = 0; since <= 401; since += 1)
    expect(words(await all(reader.read(since))).slice(0, 3)).toEqual(
      numbers(since + 1, Math.min(since + 3, 400)),
    );
});

function line(seq: number): string {
  return `${JSON.stringify(event(seq))}\n`;
}

test("a damaged line in the middle is a gap, and a half line is waited for", async () => {
  const { folder } = await setup();
  mkdirSync(folder);
  const path = join(folder, "events-000000000001.jsonl");
  writeFileSync(path, `${line(1)}{"seq":2,"ev"\u0000\n${line(3)}${line(4).slice(0, 20)}`);
  const reading = openEventReader({ folder }).follow(0)[Symbol.asyncIterator]();

  const before = await take(reading, 3);
  const coming = take(reading, 2);
  writeFileSync(path, line(4).slice(20) + line(5), { flag: "a" });

  expect(before).toEqual(["1", "gap 2-2", "3"]);
  expect(await coming).toEqual(["4", "5"]);
  await reading.return?.();
});

test("reading where nothing is yet gives nothing, and following waits for the first event", async () => {
  const { folder, log } = await setup();
  const reader = openEventReader({ folder, pollMs: 10 });

  expect(await all(reader.read(0))).toEqual([]);
  expect(reader.lastSeq()).toBe(0);
  const reading = reader.follow(0)[Symbol.asyncIterator]();
  const first = take(reading, 1);
  await append(log, 1, 1);

  expect(await first).toEqual(["1"]);
  await reading.return?.();
});

test("other files in the folder are left alone", async () => {
  const { folder, log } = await setup();
  await append(log, 1, 3);
  for (const name of ["notes.txt", "events-12.jsonl", "events-000000000002.jsonl.bak"])
    writeFileSync(join(folder, name), '{"seq":99}\n');

  expect(words(await all(openEventReader({ folder }).read(0)))).toEqual(["1", "2", "3"]);
});

test("a time is turned into the number before the first event from then on", async () => {
  const folder = join(await temporaryFolder(), "events");
  const options = logOptions(folder, { segmentBytes: 1_024 });
  await using log = openEventLog(options);
  const startMs = options.clock.now();
  for (let seq = 1; seq <= 200; seq += 1) {
    log.append(event(seq, "v".repeat(50), { ts: options.clock.now() }));
    await options.clock.advance(10);
  }
  const reader = openEventReader({ folder });

  expect(readdirSync(folder).length).toBeGreaterThan(10);
  for (let seq = 1; seq <= 200; seq += 7) {
    expect(await reader.seqAt(startMs + (seq - 1) * 10)).toBe(seq - 1);
    expect(await reader.seqAt(startMs + (seq - 1) * 10 + 1)).toBe(seq);
  }
  expect(await reader.seqAt(0)).toBe(0);
});

test("a subscription that asks for the past gets the log and then the stream, each event once", async () => {
  const options = logOptions(join(await temporaryFolder(), "events"), { segmentBytes: 2_000 });
  await using log = openEventLog(options);
  const bus = new EventBus({ clock: options.clock });
  using _listening = log.listenTo(bus);
  const events = bus.emitter(jobkitEvents);
  const note = (): void => events.emit("task.noted", () => ({ task: "t1", text: "n" }));
  for (let count = 0; count < 100; count += 1) note();

  using subscription = subscribe(bus, { name: "late", since: 0, history: log });
  for (let count = 0; count < 50; count += 1) note();

  expect(await take(subscription, 150)).toEqual(numbers(1, 150));
});

test("a change between looking and waiting is not slept through", async () => {
  const folder = await temporaryFolder();
  using watch = new FolderWatch(folder, new FakeClock(), never);
  const hint = once(watchFolder(folder, { persistent: false }), "change");

  watch.arm();
  writeFileSync(join(folder, "news"), "");
  await hint;
  await systemClock.sleep(0);
  const waited = await watch.wait(undefined).then(() => "told");

  expect(waited).toBe("told");
});
