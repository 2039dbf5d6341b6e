import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { EventBus, eventFromJson, jobkitEvents } from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { expect, onTestFinished, test } from "vitest";
import { openEventLog } from "../src/event-log/event-log.ts";
import type { LogFact } from "../src/event-log/log-fact.ts";
import type { LogLimits } from "../src/event-log/log-limits.ts";
import { readEvents } from "../src/event-log/read-events.ts";
import { all, event, logOptions, numbers, words } from "./support/events.ts";
import { failingDisk } from "./support/failing-disk.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

async function setup(limits: Partial<LogLimits> = {}) {
  const folder = join(await temporaryFolder(), "events");
  const disk = failingDisk();
  const facts: LogFact[] = [];
  const options = { ...logOptions(folder, limits), disk, report: (fact: LogFact) => void facts.push(fact) };
  const log = openEventLog(options);
  const kinds = (): string[] => facts.map(({ kind }) => kind);
  const read = async (): Promise<string[]> => words(await all(readEvents({ folder, sinceSeq: 0 })));
  return { folder, disk, facts, kinds, log, clock: options.clock, read, options };
}

/** What stands in the files line by line, headers left out: no reader has mended it. */
function rawLines(folder: string): string[] {
  const texts = readdirSync(folder)
    .toSorted()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"));
  return words(texts.filter((text) => !text.startsWith('{"segment"')).map(eventFromJson));
}

test("a full disk at any byte loses nothing that the ring holds, and writing goes on by itself", async () => {
  const { log, disk, clock, kinds, read, folder } = await setup();
  log.append(event(1));
  await clock.settle();
  let seq = 1;

  for (let roomBytes = 0; roomBytes < 700; roomBytes += 13) {
    disk.roomBytes = roomBytes;
    for (let count = 0; count < 5; count += 1) log.append(event((seq += 1), "some text of a note"));
    await clock.settle();
    expect(log.state.failing).toMatchObject({ code: "ENOSPC" });
    expect(words(await all(log.read(0)))).toEqual(numbers(1, seq));
    await clock.advance(1_000);
    disk.roomBytes = Number.POSITIVE_INFINITY;
    await clock.advance(1_000);
    expect(log.state).toMatchObject({ failing: null, waiting: 0, writtenSeq: seq });
  }
  await log[Symbol.asyncDispose]();

  expect(await read()).toEqual(numbers(1, seq));
  expect(kinds().filter((kind) => kind === "failed").length).toBe(
    kinds().filter((kind) => kind === "recovered").length,
  );
  expect(rawLines(folder)).toEqual(numbers(1, seq));
  expect([disk.open_.size, clock.pending]).toEqual([0, 0]);
});

test("a long trouble keeps the newest events within its bound, tells once, and leaves a gap line with exact numbers", async () => {
  const { log, disk, clock, facts, read, folder } = await setup({ ringBytes: 4_000 });
  log.append(event(1));
  await clock.settle();
  disk.roomBytes = 0;

  for (let seq = 2; seq <= 1_000; seq += 1) log.append(event(seq, "q".repeat(50)));
  await clock.advance(30_000);
  const waiting = log.state.waiting;
  const during = words(await all(log.read(0)));
  disk.roomBytes = Number.POSITIVE_INFINITY;
  await clock.advance(1_000);
  await log[Symbol.asyncDispose]();

  expect(rawLines(folder)[1]).toMatch(/^gap 2-/);
  const first = 1_001 - waiting;
  const expected = ["1", `gap 2-${first - 1}`, ...numbers(first, 1_000)];
  expect(waiting * 100).toBeLessThan(4_000);
  expect(during).toEqual(expected);
  expect(await read()).toEqual(expected);
  expect(facts.map(({ kind }) => kind)).toEqual(["failed", "recovered"]);
  expect(facts[1]).toMatchObject({ dropped: first - 2, failedMs: 31_000 });
});

test("the report of a trouble may itself be an event: it waits with the others and nothing goes in circles", async () => {
  const { disk, clock, folder } = await setup();
  const bus = new EventBus({ clock });
  const events = bus.emitter(jobkitEvents);
  const log = openEventLog({
    ...logOptions(folder),
    clock,
    disk,
    report: ({ kind }) => events.emit("task.noted", () => ({ task: "log", text: kind })),
  });
  using _listening = log.listenTo(bus);
  disk.roomBytes = 10;

  events.emit("task.noted", () => ({ task: "t1", text: "first" }));
  await clock.advance(3_000);
  disk.roomBytes = Number.POSITIVE_INFINITY;
  await clock.advance(1_000);
  await log[Symbol.asyncDispose]();

  const texts = (await all(readEvents({ folder, sinceSeq: 0 }))).map(({ attrs }) => attrs["text"]);
  expect(texts).toEqual(["first", "failed", "recovered"]);
});

test("when forcing to the disk fails the segment is given up and the log goes on in another file", async () => {
  const { log, disk, clock, facts, folder, read } = await setup();
  log.append(event(1));
  await clock.settle();
  disk.syncCode = "EIO";

  log.append(event(2, "bad", { sev: "error" }));
  await expect.poll(() => log.state.failing?.code).toBe("EIO");
  log.append(event(3));
  disk.syncCode = null;
  await clock.advance(1_000);
  await log[Symbol.asyncDispose]();

  expect(facts.map(({ kind }) => kind)).toEqual(["failed", "recovered"]);
  expect(readdirSync(folder).toSorted()).toEqual(["events-000000000001.jsonl", "events-000000000003.jsonl"]);
  expect(await read()).toEqual(["1", "2", "3"]);
  expect(disk.open_.size).toBe(0);
});

