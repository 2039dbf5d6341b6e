import type { Json, RunRequest } from "jobkit-core";
import { dateIn } from "../../routine/run-date.ts";
import type { Cli } from "../cli.ts";
import { cliError } from "../errors.ts";

/** Flags of commands that ask for a run. */
export interface RunFlags {
  readonly date?: string;
  readonly arg?: readonly string[];
}

/** Their declaration. */
export const runFlags = {
  date: {
    kind: "parsed",
    parse: String,
    optional: true,
    placeholder: "DATE",
    brief: "Date of the run, such as 2026-12-31; default today",
  },
  arg: {
    kind: "parsed",
    parse: String,
    optional: true,
    variadic: true,
    placeholder: "NAME=VALUE",
    brief: "An argument of the pipeline; the value is JSON, or else text",
  },
} as const;

/** The name of a pipeline. */
export const nameParameter = { brief: "Name of a pipeline", parse: String, placeholder: "NAME" } as const;
/** The id of a run. */
export const runParameter = { brief: "Id of a run", parse: String, placeholder: "RUN" } as const;

/** What the flags ask for; today is the day in the zone of the schedules. @throws USAGE_WRONG. */
export async function runRequest(cli: Cli, { date, arg = [] }: RunFlags): Promise<RunRequest> {
  const { routine } = await cli.place();
  return {
    date: date ?? dateIn(routine.zone, cli.clock.now()),
    args: Object.fromEntries(arg.map(readArgument)),
  };
}

function readArgument(text: string): readonly [name: string, value: Json] {
  const equals = text.indexOf("=");
  if (equals < 1) throw cliError("USAGE_WRONG", `reading --arg ${text}, which is not NAME=VALUE`);
  const [name, value] = [text.slice(0, equals), text.slice(equals + 1)];
  try {
    return [name, JSON.parse(value) as Json];
  } catch {
    // What is no JSON is meant as it stands: a text needs no quotes within those of the shell.
    return [name, value];
  }
}
