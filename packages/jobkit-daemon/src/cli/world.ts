import type { Writer } from "./output.ts";

/** Everything a command line has of the process around it, as arguments. */
export interface CliWorld {
  /** Without the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writer;
  readonly stderr: Writer;
  /** `null` where stdin is a terminal: nobody is made to type into a command that does not ask. */
  readonly stdin: AsyncIterable<Uint8Array> | null;
  /** Aborts when the person interrupts. Absent: nobody can. */
  readonly signal?: AbortSignal;
  /** The signals of this process are the daemon's to obey while it runs. */
  readonly isProcess: boolean;
  /** Told once, at the end. */
  exit(code: number): void;
}

/**
 * The world of a real process. A reader that closes stdout early (`| head`) ends the process quietly; where nobody
 * reads stderr any more (its terminal was closed), work goes on without talk.
 */
export function processWorld(target: NodeJS.Process): CliWorld {
  target.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Nobody reads any more: there is no one left to tell, and nothing went wrong.
    if (isUnread(error)) target.exit(0);
    throw error;
  });
  target.stderr.on("error", (error: NodeJS.ErrnoException) => {
    // A daemon must outlive whoever watched it; everything it says is in the event log too.
    if (!isUnread(error)) throw error;
  });
  return {
    argv: target.argv.slice(2),
    env: target.env,
    stdout: target.stdout,
    stderr: target.stderr,
    stdin: target.stdin.isTTY ? null : target.stdin,
    isProcess: true,
    exit: (code) => {
      target.exitCode = code;
      // A job that was abandoned may still hold timers or sockets; once everything said is out, the process is over.
      target.stdout.write("", () => target.stderr.write("", () => target.exit(code)));
    },
  };
}

/** EPIPE: the reader of a pipe has gone. EIO: the terminal was closed. */
function isUnread({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || code === "EIO";
}