test("a descriptor is never closed below a request to the disk that is under way", async () => {
  const { log, disk, clock } = await setup();
  const sync = Promise.withResolvers<void>();
  disk.sync = () => sync.promise;
  log.append(event(1, "bad", { sev: "error" }));
  await clock.settle();
  disk.roomBytes = 0;

  log.append(event(2));
  await clock.settle();
  const during = [log.state.failing?.code, disk.open_.size];
  sync.resolve();
  await clock.settle();

  expect(during).toEqual(["ENOSPC", 1]);
  expect(disk.open_.size).toBe(0);
  await log[Symbol.asyncDispose]();
});

test("a log whose files are deleted while it writes begins a new one and tells", async () => {
  const { log, clock, facts, folder, read } = await setup({ syncMs: 100 });
  log.append(event(1));
  await clock.settle();
  rmSync(folder, { recursive: true });

  log.append(event(2));
  await clock.advance(100);
  await expect.poll(() => log.state.failing?.why).toMatch(/deleted/);
  await clock.advance(1_000);
  log.append(event(3));
  await log[Symbol.asyncDispose]();

  expect(facts.map(({ kind }) => kind)).toEqual(["failed", "recovered"]);
  expect(await read()).toEqual(["gap 1-2", "3"]);
});

test("old segments that cannot be deleted are told once and never stop the writing", async () => {
  const { log, disk, kinds, read } = await setup({ segmentBytes: 1_000, totalBytes: 3_000 });
  disk.removeCode = "EPERM";

  for (let seq = 1; seq <= 100; seq += 1) log.append(event(seq, "r".repeat(100)));
  await log[Symbol.asyncDispose]();

  expect(kinds()).toEqual(["failed"]);
  expect(await read()).toEqual(numbers(1, 100));
});

test("closing on a disk that still refuses ends, and what could be written before is whole", async () => {
  const { log, disk, clock, read } = await setup();
  log.append(event(1));
  await clock.settle();
  disk.roomBytes = 30;

  log.append(event(2));
  await clock.settle();
  await log[Symbol.asyncDispose]();

  expect(await read()).toEqual(["1"]);
  expect([disk.open_.size, clock.pending]).toEqual([0, 0]);
});

test("whatever the disk refuses and whenever, every number is there or in a gap, once and in order", async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = new SeededRandom(seed);
    const { log, disk, clock, read } = await setup({ segmentBytes: 2_000, ringBytes: 3_000, syncMs: 200 });
    let seq = 0;
    for (let step = 0; step < 60; step += 1) {
      if (random.chance(0.2)) disk.roomBytes = random.below(3_000);
      if (random.chance(0.15)) disk.roomBytes = Number.POSITIVE_INFINITY;
      disk.syncCode = random.chance(0.1) ? "EIO" : null;
      for (let count = random.below(8); count > 0; count -= 1)
        log.append(
          event((seq += 1), "s".repeat(random.below(200)), { sev: random.chance(0.1) ? "error" : "info" }),
        );
      await clock.advance(random.below(700));
    }
    disk.roomBytes = Number.POSITIVE_INFINITY;
    disk.syncCode = null;
    await clock.advance(3_000);
    await log[Symbol.asyncDispose]();

    let next = 1;
    for (const word of await read()) {
      const [from = "", to = from] = word.replace("gap ", "").split("-");
      expect(Number(from), `seed ${seed}: ${word}`).toBe(next);
      next = Number(to) + 1;
    }
    expect(next - 1, `seed ${seed}`).toBe(seq);
    expect([disk.open_.size, clock.pending], `seed ${seed}`).toEqual([0, 0]);
  }
});

test("on a real file system that fills up, the log recovers when there is space again", async (context) => {
  const mount = join(await temporaryFolder(), "small");
  mkdirSync(mount);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", mount], { stdio: "ignore" });
  } catch {
    context.skip("a small tmpfs cannot be mounted here");
  }
  onTestFinished(() => void execFileSync("umount", [mount]));
  const folder = join(mount, "events");
  const facts: LogFact[] = [];
  const options = logOptions(folder, { segmentBytes: 8_192 });
  const log = openEventLog({ ...options, report: (fact) => void facts.push(fact) });

  for (let seq = 1; seq <= 600; seq += 1) {
    log.append(event(seq, "t".repeat(100)));
    if (seq % 20 === 0) await options.clock.settle();
  }
  const failing = log.state.failing?.code;
  for (const name of readdirSync(folder).toSorted().slice(0, 4)) unlinkSync(join(folder, name));
  // What is freed is taken within the second in which it is tried again.
  for (const name of readdirSync(folder).toSorted().slice(0, 2)) unlinkSync(join(folder, name));
  await options.clock.advance(1_000);
  const after = log.state;
  await log[Symbol.asyncDispose]();

  expect(failing).toBe("ENOSPC");
  expect(after.writtenSeq).toBeGreaterThan(300);
  const read = words(await all(readEvents({ folder, sinceSeq: 0 })));
  expect(read[0]).toMatch(/^gap 1-/);
  expect(read.filter((word) => word.startsWith("gap")).length).toBe(1);
});
