/** The commands that begin, continue and end runs of pipelines. */
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../cli.ts";
import { changeTasks } from "../control.ts";
import { commandDocs, type NoFlags } from "../docs.ts";
import { runIdOf } from "../parse.ts";
import { nameParameter, type RunFlags, runFlags, runParameter, runRequest } from "./pipeline-flags.ts";

/** `pipeline run NAME`: submit a run. */
export function pipelineRunCommand(program: string) {
  return buildCommand<RunFlags & { readonly again: boolean }, [string], CliContext>({
    docs: commandDocs(program, {
      brief: "Submit a run. At one date a pipeline runs once.",
      examples: [
        ["pipeline run daily", "today's run, unless there is one"],
        ["pipeline run daily --again", "once more"],
        ["pipeline run daily --date 2026-12-31", "the run of another day"],
      ],
    }),
    parameters: {
      flags: {
        ...runFlags,
        again: {
          kind: "boolean",
          default: false,
          withNegated: false,
          brief: "Also where that date had its run",
        },
      },
      positional: { kind: "tuple", parameters: [nameParameter] },
    },
    async func({ again, ...flags }, name) {
      const { cli } = this;
      const request = { ...(await runRequest(cli, flags)), again };
      const { run, date, end, started } = await changeTasks(cli, ({ pipelines }) =>
        pipelines.run(name, request),
      );
      if (cli.out.json) cli.out.value({ run, date, end, started });
      else cli.out.data(run);
      cli.out.talk(
        started
          ? "It is queued; the next `up` runs it."
          : `${name} has had its run at ${date}; this is its id. --again makes another.`,
      );
    },
  });
}

/** `pipeline resume RUN`: go on where a run failed. */
export function pipelineResumeCommand(program: string) {
  return buildCommand<NoFlags, [string], CliContext>({
    docs: commandDocs(program, {
      brief: "Go on with a run that failed or was cancelled; what was done stays done.",
      examples: [["pipeline resume 4f2a…", "its failed phases, and what comes after them"]],
    }),
    parameters: { positional: { kind: "tuple", parameters: [runParameter] } },
    async func(_flags, text) {
      const { cli } = this;
      const run = runIdOf(text);
      const tasks = await changeTasks(cli, ({ pipelines }) => pipelines.resume(run));
      if (cli.out.json) cli.out.value({ run, tasks });
      else for (const id of tasks) cli.out.data(id);
      cli.out.talk(
        tasks.length === 0 ? "There is nothing to go on with." : "They are queued; the next `up` runs them.",
      );
    },
  });
}

/** `pipeline cancel RUN`: end what has not ended. */
export function pipelineCancelCommand(program: string) {
  return buildCommand<{ readonly reason: string }, [string], CliContext>({
    docs: commandDocs(program, {
      brief: "Cancel a run: everything of it that has not ended.",
      examples: [["pipeline cancel 4f2a…", "it can be resumed later"]],
    }),
    parameters: {
      flags: {
        reason: {
          kind: "parsed",
          parse: String,
          default: "asked on the command line",
          brief: "Kept with its tasks",
        },
      },
      positional: { kind: "tuple", parameters: [runParameter] },
    },
    async func({ reason }, text) {
      const { cli } = this;
      const run = runIdOf(text);
      const cancelled = await changeTasks(cli, ({ pipelines }) => pipelines.cancel(run, reason));
      if (cli.out.json) cli.out.value({ run, cancelled });
      else cli.out.data(`${cancelled} cancelled`);
    },
  });
}
