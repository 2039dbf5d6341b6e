/** The commands that change tasks: submit, cancel, retry. All of them go through the one control. */
import { buildCommand } from "@stricli/core";
import type { Json, NewTask } from "jobkit-core";
import { changeTasks } from "../control.ts";
import type { Cli, CliContext } from "../cli.ts";
import { commandDocs, type NoFlags } from "../docs.ts";
import { cliError } from "../errors.ts";
import { taskIds, wholeNumber } from "../parse.ts";

const DELAY_MAX_MS = 366 * 86_400_000;
const REASON_DEFAULT = "asked on the command line";

interface SubmitFlags {
  readonly key?: string;
  readonly priority?: number;
  readonly delayMs?: number;
  readonly label?: readonly string[];
}

/** `jobs submit JOB [INPUT]`: one more task. The input is JSON, on the line or on stdin. */
export function jobsSubmitCommand(program: string) {
  return buildCommand<SubmitFlags, [string, string?], CliContext>({
    docs: commandDocs(program, {
      brief: "Add a task. The input is JSON: as an argument, or `-` for stdin.",
      examples: [
        [`jobs submit NAME '{"path":"a.txt"}'`, "one task, due at once"],
        ["jobs submit NAME - < input.json", "the input from a file"],
        ["jobs submit NAME '{}' --key daily --delay-ms 60000", "unique while unfinished, due in a minute"],
      ],
    }),
    parameters: {
      flags: {
        key: {
          kind: "parsed",
          parse: String,
          optional: true,
          placeholder: "TEXT",
          brief: "Unique among unfinished tasks",
        },
        priority: { kind: "parsed", parse: integer, optional: true, brief: "Larger starts earlier" },
        delayMs: {
          kind: "parsed",
          parse: wholeNumber(0, DELAY_MAX_MS),
          optional: true,
          placeholder: "MS",
          brief: "Not before so many milliseconds",
        },
        label: {
          kind: "parsed",
          parse: String,
          optional: true,
          variadic: true,
          placeholder: "NAME=VALUE",
          brief: "Free words to group by",
        },
      },
      positional: {
        kind: "tuple",
        parameters: [
          { brief: "Name of the job", parse: String, placeholder: "JOB" },
          { brief: "Its input as JSON; `-` for stdin", parse: String, placeholder: "INPUT", optional: true },
        ],
      },
    },
    async func(flags, job, text = "{}") {
      await submit(this.cli, flags, { job, text });
    },
  });
}

async function submit(
  cli: Cli,
  flags: SubmitFlags,
  { job, text }: { readonly job: string; readonly text: string },
): Promise<void> {
  const input = parseInput(text === "-" ? await cli.readStdin() : text);
  const task: NewTask = {
    job,
    input,
    labels: labelsOf(flags.label ?? []),
    ...(flags.key === undefined ? {} : { key: flags.key }),
    ...(flags.priority === undefined ? {} : { priority: flags.priority }),
    ...(flags.delayMs === undefined ? {} : { dueAtMs: cli.clock.now() + flags.delayMs }),
  };
  const [answer] = await changeTasks(cli, (control) => control.submit([task]));
  if (answer === undefined) throw new RangeError("the store gave no answer to a submission");
  if (cli.out.json) cli.out.value({ id: answer.id, added: answer.added });
  else cli.out.data(answer.id);
  if (!answer.added) cli.out.talk("An unfinished task of that key is already there; this is its id.");
}

/** `jobs cancel ID…`: end tasks that wait. */
export function jobsCancelCommand(program: string) {
  return buildCommand<{ readonly reason: string }, string[], CliContext>({
    docs: commandDocs(program, {
      brief: "Cancel tasks.",
      examples: [["jobs cancel 0mr8z2… 0mr8z3…", "end them; what waits for them is skipped"]],
    }),
    parameters: {
      flags: {
        reason: { kind: "parsed", parse: String, default: REASON_DEFAULT, brief: "Kept with the task" },
      },
      positional: { kind: "array", minimum: 1, parameter: idParameter },
    },
    async func({ reason }, ...texts) {
      const ids = taskIds(texts);
      const answers = await changeTasks(this.cli, (control) => control.cancel(ids, reason));
      report(this.cli, "cancelled", answers);
    },
  });
}

/** `jobs retry ID…`: put ended tasks back. */
export function jobsRetryCommand(program: string) {
  return buildCommand<NoFlags, string[], CliContext>({
    docs: commandDocs(program, {
      brief: "Try failed, cancelled or skipped tasks again.",
      examples: [["jobs retry 0mr8z2…", "ready at once, counting attempts from the start"]],
    }),
    parameters: { positional: { kind: "array", minimum: 1, parameter: idParameter } },
    async func(_flags, ...texts) {
      const ids = taskIds(texts);
      const put = new Set(await changeTasks(this.cli, (control) => control.retry(ids)));
      const answers = ids.map((id) => ({ id, was: put.has(id) ? "ready" : "unchanged" }));
      report(this.cli, "retried", answers);
    },
  });
}

const idParameter = { brief: "Id of a task", parse: String, placeholder: "ID" };

function report(
  cli: Cli,
  field: string,
  answers: readonly { readonly id: string; readonly was: string }[],
): void {
  const told = answers.map(({ id, was }) => ({ id, was }));
  if (cli.out.json) cli.out.value({ [field]: told });
  else for (const { id, was } of told) cli.out.data(`${id}  ${was}`);
}

function parseInput(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw cliError("USAGE_WRONG", "reading the input of the task as JSON", {
      cause,
      next: `Quote it for the shell, for example '{"path":"a.txt"}'.`,
    });
  }
}

function labelsOf(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf("=");
      if (equals < 1) throw cliError("USAGE_WRONG", `reading --label ${text}, which is not NAME=VALUE`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}

function integer(text: string): number {
  const value = /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new RangeError("a whole number");
  return value;
}
