import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { systemClock } from "../src/platform/clock.ts";
import {
  ensurePrivateFolder,
  privacyComplaint,
  replaceFile,
  replaceFileNow,
  tightenUmask,
} from "../src/platform/disk.ts";
import { SystemRandom } from "../src/platform/random.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const isRoot = process.getuid?.() === 0;

function mode(path: string): number {
  return statSync(path).mode & 0o777;
}

describe("the clock", () => {
  test("sleeps at least as long as asked, by the monotonic clock", async () => {
    const startMs = systemClock.monotonic();

    await systemClock.sleep(5);

    expect(systemClock.monotonic() - startMs).toBeGreaterThanOrEqual(5);
  });

  test("a sleep longer than a timer can be does not end at once, and ends when told", async () => {
    const stop = new AbortController();
    let ended = false;

    const sleeping = systemClock.sleep(2 ** 40, stop.signal).finally(() => (ended = true));
    await systemClock.sleep(20);
    const early = ended;
    stop.abort(new Error("wake up"));

    expect(early).toBe(false);
    await expect(sleeping).rejects.toThrow("wake up");
  });

  test("no time at all is one turn of the event loop, and an aborted signal rejects with its reason", async () => {
    let turned = false;
    setImmediate(() => (turned = true));

    await systemClock.sleep(0);

    expect(turned).toBe(true);
    for (const ms of [0, 10])
      await expect(systemClock.sleep(ms, AbortSignal.abort(new Error("no")))).rejects.toThrow("no");
  });
});

test("chance of this machine lies in [0, 1), differs, and fills the whole range", () => {
  const random = new SystemRandom();

  const values = Array.from({ length: 10_000 }, () => random.next());

  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(new Set(values).size).toBe(values.length);
  const tenths = new Set(values.map((value) => Math.floor(value * 10)));
  expect(tenths.size).toBe(10);
});

describe("a private folder", () => {
  test("is made with everything above it, and stays private when it was open", async () => {
    const root = await temporaryFolder();
    const path = join(root, "a", "b");

    expect(ensurePrivateFolder(path)).toBe(path);
    const made = mode(path);
    chmodSync(path, 0o755);
    const complaint = privacyComplaint(path, { strict: true });
    ensurePrivateFolder(path);

    expect([made, mode(path)]).toEqual([0o700, 0o700]);
    expect(complaint).toMatch(/others may enter it \(mode 755\)/);
    expect(privacyComplaint(path, { strict: true })).toBe(null);
  });

  test("is never a link and never a file", async () => {
    const root = await temporaryFolder();
    mkdirSync(join(root, "real"));
    symlinkSync(join(root, "real"), join(root, "link"));
    writeFileSync(join(root, "file"), "");

    expect(() => ensurePrivateFolder(join(root, "link"))).toThrow(
      expect.objectContaining({ code: "FOLDER_NOT_PRIVATE" }),
    );
    expect(() => ensurePrivateFolder(join(root, "file"))).toThrow(/not a folder/);
  });

  test.skipIf(!isRoot)("is never somebody else's (needs root to make one)", async () => {
    const foreign = join(await temporaryFolder(), "foreign");
    mkdirSync(foreign);
    chownSync(foreign, 12_345, 12_345);

    expect(() => ensurePrivateFolder(foreign)).toThrow(/belongs to user 12345/);
  });

  test("that cannot be made is an error that says what was tried", async () => {
    const root = await temporaryFolder();
    writeFileSync(join(root, "file"), "");

    expect(() => ensurePrivateFolder(join(root, "file", "inside"))).toThrow(
      expect.objectContaining({ code: "FOLDER_FAILED", message: expect.stringContaining("inside") }),
    );
  });
});

describe("replacing a file", () => {
  test("is whole, private, and leaves nothing beside it", async () => {
    const root = await temporaryFolder();
    const path = join(root, "status.json");
    writeFileSync(path, "old", { mode: 0o644 });

    await replaceFile(path, "new");
    const text = readFileSync(path, "utf8");
    replaceFileNow(path, "newer");

    expect([text, readFileSync(path, "utf8")]).toEqual(["new", "newer"]);
    expect(mode(path)).toBe(0o600);
    expect(readdirSync(root)).toEqual(["status.json"]);
  });

  test("that fails leaves the old one and nothing beside it", async () => {
    const root = await temporaryFolder();
    const path = join(root, "folder");
    mkdirSync(join(path, "full"), { recursive: true });

    await expect(replaceFile(path, "x")).rejects.toMatchObject({ code: "FILE_FAILED" });
    expect(() => replaceFileNow(path, "x")).toThrow(expect.objectContaining({ code: "FILE_FAILED" }));
    expect(readdirSync(root)).toEqual(["folder"]);
  });

  test("many at once end with one of them whole", async () => {
    const path = join(await temporaryFolder(), "file");

    await Promise.all(Array.from({ length: 20 }, (_, at) => replaceFile(path, `${at}`.repeat(10_000))));

    expect(readFileSync(path, "utf8")).toMatch(/^(\d{1,2})\1{9999}$/);
  });
});

test("after tightening, a file made carelessly is private all the same", async () => {
  const path = join(await temporaryFolder(), "careless");
  const before = tightenUmask();

  writeFileSync(path, "");
  process.umask(before);

  expect(mode(path)).toBe(0o600);
});
