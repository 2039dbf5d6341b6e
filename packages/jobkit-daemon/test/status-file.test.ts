import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeClock } from "jobkit-core/testing";
import { expect, test } from "vitest";
import { readStatusFile, StatusWriter, writeStatusFile } from "../src/status/status-file.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

async function setup() {
  const path = join(await temporaryFolder(), "status.json");
  const clock = new FakeClock(Date.now());
  const failures: string[] = [];
  const state = { builds: 0, value: 0, broken: false };
  const writer = new StatusWriter({
    clock,
    intervalMs: () => 1_000,
    write: async () => {
      if (state.broken) throw new Error("cannot build");
      state.builds += 1;
      await writeStatusFile(path, { value: state.value });
    },
    onFailure: (error) => void failures.push(error.message),
  });
  const value = (): number => (JSON.parse(readFileSync(path, "utf8")) as { value: number }).value;
  return { path, clock, state, writer, failures, value };
}

test("a change is written at once, further ones once per interval, and nothing while nothing changes", async () => {
  const { clock, state, writer, value, path } = await setup();

  for (state.value = 1; state.value < 50; state.value += 1) writer.touch();
  await expect.poll(() => existsSync(path) && value()).toBe(50);
  for (state.value = 51; state.value < 99; state.value += 1) writer.touch();
  await clock.advance(999);
  const early = value();
  await clock.advance(1);
  await expect.poll(value).toBe(99);
  await expect.poll(() => clock.pending).toBe(1);
  await clock.advance(60_000);

  expect(early).toBe(50);
  expect(state.builds).toBe(2);
  expect(clock.pending).toBe(0);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await writer[Symbol.asyncDispose]();
});

test("closing writes what is true at the end, once, and touching afterwards does nothing", async () => {
  const { clock, state, writer, value } = await setup();
  writer.touch();

  state.value = 7;
  await writer[Symbol.asyncDispose]();
  const { builds } = state;
  state.value = 8;
  await writer[Symbol.asyncDispose]();
  writer.touch();
  await clock.advance(5_000);

  expect(value()).toBe(7);
  expect(state.builds).toBe(builds);
  expect(clock.pending).toBe(0);
});

test("a failure is told once, the old file stands, and it is tried again by itself", async () => {
  const { clock, state, writer, failures, value, path } = await setup();
  writer.touch();
  await expect.poll(() => existsSync(path)).toBe(true);
  await expect.poll(() => clock.pending).toBe(1);

  state.broken = true;
  state.value = 3;
  writer.touch();
  for (let second = 0; second < 5; second += 1) await clock.advance(1_000);
  const during = value();
  state.broken = false;
  await clock.advance(1_000);
  await expect.poll(value).toBe(3);

  expect(during).toBe(0);
  expect(failures).toEqual(["cannot build"]);
  await writer[Symbol.asyncDispose]();
});

test("a folder that is gone is a failure, not a crash", async () => {
  const { writer, failures, path } = await setup();
  rmSync(join(path, ".."), { recursive: true });

  writer.touch();
  await writer[Symbol.asyncDispose]();

  expect(failures).toEqual([`replacing ${path}`]);
});

test("a reader gets the status and its age; none where there is none; an error where it is damaged", async () => {
  const { writer, state, path } = await setup();
  expect(await readStatusFile(path, 0)).toBe(null);

  state.value = 9;
  await writer[Symbol.asyncDispose]();
  const { mtimeMs } = statSync(path);

  expect(await readStatusFile(path, mtimeMs + 2_500)).toEqual({
    status: { value: 9 },
    writtenAtMs: mtimeMs,
    ageMs: 2_500,
  });
  expect(await readStatusFile(path, mtimeMs - 2_500)).toMatchObject({ ageMs: 0 });
  writeFileSync(path, "{");
  await expect(readStatusFile(path, 0)).rejects.toMatchObject({ code: "FILE_FAILED" });
  rmSync(path);
  mkdirSync(path);
  chmodSync(path, 0o700);
  await expect(readStatusFile(path, 0)).rejects.toMatchObject({ code: "FILE_FAILED" });
});
