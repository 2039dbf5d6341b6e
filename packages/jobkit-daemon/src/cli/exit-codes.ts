import { CodedError } from "jobkit-core";

/** One exit code: the number a shell sees and what it means. */
export interface ExitCodeRow {
  readonly code: number;
  readonly doc: string;
}

/** Every exit code of every command. Released numbers never change their meaning. */
export const exitCodes = {
  ok: { code: 0, doc: "It worked." },
  failure: { code: 1, doc: "It failed, or a task of it ended failed." },
  usage: { code: 2, doc: "The command line or the configuration is wrong." },
  noDaemon: { code: 3, doc: "It needs a daemon that runs and can be talked to." },
  unhealthy: { code: 4, doc: "Looked, and found something unwell." },
  deadline: { code: 5, doc: "A deadline passed first." },
  interrupted: { code: 130, doc: "It was interrupted." },
} as const satisfies Readonly<Record<string, ExitCodeRow>>;

/** Error codes that end a command other than with 1. Codes of every table may stand here. */
const exitOfError: Readonly<Record<string, number>> = {
  USAGE_WRONG: exitCodes.usage.code,
  CONFIG_INVALID: exitCodes.usage.code,
  SETTING_UNKNOWN: exitCodes.usage.code,
  SETTING_INVALID: exitCodes.usage.code,
  FILTER_INVALID: exitCodes.usage.code,
  JOB_UNKNOWN: exitCodes.usage.code,
  INPUT_INVALID: exitCodes.usage.code,
  PIPELINE_UNKNOWN: exitCodes.usage.code,
  PIPELINE_INVALID: exitCodes.usage.code,
  SCHEDULE_UNKNOWN: exitCodes.usage.code,
  CONTROL_ABSENT: exitCodes.noDaemon.code,
  DAEMON_ABSENT: exitCodes.noDaemon.code,
  INTERRUPTED: exitCodes.interrupted.code,
};

/** The exit code for a command that threw `error`. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CodedError) return exitOfError[error.code] ?? exitCodes.failure.code;
  return exitCodes.failure.code;
}

/** The table as lines for the help text. */
export function exitCodeLines(): readonly string[] {
  return Object.values(exitCodes).map(({ code, doc }) => `${String(code).padStart(3)}  ${doc}`);
}
