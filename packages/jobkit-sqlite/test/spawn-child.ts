import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/**
 * Start one of the programs in `child/`, from source. Its stderr is this process's.
 * @param compiled a folder that keeps what it compiled, for programs that are started many times.
 */
export function spawnChild(
  name: string,
  args: readonly string[],
  compiled?: string,
): ChildProcessByStdio<null, Readable, null> {
  const script = fileURLToPath(new URL(`child/${name}.ts`, import.meta.url));
  return spawn(process.execPath, ["--conditions=@jobkit/source", script, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: compiled === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
}
