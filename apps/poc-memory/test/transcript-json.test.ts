import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endOfString, field, parseBounded, textField } from "../src/transcript/bounded-json.ts";
import { closingUuid, leadingFields } from "../src/transcript/leading-type.ts";

const DEPTH = 64;
const nested = (depth: number): string => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
const uuid = "0cf3db51-1c73-43bb-8d05-dc02739514a5";

describe("bounded JSON", () => {
  test("nesting up to the bound is taken and beyond it refused, in short lines and in long ones", () => {
    const padding = `,"pad":"${"]".repeat(100_000)}\\""}`;

    for (const pad of ["}", padding])
      for (const [depth, kind] of [
        [DEPTH, "object"],
        [DEPTH + 1, "refused"],
      ] as const)
        expect([pad.length, parseBounded(nested(depth).slice(0, -1) + pad, DEPTH).kind]).toEqual([
          pad.length,
          kind,
        ]);
  });

  test("a million brackets are refused without an error, closed or not", () => {
    const open = '{"a":'.repeat(1_000_000);

    expect(parseBounded(open, DEPTH)).toEqual({ kind: "refused", reason: "too-deep" });
    expect(parseBounded(nested(1_000_000), DEPTH)).toEqual({ kind: "refused", reason: "too-deep" });
  });

  test("an inherited name is no field", () => {
    const parsed = parseBounded('{"__proto__":{"type":"user"},"a":"b"}', DEPTH);
    const fields = parsed.kind === "object" ? parsed.fields : {};

    expect(textField(fields, "type")).toBe(null);
    expect(field(fields, "toString")).toBe(undefined);
    expect(textField(fields, "a")).toBe("b");
  });

  test("the end of a string is found whatever is escaped in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', "\\", "a", "\n", "😀") }), (text) => {
        const json = JSON.stringify(text);
        expect(endOfString(`${json},"x"`, 0)).toBe(json.length - 1);
      }),
    );
  });
});

describe("the leading fields", () => {
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const name = fc.oneof(fc.constantFrom("type", "parentUuid", "uuid", 'ty"pe', "\\type"), fc.string());
  const value = fc.oneof(
    scalar,
    fc.constantFrom('"type":"progress"', '\\","type":"progress'),
    fc.dictionary(name, scalar),
  );

  test("say what a full parse says, or nothing: no text can fake a type", () => {
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.constantFrom(undefined, " "), (record, space) => {
        const leading = leadingFields(
          JSON.stringify(record, null, space === undefined ? 0 : 1).replaceAll("\n", ""),
        );
        const decided = leading !== null && leading.type !== "";
        expect(decided ? leading.type : record["type"]).toBe(record["type"]);
      }),
      { numRuns: 1000 },
    );
  });

  test("stop at the first object or array, since what follows is not cheap to know", () => {
    expect(leadingFields('{"a":1,"parentUuid":null,"type":"progress","data":{}}')).toEqual({
      type: "progress",
      parentUuid: null,
    });
    expect(leadingFields('{"data":{},"type":"progress"}')).toBe(null);
    expect(leadingFields('["type"]')).toBe(null);
    expect(leadingFields('{"type":7}')).toBe(null);
  });

  test("the uuid at the end is the record's own", () => {
    expect(closingUuid(`{"a":1,"uuid":"${uuid}"}`)).toBe(uuid);
    expect(closingUuid(`{"a":1,"uuid":"${uuid}","timestamp":"2026-01-22T02:04:32.874Z"}`)).toBe(uuid);
    expect(closingUuid(`{"data":{"x":1,"uuid":"${uuid}"}}`)).toBe(null);
    expect(closingUuid(JSON.stringify({ text: `,"uuid":"${uuid}"` }))).toBe(null);
  });
});
