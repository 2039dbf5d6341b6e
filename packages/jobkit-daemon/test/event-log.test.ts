import {
  appendFileSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { EventBus, jobkitEvents } from "jobkit-core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { openEventLog, type EventLog } from "../src/event-log/event-log.ts";
import { openEventReader } from "../src/event-log/event-reader.ts";
import type { LogFact } from "../src/event-log/log-fact.ts";
import { readEvents } from "../src/event-log/read-events.ts";
import { all, event, logOptions, numbers, words } from "./support/events.ts";
import { failingDisk } from "./support/failing-disk.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

async function folderOfLog(): Promise<string> {
  return join(await temporaryFolder(), "events");
}

function appendAll(log: EventLog, from: number, to: number): void {
  for (let seq = from; seq <= to; seq += 1) log.append(event(seq));
}

async function readAll(folder: string, sinceSeq: number | "oldest" = 0): Promise<string[]> {
  return words(await all(readEvents({ folder, sinceSeq })));
}

test("what was appended is read back as it was, after a restart numbers go on", async () => {
  const folder = await folderOfLog();
  const scope = { trace: "f".repeat(32), span: "e".repeat(16), job: "keep", attempt: 2 };
  const odd = [
    event(1, "line\nbreak \u2028 \u0000 \ud800 ü 🙂", scope),
    event(2, "x", { attrs: { waitedMs: 1.5 } }),
  ];

  await using first = openEventLog(logOptions(folder));
  for (const one of odd) first.append(one);
  await first[Symbol.asyncDispose]();
  await using second = openEventLog(logOptions(folder));

  expect(second.lastSeq).toBe(2);
  second.append(event(3));
  expect(await all(second.read(0))).toEqual([...odd, event(3)]);
  expect(readdirSync(folder)).toEqual(["events-000000000001.jsonl"]);
});

test("events of one turn go out in one write before anything that awaits goes on", async () => {
  const folder = await folderOfLog();
  let writes = 0;
  const disk = failingDisk();
  const write = disk.write.bind(disk);
  disk.write = (handle, bytes) => {
    writes += 1;
    return write(handle, bytes);
  };
  await using log = openEventLog({ ...logOptions(folder), disk });

  appendAll(log, 1, 50);
  const before = writes;
  await Promise.resolve();

  expect(before).toBe(0);
  expect(writes).toBe(1);
  expect(log.state).toMatchObject({ lastSeq: 50, writtenSeq: 50, waiting: 0 });
});

test("one long turn does not gather without bound", async () => {
  const folder = await folderOfLog();
  await using log = openEventLog(logOptions(folder));

  for (let seq = 1; seq <= 5_000; seq += 1) {
    log.append(event(seq, "x".repeat(100)));
    expect(log.state.waiting).toBeLessThan(1_000);
  }
});

test("the log takes the numbered events of a bus, not the passing ones, and goes on with its numbers", async () => {
  const folder = await folderOfLog();
  const options = logOptions(folder);
  {
    await using log = openEventLog(options);
    const bus = new EventBus({ clock: options.clock, nextSeq: log.lastSeq + 1 });
    using _listening = log.listenTo(bus);
    const events = bus.emitter(jobkitEvents);
    events.emit("task.noted", () => ({ task: "t1", text: "one" }));
    events.emit("task.progressed", () => ({ task: "t1", done: 1, total: 2, what: "", counters: "" }));
    events.emit("task.noted", () => ({ task: "t1", text: "two" }));
  }
  await using log = openEventLog(options);

  expect(words(await all(log.read(0)))).toEqual(["1", "2"]);
  expect(() => log.listenTo(new EventBus({ clock: options.clock }))).toThrow(/already has 2/);
  const bus = new EventBus({ clock: options.clock, nextSeq: log.lastSeq + 1 });
  using _listening = log.listenTo(bus);
  bus.emitter(jobkitEvents).emit("task.noted", () => ({ task: "t1", text: "three" }));
  expect(words(await all(log.read(1)))).toEqual(["2", "3"]);
});

test("every segment begins with a header, is private, and is at most one line over its limit", async () => {
  const folder = await folderOfLog();
  const segmentBytes = 4_096;
  await using log = openEventLog(logOptions(folder, { segmentBytes }));

  for (let seq = 1; seq <= 500; seq += 1) {
    log.append(event(seq, "y".repeat(seq % 300)));
    if (seq % 7 === 0) await Promise.resolve();
  }
  await log[Symbol.asyncDispose]();

  const names = readdirSync(folder);
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) {
    const text = readFileSync(join(folder, name), "utf8");
    const lines = text.split("\n").slice(0, -1);
    const last = `${lines.at(-1)}\n`;
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(Buffer.byteLength(text) - Buffer.byteLength(last)).toBeLessThan(segmentBytes);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      segment: 1,
      instance: "test",
      firstSeq: Number(name.slice(7, 19)),
    });
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ seq: Number(name.slice(7, 19)) });
  }
  expect(await readAll(folder)).toEqual(numbers(1, 500));
});

