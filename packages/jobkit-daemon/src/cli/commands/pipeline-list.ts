import { buildCommand } from "@stricli/core";
import type { Pipeline, RunSummary } from "jobkit-core";
import { cleanLine } from "../clean-text.ts";
import type { Cli, CliContext } from "../cli.ts";
import { commandDocs, type NoFlags } from "../docs.ts";
import { moment } from "../draw/amount.ts";
import { tableLines } from "../draw/table.ts";
import { lookAtPipelines } from "../look-at-pipelines.ts";
import { schedulesNow } from "../schedules-now.ts";

/** One pipeline in a list. Times are wall time in ms since 1970. */
interface Listed {
  readonly name: string;
  readonly doc: string;
  readonly phases: readonly string[];
  readonly schedules: readonly string[];
  readonly nextDueAtMs: number | null;
  readonly lastRun: RunSummary | null;
}

/** `pipeline list`: every pipeline, when it is due, and how its last run ended. */
export function pipelineListCommand(program: string) {
  return buildCommand<NoFlags, [], CliContext>({
    docs: commandDocs(program, {
      brief: "List the pipelines: their phases, when they are due next, how the last run ended.",
      examples: [
        ["pipeline list", "for people"],
        ["pipeline list --json", "for programs"],
      ],
    }),
    parameters: {},
    async func() {
      const { cli } = this;
      const listed = await listPipelines(cli);
      if (cli.out.json) cli.out.value({ pipelines: listed });
      else for (const line of listLines(listed, cli.out.columns)) cli.out.data(line);
      if (listed.length === 0) cli.out.talk("No pipelines.");
    },
  });
}

async function listPipelines(cli: Cli): Promise<readonly Listed[]> {
  const schedules = await schedulesNow(cli);
  return await lookAtPipelines(cli, async (pipelines) => {
    const all = pipelines.names().map((name) => pipelines.show(name));
    return await Promise.all(
      all.map(async ({ name, doc, phases }: Pipeline): Promise<Listed> => {
        const [lastRun = null] = await pipelines.runs(name, 1);
        const own = schedules.filter(({ pipeline }) => pipeline === name);
        const dues = own.flatMap(({ nextMs }) => (nextMs === null ? [] : [nextMs]));
        return {
          name,
          doc,
          phases: phases.map((phase) => phase.name),
          schedules: own.map((schedule) => schedule.name),
          nextDueAtMs: dues.length === 0 ? null : Math.min(...dues),
          lastRun,
        };
      }),
    );
  });
}

function listLines(listed: readonly Listed[], columns: number): readonly string[] {
  if (listed.length === 0) return [];
  const rows = listed.map(({ name, phases, nextDueAtMs, lastRun, doc }) => [
    name,
    String(phases.length),
    nextDueAtMs === null ? "" : moment(nextDueAtMs),
    lastRun === null ? "never" : `${lastRun.date} ${lastRun.outcome}`,
    cleanLine(doc),
  ]);
  const heads = [
    { head: "PIPELINE" },
    { head: "PHASES", align: "right" as const },
    { head: "NEXT DUE" },
    { head: "LAST RUN" },
    { head: "WHAT" },
  ];
  return tableLines(heads, rows, columns);
}
