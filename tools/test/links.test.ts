/** Links between documents of this house lead somewhere. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const LINK = /\]\(([^)\s]+)\)/g;

function documents(): string[] {
  const list = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
    cwd: root,
    encoding: "utf8",
  });
  return list.split("\n").filter((path) => path !== "" && existsSync(join(root, path)));
}

/** A document without its code, where brackets mean something else. */
function proseOf(path: string): string {
  return readFileSync(join(root, path), "utf8")
    .replaceAll(/^```[\s\S]*?^```/gm, "")
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ""));
}

/** The anchors that a reader on the web makes of the headings. */
function anchorsOf(path: string): ReadonlySet<string> {
  const headings = [...proseOf(path).matchAll(/^#+ (.*)$/gm)];
  return new Set(
    headings.map(([, words = ""]) =>
      words
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

function brokenLinks(path: string): string[] {
  return [...proseOf(path).matchAll(LINK)].flatMap(([, target = ""]) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [file = "", anchor] = target.split("#");
    const there = file === "" ? path : join(dirname(path), file);
    if (!existsSync(join(root, there))) return [`${path}: ${target}`];
    if (anchor === undefined || !there.endsWith(".md") || anchorsOf(there).has(anchor)) return [];
    return [`${path}: ${target}`];
  });
}

test("every link to a file or a heading of this house leads there", () => {
  expect(documents().flatMap(brokenLinks)).toEqual([]);
});