test("a longer text is cut to the bound of a line and says so; the event stays whole otherwise", async () => {
  const folder = await folderOfLog();
  await using log = openEventLog(logOptions(folder, { lineBytes: 1_024 }));

  log.append(event(1, "ü".repeat(10_000)));
  log.append(event(2, "\u0001".repeat(10_000)));
  log.flush();

  const lines = readFileSync(join(folder, "events-000000000001.jsonl"), "utf8").split("\n");
  for (const line of lines) expect(Buffer.byteLength(line)).toBeLessThan(1_024);
  for (const { attrs } of await all(log.read(0))) expect(attrs["text"]).toMatch(/… \[cut\]$/);
});

test("a torn tail at every byte of the last two lines is cut back to the last whole line, and counted", async () => {
  const folder = await folderOfLog();
  const path = join(folder, "events-000000000001.jsonl");
  {
    await using log = openEventLog(logOptions(folder));
    appendAll(log, 1, 5);
  }
  const whole = readFileSync(path);
  const ends = [...whole.keys()].filter((at) => whole[at] === 10).map((at) => at + 1);
  const [fourth = 0, fifth = 0, end = 0] = [ends.at(-3), ends.at(-2), ends.at(-1)];

  const cutAt = async (cut: number): Promise<void> => {
    writeFileSync(path, whole.subarray(0, cut));
    await using log = openEventLog(logOptions(folder));
    const lastSeq = cut === end ? 5 : cut >= fifth ? 4 : 3;
    expect(log.lastSeq, `cut at ${cut}`).toBe(lastSeq);
    expect(log.healedBytes).toBe(cut - (cut === end ? end : cut >= fifth ? fifth : fourth));
    log.append(event(lastSeq + 1, "after"));
    expect(words(await all(log.read(0)))).toEqual(numbers(1, lastSeq + 1));
  };

  for (let cut = fourth; cut <= end; cut += 1) await cutAt(cut);
});

test("zeros or rubbish after a power failure are cut off like a torn line", async () => {
  const folder = await folderOfLog();
  const path = join(folder, "events-000000000001.jsonl");
  const endsWith = async (rubbish: Buffer): Promise<void> => {
    {
      await using log = openEventLog(logOptions(folder));
      appendAll(log, log.lastSeq + 1, log.lastSeq + 3);
    }
    const { size } = statSync(path);
    appendFileSync(path, rubbish);

    await using log = openEventLog(logOptions(folder));

    expect(log.healedBytes).toBe(rubbish.length);
    expect(statSync(path).size).toBe(size);
    expect(words(await all(log.read(0)))).toEqual(numbers(1, log.lastSeq));
  };

  await endsWith(Buffer.alloc(5_000));
  await endsWith(Buffer.from('{"seq":9,\n\n\u0000\u0000\nnonsense\n'));
  await endsWith(Buffer.alloc(200_000, "z"));
});

