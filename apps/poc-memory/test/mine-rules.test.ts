import { expect, test } from "vitest";
import * as choices from "../src/mine/rules/choices.ts";
import * as doubt from "../src/mine/rules/doubt.ts";
import { didFail, errorLines, errorsIn, failedOutput, normalisedError } from "../src/mine/rules/failures.ts";
import * as preferences from "../src/mine/rules/preferences.ts";
import { kindOf, programRules } from "../src/mine/rules/programs.ts";
import * as requests from "../src/mine/rules/requests.ts";
import type { Rule } from "../src/mine/rules/rule.ts";
import * as statements from "../src/mine/rules/statements.ts";
import { commandParts, commitMessage, programOf } from "../src/mine/command-line.ts";

const isRule = (value: unknown): value is Rule =>
  typeof value === "object" && value !== null && "pattern" in value;
const rulesOf = (module: object): readonly Rule[] =>
  Object.values(module).flatMap((value: unknown) =>
    Array.isArray(value) ? (value as unknown[]).filter(isRule) : isRule(value) ? [value] : [],
  );
const all: readonly Rule[] = [
  failedOutput,
  ...errorLines,
  ...programRules,
  ...[choices, doubt, preferences, requests, statements].flatMap(rulesOf),
];

const withoutClasses = (rule: Rule): string =>
  rule.pattern.source.replaceAll(/\[(?:[^\]\\]|\\.)*\]/gu, "[]").replaceAll(String.raw`\s*$`, "");
const wish = (text: string): boolean =>
  preferences.preferenceRules.some((rule) => rule.pattern.test(text)) &&
  !preferences.momentary.pattern.test(text);

test("every rule takes its own examples and leaves its own counter-examples", () => {
  const wrong = all.flatMap((rule) => [
    ...rule.yes.filter((text) => !rule.pattern.test(text)).map((text) => `${rule.name} should take: ${text}`),
    ...rule.no.filter((text) => rule.pattern.test(text)).map((text) => `${rule.name} should leave: ${text}`),
  ]);

  expect(wrong).toEqual([]);
});

test("every rule has examples on both sides", () => {
  expect(
    all.filter((rule) => rule.yes.length === 0 || rule.no.length === 0).map((rule) => rule.name),
  ).toEqual([]);
  expect(all.length).toBeGreaterThan(50);
});

test("no rule repeats without a bound, but for white space at the end", () => {
  expect(all.filter((rule) => /(?<!\\)[+*]/u.test(withoutClasses(rule))).map((rule) => rule.name)).toEqual(
    [],
  );
});

test("no rule keeps a memory of where it stopped", () => {
  expect(all.filter((rule) => rule.pattern.global || rule.pattern.sticky).map((rule) => rule.name)).toEqual(
    [],
  );
});

test("the person's standing wishes are told from orders of the moment", () => {
  expect(
    [
      "Always run the linter before you commit.",
      "never force-push",
      "use pnpm not npm",
      "I prefer named exports.",
      "Don't commit unless I ask you to.",
      "stop adding comments everywhere",
      "From now on answer in German.",
    ].filter((text) => !wish(text)),
  ).toEqual([]);
  expect(
    [
      "fix this",
      "commit this",
      "push",
      "don't commit yet",
      "should we always do this?",
      "never mind",
      "I don't think it ever worked",
      "it always fails on CI",
      "help me do them in order",
    ].filter(wish),
  ).toEqual([]);
});

test("wishes are recognised in the words people use for them", () => {
  const wishes = [
    "please don't add co-authored-by lines to commits",
    "No emojis in commit messages please.",
    "make sure the tests pass before you push",
    "we use pnpm here, not npm",
    "Ask me before installing anything new.",
    "keep PRs small and focused",
    "Commit messages should start with the package name.",
    "In this repo we never mock the database.",
    "Next time, read the error before you change anything.",
    "remember that our CI has no network",
    "I hate barrel files",
    "no, don't use any in TypeScript",
  ];
  const orders = [
    "add a test for the empty cart",
    "use the second approach",
    "don't worry about it",
    "remove the console.log in cart.ts",
    "run the tests again",
    "make sure it works",
    "please keep going",
    "why does it never finish?",
    "I always get this error: cannot find module",
    "can you always show the total on the page",
    "it should use the cache instead of the network",
    "no that's the wrong file",
    "rename it to order.ts and push",
  ];

  expect(wishes.filter((text) => !wish(text))).toEqual([]);
  expect(orders.filter(wish)).toEqual([]);
});

test("a chain is cut into commands without what only shapes their output", () => {
  const parts = commandParts(
    "cd packages/a && GOOS=windows go build ./... 2>&1 | tail -5; mise run lint > /tmp/x && echo done",
    "/r",
    "/r",
  );

  expect(parts).toEqual([
    { command: "GOOS=windows go build ./...", kind: "build", folder: "packages/a" },
    { command: "mise run lint", kind: "lint", folder: "packages/a" },
  ]);
});

test("what stands in quotes or a heredoc is no command", () => {
  expect(
    commandParts(`git commit -m "npm test; make" && cat <<'EOF' > x\nnpm test\nEOF`, null, null).map(
      (part) => part.kind,
    ),
  ).not.toContain("test");
  expect(kindOf("grep -rn test src")).toBe("other");
});

test("a commit's message is read from either form, without its trailers", () => {
  const heredoc = `git commit -m "$(cat <<'EOF'\nfix: close the file\n\nIt leaked because nobody closed it.\n\nCo-Authored-By: X <x@example.com>\nEOF\n)"`;

  expect(commitMessage(heredoc)).toEqual({
    subject: "fix: close the file",
    body: "It leaked because nobody closed it.",
  });
  expect(commitMessage(`git add -A && git commit -qm 'one line'`)).toEqual({ subject: "one line", body: "" });
  expect(commitMessage("git log --oneline")).toBeNull();
});

test("variants of a command have one program", () => {
  expect(programOf("GOOS=linux go test -v ./a/...")).toBe("go test");
  expect(programOf("mise run test:integration")).toBe("mise run test:integration");
});

test("a failure that a pipe has hidden shows in the output", () => {
  expect(didFail("test", false, "--- FAIL: TestX (0.01s)\nFAIL")).toBe(true);
  expect(didFail("test", false, "ok  \tpkg\t0.1s")).toBe(false);
  expect(didFail("run", false, "FAIL")).toBe(false);
});

test("the error line is found among the noise and keeps no positions", () => {
  const output =
    "Exit code 1\n[lint] $ golangci-lint run ./...\ncmd/main.go:19:13: G304: Potential file inclusion via variable (gosec)\n\t\tf, err := os.Create(x)\n\t\t          ^\n3 issues:\n* gosec: 3";

  expect(errorsIn(output, 2)).toEqual(["cmd/main.go: G304: Potential file inclusion via variable (gosec)"]);
  expect(normalisedError("/a/b/main.go: line 3: bad 1f2e3d4c5b6a")).toBe(
    normalisedError("/x/main.go: line 99: bad 0a1b2c3d4e5f"),
  );
});
