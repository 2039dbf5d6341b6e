import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const shared = fileURLToPath(new URL("../../../../../shared/data/", import.meta.url));

/** Hundreds of starts from source: each module is stripped of its types and compiled once. */
const compiled = fileURLToPath(new URL("../../node_modules/.cache/compile", import.meta.url));

/** A folder of its own for one test, removed with it. */
export function scratch(): { readonly path: string; readonly data: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "poc-memory-test-"));
  return {
    path,
    data: join(path, "data"),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The real sessions beside the project, or why a test that needs them is skipped. */
export function sharedData(folder: string): { readonly path: string; readonly missing: string | null } {
  const path = join(shared, folder);
  return { path, missing: existsSync(path) ? null : `skipped: ${folder} is not beside this project` };
}

/** The program as it runs. */
export type Running = ChildProcess & {
  readonly ended: Promise<Ended>;
  /** Everything it has said on stderr so far. */
  readonly talk: () => string;
  /** Everything it has written to stdout so far. */
  readonly data: () => string;
};

/** How a run of the program ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Start the program from source with a home and a runtime folder inside `place`. */
export function start(place: { readonly path: string }, args: readonly string[]): Running {
  const child = spawn(process.execPath, ["--conditions=@jobkit/source", main, ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: place.path, NO_COLOR: "1", NODE_COMPILE_CACHE: compiled },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return Object.assign(child, { ended, talk: () => stderr, data: () => stdout });
}

/** Resolves when the program has said something on stderr; rejects when it ends without. */
export function said(program: Running, what: RegExp): Promise<void> {
  return shown(program, program.stderr, program.talk, what);
}

/** Resolves when the program has written something to stdout; rejects when it ends without. */
export function heard(program: Running, what: RegExp): Promise<void> {
  return shown(program, program.stdout, program.data, what);
}

async function shown(
  program: Running,
  stream: ChildProcess["stdout"],
  text: () => string,
  what: RegExp,
): Promise<void> {
  if (what.test(text())) return;
  await new Promise<void>((resolve, reject) => {
    stream?.on("data", () => {
      if (what.test(text())) resolve();
    });
    void program.ended.then(({ code, stderr }) =>
      reject(new Error(`ended with ${code} before ${what}: ${stderr}`)),
    );
  });
}

/** Run the program to its end. */
export function run(place: { readonly path: string }, ...args: string[]): Promise<Ended> {
  return start(place, args).ended;
}

/** Run a reading command with --json and parse its answer. */
export async function json(
  place: { readonly path: string; readonly data: string },
  ...args: string[]
): Promise<unknown> {
  const { stdout, stderr, code } = await run(place, ...args, "--json", "--data", place.data);
  if (stdout === "") throw new Error(`no answer from ${args.join(" ")} (exit ${code}): ${stderr}`);
  return JSON.parse(stdout);
}