test("a segment that lost even its header is begun anew, and keeps its number", async () => {
  const folder = await folderOfLog();
  {
    await using log = openEventLog(logOptions(folder, { segmentBytes: 4_096 }));
    for (let seq = 1; seq <= 40; seq += 1) log.append(event(seq, "z".repeat(200)));
  }
  const last = readdirSync(folder).toSorted().at(-1) ?? "";
  const firstSeq = Number(last.slice(7, 19));
  truncateSync(join(folder, last), 20);

  await using log = openEventLog(logOptions(folder));
  log.append(event(firstSeq));
  log.flush();

  expect(log.healedBytes).toBe(20);
  expect(await readAll(folder)).toEqual(numbers(1, firstSeq));
  expect(readFileSync(join(folder, last), "utf8")).toMatch(/^\{"segment":1/);
});

test("JSON lines of a later version are kept and passed over", async () => {
  const folder = await folderOfLog();
  const path = join(folder, "events-000000000001.jsonl");
  {
    await using log = openEventLog(logOptions(folder));
    appendAll(log, 1, 2);
  }
  appendFileSync(path, '{"marker":"of version 9"}\n');

  await using log = openEventLog(logOptions(folder));
  log.append(event(3));

  expect(log.healedBytes).toBe(0);
  expect(words(await all(log.read(0)))).toEqual(["1", "2", "3"]);
  expect(readFileSync(path, "utf8")).toContain("of version 9");
});

test("the oldest segments go when the whole is too large or they are too old, and readers are told", async () => {
  const folder = await folderOfLog();
  const facts: LogFact[] = [];
  const limits = { segmentBytes: 4_096, totalBytes: 40_000 };
  await using log = openEventLog({ ...logOptions(folder, limits), report: (fact) => void facts.push(fact) });

  for (let seq = 1; seq <= 1_000; seq += 1) {
    log.append(event(seq, "p".repeat(100)));
    if (seq % 10 === 0) await Promise.resolve();
  }
  await Promise.resolve();

  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  expect(sizes.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(limits.totalBytes + 4_096);
  const kept = await readAll(folder, "oldest");
  const first = Number(kept[0]);
  expect(first).toBeGreaterThan(500);
  expect(await readAll(folder)).toEqual([`gap 1-${first - 1}`, ...numbers(first, 1_000)]);
  expect(facts.findLast(({ kind }) => kind === "pruned")).toMatchObject({ throughSeq: first - 1 });

  const names = readdirSync(folder).toSorted();
  const longAgo = new Date(Date.now() - 40 * 86_400_000);
  for (const name of names.slice(0, 3)) utimesSync(join(folder, name), longAgo, longAgo);
  await using reopened = openEventLog(logOptions(folder, { ...limits, ageMs: 30 * 86_400_000 }));
  expect(readdirSync(folder).toSorted()).toEqual(names.slice(3));
  expect(reopened.lastSeq).toBe(1_000);
});

test("written events are forced to the disk after the interval, at once on an error, and not while nothing is written", async () => {
  const folder = await folderOfLog();
  const disk = failingDisk();
  const options = { ...logOptions(folder), disk };
  await using log = openEventLog(options);

  appendAll(log, 1, 10);
  await options.clock.advance(4_999);
  const early = disk.syncs;
  await options.clock.advance(1);
  await expect.poll(() => disk.syncs).toBe(1);
  await options.clock.advance(60_000);
  const idle = disk.syncs;
  log.append(event(11, "bad", { sev: "error" }));
  await expect.poll(() => disk.syncs).toBe(2);

  expect([early, idle]).toEqual([0, 1]);
  expect(options.clock.pending).toBe(0);
});

test("closing writes and forces what waits, closes every handle, leaves no sleeper, and closing twice is harmless", async () => {
  const folder = await folderOfLog();
  const disk = failingDisk();
  const options = { ...logOptions(folder, { segmentBytes: 4_096 }), disk };
  const log = openEventLog(options);

  appendAll(log, 1, 200);
  await log[Symbol.asyncDispose]();
  await log[Symbol.asyncDispose]();
  log.append(event(201));

  expect(disk.open_.size).toBe(0);
  expect(disk.syncs).toBeGreaterThan(3);
  expect(options.clock.pending).toBe(0);
  expect(await readAll(folder)).toEqual(numbers(1, 200));
});

test("the last words of a process are on the disk when the call returns", async () => {
  const folder = await folderOfLog();
  const disk = failingDisk();
  await using log = openEventLog({ ...logOptions(folder), disk });

  log.append(event(1));
  log.flushToDisk();

  expect(disk.syncs).toBe(1);
  expect(await readAll(folder)).toEqual(["1"]);
});

test("numbers that never came are told by a gap line, those that come twice are ignored", async () => {
  const folder = await folderOfLog();
  await using log = openEventLog(logOptions(folder));

  for (const seq of [1, 2, 2, 1, 7, 8]) log.append(event(seq));

  expect(words(await all(log.read(0)))).toEqual(["1", "2", "gap 3-6", "7", "8"]);
  expect(await readAll(folder, 4)).toEqual(["gap 5-6", "7", "8"]);
  expect(openEventReader({ folder }).lastSeq()).toBe(8);
});

test("whatever is appended in whatever turns, restarts and segment sizes, all of it is read back in order", async () => {
  const turn = fc.record({
    events: fc.integer({ min: 1, max: 40 }),
    bytes: fc.integer({ min: 0, max: 900 }),
    reopen: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(turn, { maxLength: 25 }),
      fc.integer({ min: 600, max: 9_000 }),
      async (turns, segmentBytes) => {
        const folder = await folderOfLog();
        let log = openEventLog(logOptions(folder, { segmentBytes }));
        for (const { events, bytes, reopen } of turns) {
          for (let count = 0; count < events; count += 1)
            log.append(event(log.lastSeq + 1, "b".repeat(bytes)));
          if (reopen) {
            await log[Symbol.asyncDispose]();
            log = openEventLog(logOptions(folder, { segmentBytes }));
          } else await Promise.resolve();
        }
        const total = log.lastSeq;
        const since = Math.floor(total / 3);
        expect(words(await all(log.read(since)))).toEqual(numbers(since + 1, total));
        await log[Symbol.asyncDispose]();
      },
    ),
    { numRuns: 40 },
  );
});
