import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A fault that the kernel is made to answer with, in the words of strace: "fdatasync:error=EIO:when=3". */
export type Injection = `${"fdatasync" | "pwrite64" | "openat" | "ftruncate"}:${string}`;

/** Every thread, and only the calls that are asked for: others cost nothing. */
const TRACE = ["-f", "-qq", "--seccomp-bpf", "-e"];

/**
 * Run one of the programs in `child/` to its end with faults injected by strace, which counts the calls of each
 * thread for itself: so the program has one thread beside its main one that waits for disks.
 * @param trace file that gets a line for each of those calls.
 * @returns what it printed, or `null` where strace is not there or may not trace.
 */
export function runUnderFaults(
  name: string,
  args: readonly string[],
  faults: readonly Injection[],
  compiled: string,
  trace = "/dev/null",
): string | null {
  const script = fileURLToPath(new URL(`child/${name}.ts`, import.meta.url));
  const calls = [...new Set(faults.map((fault) => fault.split(":")[0]))].join(",");
  const ran = spawnSync(
    "strace",
    [
      "-o",
      trace,
      ...TRACE,
      `trace=${calls}`,
      ...faults.flatMap((fault) => ["-e", `inject=${fault}`]),
      process.execPath,
      "--conditions=@jobkit/source",
      script,
      ...args,
    ],
    { encoding: "utf8", env: { ...process.env, NODE_COMPILE_CACHE: compiled, UV_THREADPOOL_SIZE: "1" } },
  );
  if (ran.error !== undefined || ran.stderr.includes("PTRACE_TRACEME")) return null;
  if (ran.status !== 0) throw new Error(`${name} ended with ${ran.status}: ${ran.stderr}`);
  return ran.stdout;
}

/** What a test says that is skipped for want of it. */
export const NO_STRACE = "strace is not there or may not trace here";
