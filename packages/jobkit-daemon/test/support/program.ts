import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { COMPILE_CACHE } from "./compile-cache.ts";

/** A program of test/programs that runs as a process of its own. */
export interface RunningProgram {
  readonly process: ChildProcess;
  /** The next line of its standard output. @throws when it ends first. */
  line(): Promise<string>;
  /** Everything it still says, once it has ended, and how it ended. */
  ended(): Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly rest: readonly string[];
  }>;
}

/** Start test/programs/`name` from source. It is killed when the test ends. */
export function startProgram(name: string, ...args: readonly string[]): RunningProgram {
  const path = fileURLToPath(new URL(`../programs/${name}`, import.meta.url));
  const flags = ["--conditions=@jobkit/source", "--disable-warning=ExperimentalWarning"];
  const child = spawn(process.execPath, [...flags, path, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...COMPILE_CACHE },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exit = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${name} ended before it said anything more`);
      return value;
    },
    ended: async () => {
      const rest: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next())
        rest.push(next.value);
      const [code, signal] = (await exit) as [number | null, string | null];
      return { code, signal, rest };
    },
  };
}
