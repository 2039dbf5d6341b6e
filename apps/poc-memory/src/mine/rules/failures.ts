/** How a failure shows in the output of a command, and which line of it is the error. */
import type { CommandKind } from "../segment-state.ts";
import { workLimits } from "../limits.ts";
import { clean } from "../text/clean.ts";
import type { Rule } from "./rule.ts";

/** Signs of failure in the output of a test, lint or build command whose exit code a pipe has hidden. */
export const failedOutput: Rule = {
  name: "failed output",
  pattern:
    /^(?:--- FAIL:|FAIL(?:ED)?\b(?! {0,4}[:=] {0,4}0)|\s{0,4}✖|\s{0,4}×\s)|^(?:ERROR|error)(?:\[\w{1,10}\])?:|\bERROR task failed\b|\b[1-9]\d{0,5} (?:tests? )?(?:failed|failing|failures?)\b|^[1-9]\d{0,4} (?:issues?|problems?|errors?)[:. ]|^Found [1-9]\d{0,4} errors?|^npm ERR!|^error TS\d|: error TS\d|^Traceback \(most recent|^exit status [1-9]|^make: \*\*\*|^panic: /mu,
  yes: [
    "--- FAIL: TestX (0.01s)",
    "FAIL\tentire.io/cli 0.3s",
    "4 issues:\n* staticcheck: 4",
    "[lint] ERROR task failed",
    "Tests: 2 failed, 3 passed",
    "error[E0382]: borrow of moved value",
  ],
  no: ["0 issues.", "ok  \tentire.io/cli\t2.1s", "Tests: 0 failed, 12 passed", "PASS", "no error found"],
};

/** Lines that name an error, best first. The first group, or all of it, is the error. */
export const errorLines: readonly Rule[] = [
  {
    name: "compiler",
    pattern:
      /^\s{0,8}(?:error\s{1,4})?(?:\.?\/?[\w@.+-]{1,80}\/){0,14}[\w@.+-]{1,80}\.\w{1,8}[:(]\d{1,6}(?:[:,]\s?\d{1,6})?\)?(?::|\s[-–])?\s{0,4}(?:error[: ]\s{0,2})?(?!.{0,40}related information)(?=.{0,40}[A-Za-z]).{8,}$/u,
    yes: [
      "cmd/entire/main.go:19:13: G304: Potential file inclusion via variable (gosec)",
      "src/a.ts(3,5): error TS2345: Argument of type 'x'",
    ],
    no: ["ok  entire.io/cli 2.1s", "10:30: started"],
  },
  {
    name: "coded",
    pattern: /\b(?:error(?:\[\w{1,10}\])?:\s.{6,}|error TS\d{4,5}: .{6,})$/iu,
    yes: ["error[E0382]: borrow of moved value: `x`", "error TS2304: Cannot find name 'x'."],
    no: ["errors: 0", "no errors"],
  },
  {
    name: "test",
    pattern: /^\s{0,8}(?:--- FAIL: \S{1,200}|(?:✕|×|✖|●|FAIL|FAILED)\s{1,4}\S.{3,})/u,
    yes: [
      "--- FAIL: TestBuildEventPayload (0.00s)",
      "FAIL  test/a.test.ts > adds numbers",
      "  ● adds numbers",
    ],
    no: ["FAIL", "PASS"],
  },
  {
    name: "exception",
    pattern:
      /^\s{0,8}(?:[A-Z][A-Za-z]{2,40}(?:Error|Exception)|panic|fatal|fatal error|AssertionError|gh|npm ERR!|E {3})\b[:!]?\s.{6,}$/u,
    yes: [
      "TypeError: x is not a function",
      "panic: runtime error: index out of range",
      "fatal: not a git repository",
    ],
    no: ["Errors were found", "a TypeError can happen"],
  },
  {
    name: "said",
    pattern:
      /^.{0,120}\b(?:cannot|can't|could not|failed to|undefined|not found|no such|does not|is not|missing|denied|refused|timed out|unexpected|invalid|expected)\b.{4,}$/iu,
    yes: ["undefined: spawnDetachedAnalytics", "bind: address already in use or permission denied by it"],
    no: ["it works"],
  },
];

/** Lines of output that say nothing about the error. */
const NOISE =
  /^\s*$|^Exit code \d|^\s{0,8}[\^~]{1,80}\s*$|^\[[\w:.-]{1,40}\] (?:\$|ERROR task failed)|^\s{0,8}at\s|^\$ |^> |^\d{1,5} (?:issues?|problems?)|^\* \w{1,30}: \d|^Shell cwd was reset|^=== (?:RUN|PAUSE|CONT)|related information|:\d{1,6}: : # /u;

/** Whether the output of a check shows that it failed. `failed` is the tool's own word. */
export function didFail(kind: CommandKind, failed: boolean, output: string): boolean {
  if (failed) return true;
  if (kind !== "test" && kind !== "lint" && kind !== "build") return false;
  return failedOutput.pattern.test(clean(output));
}

/** The lines that name the error, at most `count`, the clearest kind first; line and column numbers dropped. Empty where none does. */
export function errorsIn(output: string, count: number): readonly string[] {
  const lines = clean(output)
    .split("\n", workLimits.resultLines)
    .map((line) => line.slice(0, workLimits.lineChars))
    .filter((line) => !NOISE.test(line));
  for (const rule of errorLines) {
    const found = lines.filter((line) => rule.pattern.test(line)).map(withoutPositions);
    if (found.length > 0) return [...new Set(found)].slice(0, count);
  }
  return [];
}

/** A line of a compiler without where in the file: that changes with every edit. */
function withoutPositions(line: string): string {
  return line
    .trim()
    .replace(/^(\S{1,300}?\.\w{1,8})(?:[:(]\d{1,6}(?::\d{1,6}|,\s?\d{1,6})?\)?:?)\s{0,4}(?::\s)?/u, "$1: ")
    .replace(/\s\(\d{1,6}(?:\.\d{1,4})?\s?m?s\)$/u, "")
    .replace(/^--- FAIL: /u, "FAIL: ");
}

/** What stays of an error when it happens again elsewhere: no numbers, no hashes, no folders. */
export function normalisedError(line: string): string {
  return line
    .toLowerCase()
    .replaceAll(/(?:[\w@.+-]{0,80}\/){1,20}/gu, "")
    .replaceAll(/\b[0-9a-f]{7,64}\b/gu, "#")
    .replaceAll(/\d{1,20}/gu, "#")
    .replaceAll(/\s{1,200}/gu, " ")
    .trim();
}
