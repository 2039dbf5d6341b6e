import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { runCli } from "../../src/index.ts";
import { clockwork as app } from "../programs/clockwork-app.ts";
import { COMPILE_CACHE } from "./compile-cache.ts";

/** How a command ended, with everything it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the first line of either stream that holds `text`, also when it has come already. Rejects when it ends without. */
  says(text: string): Promise<string>;
}

/** What a command is started with. */
export interface Start {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** A clean environment: nothing of the machine's own configuration, no colours, no home. */
const ENVIRONMENT = { HOME: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent" };

/** The program "clockwork" with a data folder of its own, each command in a process of its own. */
function clockwork(dataDir: string) {
  const start = (args: readonly string[], options: Start = {}): Running =>
    startNode("../programs/clockwork.ts", ["--data", dataDir, ...args], options);
  return commandsOf(start, (args, options) => start(args, options).ended);
}

/** The same command line, run in this process; what is started (a daemon, a follower) still gets its own. */
export function clockworkHere(dataDir: string) {
  const { start } = clockwork(dataDir);
  return commandsOf(start, (args, options) => runHere(["--data", dataDir, ...args], options));
}

function commandsOf(
  start: (args: readonly string[], options?: Start) => Running,
  run: (args: readonly string[], options?: Start) => Promise<Ended>,
) {
  return {
    start,
    run,
    /** Run with --json and read what it says on stdout. */
    json: async (args: readonly string[]): Promise<unknown> =>
      JSON.parse((await run([...args, "--json"])).stdout) as unknown,
  };
}

async function runHere(argv: readonly string[], { env = {}, stdin }: Start = {}): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  const code = await runCli({
    app,
    examples: [["up --once", "tick"]],
    world: {
      argv,
      env: { ...ENVIRONMENT, ...env },
      stdout: { write: (text) => (said.stdout += text) },
      stderr: { write: (text) => (said.stderr += text) },
      stdin: stdin === undefined ? null : (Readable.from([Buffer.from(stdin)]) as AsyncIterable<Uint8Array>),
      isProcess: false,
      exit: () => {
        // The code is what runCli answers; this process goes on.
      },
    },
  });
  return { code, signal: null, ...said };
}

/** Start a program from source in a process of its own, killed when the test ends. */
export function startNode(
  relative: string,
  args: readonly string[],
  { env = {}, stdin }: Start = {},
): Running {
  const path = fileURLToPath(new URL(relative, import.meta.url));
  const child = spawn(process.execPath, ["--conditions=@jobkit/source", path, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...COMPILE_CACHE, ...ENVIRONMENT, ...env },
    stdio: "pipe",
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.end(stdin ?? "");
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  const hear = (stream: "stdout" | "stderr"): void => {
    createInterface({ input: child[stream] }).on("line", (line) => {
      heard.push(line);
      for (const look of waiting) look();
    });
  };
  hear("stdout");
  hear("stderr");
  const ended = ending(child);
  const says = async (text: string): Promise<string> => {
    const found = (): string | undefined => heard.find((line) => line.includes(text));
    const line = new Promise<string>((resolve) => {
      const look = (): void => {
        const match = found();
        if (match === undefined) return;
        waiting.delete(look);
        resolve(match);
      };
      waiting.add(look);
      look();
    });
    const over = ended.then(({ stdout, stderr }) => {
      const match = found();
      if (match === undefined) throw new Error(`it ended without saying ${text}:\n${stdout}\n${stderr}`);
      return match;
    });
    return await Promise.race([line, over]);
  };
  return { process: child, ended, says };
}

function ending(child: ChildProcess): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk) => (said.stdout += String(chunk)));
  child.stderr?.on("data", (chunk) => (said.stderr += String(chunk)));
  return new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, ...said }));
  });
}
