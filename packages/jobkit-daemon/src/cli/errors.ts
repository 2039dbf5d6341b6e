import { CodedError, defineErrors } from "jobkit-core";

/** What only a command line can get wrong. Append rows; never rename or reuse a code. */
export const cliError = defineErrors({
  USAGE_WRONG: {
    retry: false,
    doc: "The command line does not say what the command needs.",
    next: "Read the command's own --help: it has examples.",
  },
  CONTROL_ABSENT: {
    retry: false,
    doc: "A daemon holds the data folder, and this version cannot yet tell a running daemon what to do.",
    next: "Stop the daemon, do it, and start it again.",
  },
  DAEMON_ABSENT: {
    retry: false,
    doc: "The command needs a running daemon and there is none.",
    next: "Start it with `up`.",
  },
  INTERRUPTED: {
    retry: true,
    doc: "The person, or the system, told the command to stop.",
    next: "Run it again: what was begun is taken up where it was left.",
  },
});

/** An error as the lines a person reads: what was done, why it failed, what to do next. */
export function errorLines(error: unknown): readonly string[] {
  if (!(error instanceof CodedError)) {
    // Without a code it is a mistake in the program: the stack is what helps.
    return error instanceof Error ? (error.stack ?? error.message).split("\n") : [String(error)];
  }
  const cause = error.cause instanceof Error ? [`  because: ${error.cause.message}`] : [];
  return [`${error.code}: ${error.message}`, ...cause, `  next: ${error.next}`];
}
