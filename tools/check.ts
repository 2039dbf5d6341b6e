// Everything `.ci/run` checks beside the tests, cheapest first, in one list. `pnpm check` runs it at a desk.
import { spawnSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const checks: readonly (readonly [name: string, ...command: string[]])[] = [
  ["versions agree", "sherif"],
  ["format", "oxfmt", "--check"],
  ["lint", "oxlint", "--type-aware", "--deny-warnings"],
  ["generated files are fresh", "pnpm", "-s", "codegen:check"],
  ["every export is documented", "pnpm", "-s", "docs:api", "--emit", "none"],
  ["nothing is unused", "knip"],
  ["types", "turbo", "run", "typecheck", "--output-logs=errors-only"],
  ["packages are well formed", "turbo", "run", "check:pack", "--output-logs=errors-only"],
];

const results = checks.map(([name, ...command]) => {
  const startedMs = performance.now();
  const [program = "", ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: "utf8", shell: false });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const passed = status === 0;
  console.log(`${passed ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (!passed) console.log(`${stdout}${stderr}`);
  return passed;
});

const failed = results.filter((passed) => !passed).length;
const file = process.env["TEST_COUNTS"];
if (file !== undefined) appendFileSync(file, `${results.length - failed} ${failed} 0\n`);
process.exitCode = failed === 0 ? 0 : 1;
