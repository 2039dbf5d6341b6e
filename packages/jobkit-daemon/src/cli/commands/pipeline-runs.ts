import { buildCommand } from "@stricli/core";
import type { RunSummary } from "jobkit-core";
import { cleanLine } from "../clean-text.ts";
import type { CliContext } from "../cli.ts";
import { commandDocs } from "../docs.ts";
import { duration, moment } from "../draw/amount.ts";
import { tableLines } from "../draw/table.ts";
import { lookAtPipelines } from "../look-at-pipelines.ts";
import { wholeNumber } from "../parse.ts";
import { nameParameter } from "./pipeline-flags.ts";

const LIMIT_DEFAULT = "20";
/** So many runs are remembered of a pipeline. */
const LIMIT_MAX = 50;

/** `pipeline runs NAME`: its newest runs and how they ended. */
export function pipelineRunsCommand(program: string) {
  return buildCommand<{ readonly limit: number }, [string], CliContext>({
    docs: commandDocs(program, {
      brief: "List the newest runs of a pipeline and how they ended.",
      examples: [["pipeline runs daily --limit 5", "the last five"]],
    }),
    parameters: {
      flags: {
        limit: {
          kind: "parsed",
          parse: wholeNumber(1, LIMIT_MAX),
          default: LIMIT_DEFAULT,
          placeholder: "N",
          brief: "At most so many",
        },
      },
      positional: { kind: "tuple", parameters: [nameParameter] },
    },
    async func({ limit }, name) {
      const { cli } = this;
      const runs = await lookAtPipelines(cli, (pipelines) => pipelines.runs(name, limit));
      if (cli.out.json) cli.out.value({ pipeline: name, runs });
      else for (const line of runLines(runs, cli.out.columns)) cli.out.data(line);
      if (runs.length === 0) cli.out.talk(`${name} has not run yet.`);
    },
  });
}

function runLines(runs: readonly RunSummary[], columns: number): readonly string[] {
  if (runs.length === 0) return [];
  const rows = runs.map(({ run, date, outcome, submittedAtMs, endedAtMs }) => [
    run,
    cleanLine(date),
    outcome,
    moment(submittedAtMs),
    endedAtMs === null ? "" : duration(Math.max(0, endedAtMs - submittedAtMs)),
  ]);
  const heads = [
    { head: "RUN" },
    { head: "DATE" },
    { head: "OUTCOME" },
    { head: "SUBMITTED" },
    { head: "TOOK", align: "right" as const },
  ];
  return tableLines(heads, rows, columns);
}
