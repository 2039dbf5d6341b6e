import * as fc from "fast-check";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { secretKindOf } from "../src/redact/assignment.ts";
import { loadRedactionKey } from "../src/redact/key.ts";
import { KeywordScan } from "../src/redact/keyword-scan.ts";
import { Redactor } from "../src/redact/redactor.ts";
import { innocentLines } from "./hostile/innocent.ts";
import { plantSecrets } from "./hostile/secrets.ts";

const redactor = new Redactor(new Uint8Array(32).fill(1));
/** In two parts, so that no scanner of this repository takes it for what it looks like. */
const generated = ["Zx81kQ0p", "L2mN4bV6"].join("");
const secretTexts = plantSecrets(3, 1).map(({ text }) => text);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "redact-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("marks", () => {
  test("equal secrets get equal marks under one key, and other marks under another", () => {
    const other = new Redactor(new Uint8Array(32).fill(2));

    const first = redactor.redact("password=hunter2abc").text;
    const second = redactor.redact('login with "password": "hunter2abc"').text;

    expect(first).toMatch(/^password=\[redacted:password:[0-9a-f]{8}\]$/);
    expect(second).toContain(first.slice("password=".length));
    expect(other.redact("password=hunter2abc").text).not.toBe(first);
  });

  test("redacting what is redacted changes nothing, whatever stands together", () => {
    const pieces = fc.oneof(fc.constantFrom(...secretTexts, ...innocentLines), fc.string({ maxLength: 12 }));

    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 8 }),
        fc.constantFrom(" ", "\n", "", '"', "=", ": "),
        (texts, between) => {
          const once = redactor.redact(texts.join(between));
          const twice = redactor.redact(once.text);
          expect(twice).toEqual({ text: once.text, counts: {} });
        },
      ),
      { numRuns: 300 },
    );
  });

  test("what is not a secret stays as it is, character by character", () => {
    const { text, counts } = redactor.redact(`a 😀 token=${generated} \r\n\u0000 end`);

    expect(text.replace(/\[redacted[^\]]*\]/, "X")).toBe("a 😀 token=X \r\n\u0000 end");
    expect(counts).toEqual({ token: 1 });
  });

  test("a field's name tells that its value is a secret", () => {
    expect(secretKindOf("apiKey", generated)).toBe("secret");
    expect(secretKindOf("DB_PASSWORD", "hunter2abc")).toBe("password");
    expect(secretKindOf("file_path", generated)).toBe(null);
    expect(secretKindOf("token_count", generated)).toBe(null);
  });
});

describe("keywords", () => {
  test("the scan finds every occurrence that a search for each word finds", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "-", "é"), maxLength: 40 });
    const word = fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 1, maxLength: 4 });

    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 6 }), letters, (words, text) => {
        const seen: string[] = [];
        new KeywordScan(words).scan(text.toUpperCase(), (index, start) => seen.push(`${index}@${start}`));
        const places = Array.from({ length: text.length }, (_, start) => start);
        const expected = words.flatMap((one, index) =>
          places.filter((start) => text.startsWith(one, start)).map((start) => `${index}@${start}`),
        );
        expect(seen.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });

  test("a keyword that could never be found is refused", () => {
    expect(() => new KeywordScan(["Ab"])).toThrow(RangeError);
    expect(() => new KeywordScan([""])).toThrow(RangeError);
  });
});

describe("the key of an installation", () => {
  test("is made once, for its owner alone, and is the same afterwards", () => {
    const dir = folder();

    const first = loadRedactionKey(dir);
    const second = loadRedactionKey(dir);

    expect(first).toHaveLength(32);
    expect(second).toEqual(first);
    expect(statSync(join(dir, "redaction.key")).mode & 0o777).toBe(0o600);
    expect(new Uint8Array(readFileSync(join(dir, "redaction.key")))).toEqual(first);
  });

  test("is taken back from others who were let in", () => {
    const dir = folder();
    loadRedactionKey(dir);
    chmodSync(join(dir, "redaction.key"), 0o644);

    loadRedactionKey(dir);

    expect(statSync(join(dir, "redaction.key")).mode & 0o777).toBe(0o600);
  });

  test("is never replaced when it is damaged or not a file of its own", () => {
    const short = folder();
    writeFileSync(join(short, "redaction.key"), "short");
    const linked = folder();
    writeFileSync(join(linked, "elsewhere"), new Uint8Array(32));
    symlinkSync(join(linked, "elsewhere"), join(linked, "redaction.key"));

    expect(() => loadRedactionKey(short)).toThrow(expect.objectContaining({ code: "REDACTION_KEY_INVALID" }));
    expect(() => loadRedactionKey(linked)).toThrow(
      expect.objectContaining({ code: "REDACTION_KEY_INVALID" }),
    );
  });
});
