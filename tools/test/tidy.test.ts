import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { complaints } from "../tidy.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Tracked files, and those git does not know yet but would take. */
function sourceFiles(pattern: RegExp): string[] {
  const list = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  return list.split("\n").filter((path) => pattern.test(path) && existsSync(join(root, path)));
}

const check = (path: string, text: string): string[] => complaints({ path, text });
const inSqlite = (text: string): string[] => check("packages/jobkit-sqlite/src/a.ts", text);
const inApp = (text: string): string[] => check("apps/poc-memory/src/a.ts", text);

test("every source file of the workspace keeps the rules of STYLE.md", () => {
  const found = sourceFiles(/^(packages|apps|examples|tools)\/.*\.ts$/).flatMap((path) =>
    check(path, readFileSync(join(root, path), "utf8")),
  );

  expect(found).toEqual([]);
});

test("every document has exactly one title", () => {
  const wrong = sourceFiles(/^(?!\.changeset).*\.md$/)
    .filter((path) => !path.endsWith("CHANGELOG.md"))
    .filter((path) => titles(readFileSync(join(root, path), "utf8")) !== 1);

  expect(wrong).toEqual([]);
});

function titles(text: string): number {
  return text
    .replace(/```[\s\S]*?```/g, "")
    .split("\n")
    .filter((line) => line.startsWith("# ")).length;
}

test("every decision record is at most 60 lines and is linked from somewhere else", () => {
  const records = sourceFiles(/^docs\/adr\/.*\.md$/);
  const others = sourceFiles(/\.(ts|md|yaml|json)$/).filter((path) => !path.startsWith("docs/adr/"));
  const prose = others.map((path) => readFileSync(join(root, path), "utf8")).join("\n");

  const wrong = records.filter((path) => {
    const number = /(\d{4})/.exec(path)?.[1] ?? "?";
    return (
      readFileSync(join(root, path), "utf8").split("\n").length > 61 ||
      !new RegExp(`(ADR |adr/)${number}`).test(prose)
    );
  });

  expect(wrong).toEqual([]);
});

test("core that reads a clock, imports node: or reaches upward is told so", () => {
  expect(check("packages/jobkit-core/src/pool/a.ts", "export const now = () => Date.now();\n")[0]).toMatch(
    /Date\.now/,
  );
  expect(check("packages/jobkit-core/src/pool/a.ts", 'import "node:fs";\n')[0]).toMatch(
    /never imports node:/,
  );
  expect(check("packages/jobkit-core/src/base/a.ts", 'import "../events/bus.ts";\n')[0]).toMatch(
    /base lies below events/,
  );
  expect(check("packages/jobkit-core/src/new/a.ts", 'import "../base/ids.ts";\n')[0]).toMatch(/has no layer/);
});

test("comments may say what code may not", () => {
  expect(
    check("packages/jobkit-core/src/pool/a.ts", "// Never Date.now here.\nexport const a = 1;\n"),
  ).toEqual([]);
});

test("imports against the direction, past a front door or of a side door in production are told", () => {
  expect(inSqlite('import { a } from "jobkit-daemon";\n')[0]).toMatch(/never imports jobkit-daemon/);
  expect(inSqlite('import { a } from "jobkit-core/src/base/ids.ts";\n')[0]).toMatch(/front door/);
  expect(inSqlite('import { a } from "jobkit-core/testing";\n')[0]).toMatch(/only tests/);
  expect(inSqlite('import { a } from "jobkit-core/threads";\n')).toEqual([]);
  expect(inSqlite('import { a } from "jobkit-core/system";\n')).toEqual([]);
  expect(inSqlite('import { a } from "../../jobkit-core/src/index.ts";\n')[0]).toMatch(/by path/);
  expect(
    check("packages/jobkit-sqlite/test/a.test.ts", 'import { a } from "jobkit-core/testing";\n'),
  ).toEqual([]);
});

test("a library that knows the application's words is told", () => {
  expect(
    check("packages/jobkit-core/src/pool/a.ts", "/** Reads a transcript. */\nexport const a = 1;\n")[0],
  ).toMatch(/transcript/);
});

test("default exports, enums, namespaces, any, module state and long files are told", () => {
  expect(inApp("export default 1;\n")[0]).toMatch(/default/);
  expect(inApp("export default function f() {}\n")[0]).toMatch(/default/);
  expect(inApp("export enum E { A }\n")[0]).toMatch(/enum/);
  expect(inApp("export namespace N {}\n")[0]).toMatch(/namespace/);
  expect(inApp("export const a: any = 1;\n")[0]).toMatch(/no any/);
  expect(inApp("let a = 1;\n")[0]).toMatch(/module state/);
  expect(inApp("const a = 1;\n".repeat(351))[0]).toMatch(/over 350/);
  expect(check("apps/poc-memory/src/string-utils.ts", "")[0]).toMatch(/one idea/);
});

test("`using` in a loop body is told, in a function called by the loop it is fine", () => {
  expect(inApp("for (const a of []) { using b = a; }\n")[0]).toMatch(/in a loop/);
  expect(inApp("for (const a of []) { const f = () => { using b = a; }; f(); }\n")).toEqual([]);
});
