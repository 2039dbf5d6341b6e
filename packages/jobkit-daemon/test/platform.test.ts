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
import {
  ensurePrivateFolder,
  privacyComplaint,
  replaceFile,
  replaceFileNow,
  tightenUmask,
} from "../src/platform/disk.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const isRoot = process.getuid?.() === 0;

function mode(path: string): number {
  return statSync(path).mode & 0o777;
}

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
