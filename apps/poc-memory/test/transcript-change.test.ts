import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { replacementOf, type FileReplacement } from "../src/transcript/change.ts";
import { HEAD_BYTES, identityOf } from "../src/transcript/identity.ts";

const line = (n: number): string => `{"uuid":"u${String(n)}","text":"${"x".repeat(90)}"}\n`;
const session = Array.from({ length: 60 }, (_, n) => line(n)).join("");

describe("another file under the name of one that was read", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "change-"));
    path = join(folder, "s.jsonl");
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** The verdict on `now`, where `before` was read up to `offset`. */
  async function verdict(before: string, offset: number, now: string): Promise<FileReplacement | null> {
    writeFileSync(path, before);
    await using first = await open(path);
    const known = { identity: await identityOf(first), position: { offset, line: 1 } };
    rmSync(path); // What follows has another inode, as after a copy or a restored backup.
    writeFileSync(path, now);
    await using file = await open(path);
    return await replacementOf(file, known, Buffer.byteLength(now));
  }

  test.each([
    ["is not there when the same bytes have another inode", session, session.length, session, null],
    ["is not there when lines were added", session, session.length, `${session}${line(99)}`, null],
    ["is not there when a last line got its newline", session.trimEnd(), session.length - 1, session, null],
    ["is not there when nothing was read of it", "", 0, session, null],
    ["shows in a size below what was read", session, session.length, session.slice(0, -1), "shrunk"],
    [
      "is not taken for shrunk when only unread bytes went",
      `${session}{"torn`,
      session.length,
      session,
      null,
    ],
    ["shows in another beginning", session, session.length, `{"other":1}\n${session}`, "replaced"],
    [
      "shows in the middle of a line where reading stopped, though it begins alike",
      session,
      session.length,
      `${session.slice(0, HEAD_BYTES)}${"y".repeat(session.length)}\n`,
      "replaced",
    ],
  ] as const)("%s", async (_, before, offset, now, expected) => {
    expect(await verdict(before, offset, now)).toBe(expected);
  });
});
