import { buildCommand } from "@stricli/core";
import {
  drawLayers,
  drawMermaid,
  jobkitError,
  type Pipeline,
  pipelineOf,
  type RunId,
  type RunStatus,
  sayDuration,
} from "jobkit-core";
import { cleanLine } from "../clean-text.ts";
import type { Cli, CliContext } from "../cli.ts";
import { commandDocs } from "../docs.ts";
import { moment } from "../draw/amount.ts";
import { lookAtPipelines, type PipelinesView } from "../look-at-pipelines.ts";
import { runIdOf } from "../parse.ts";

interface Flags {
  readonly mermaid: boolean;
  readonly run?: string;
}

const COLUMNS_MAX = 120;

/** `pipeline show NAME`: a picture of it, with how far the newest run is. */
export function pipelineShowCommand(program: string) {
  return buildCommand<Flags, [string], CliContext>({
    docs: commandDocs(program, {
      brief: "Draw a pipeline, with how far its newest run is.",
      examples: [
        ["pipeline show daily", "phases, what waits for what, the newest run"],
        ["pipeline show daily --run 4f2a…", "another run, as the pipeline was then"],
        ["pipeline show daily --mermaid", "a chart for a page or an issue"],
      ],
    }),
    parameters: {
      flags: {
        mermaid: { kind: "boolean", default: false, withNegated: false, brief: "As a Mermaid flowchart" },
        run: { kind: "parsed", parse: String, optional: true, placeholder: "RUN", brief: "This run" },
      },
      positional: {
        kind: "tuple",
        parameters: [{ brief: "Name of a pipeline", parse: String, placeholder: "NAME" }],
      },
    },
    async func({ mermaid, run }, name) {
      const { cli } = this;
      await lookAtPipelines(cli, async (pipelines) => {
        const asked = run === undefined ? undefined : runIdOf(run);
        const status = await statusOf(pipelines, name, asked);
        // A run that was asked for is drawn with the phases it had; else those that hold now.
        const pipeline = status !== null && asked !== undefined ? pipelineOf(status) : pipelines.show(name);
        if (cli.out.json) {
          const estimate = await pipelines.estimate(name, status ?? undefined);
          cli.out.value({ pipeline, run: status, estimate });
        } else if (mermaid) cli.out.data(drawMermaid(pipeline, status ?? undefined).trimEnd());
        else await draw(cli, pipelines, pipeline, status);
      });
    },
  });
}

/** The run that was asked for, else the newest whose tasks are kept; `null` where there is none. */
async function statusOf(
  pipelines: PipelinesView,
  name: string,
  asked: RunId | undefined,
): Promise<RunStatus | null> {
  if (asked !== undefined) {
    const status = await pipelines.status(asked);
    if (status.pipeline === name) return status;
    throw jobkitError("RUN_UNKNOWN", `looking for run ${asked} of ${name}: it is one of ${status.pipeline}`);
  }
  const [newest] = await pipelines.runs(name, 1);
  return newest === undefined || newest.outcome === "forgotten" ? null : await pipelines.status(newest.run);
}

async function draw(
  cli: Cli,
  pipelines: PipelinesView,
  pipeline: Pipeline,
  status: RunStatus | null,
): Promise<void> {
  const width = Math.min(cli.out.columns, COLUMNS_MAX);
  const nowMs = cli.clock.now();
  const options = { width, nowMs, ...(status === null ? {} : { status }) };
  for (const line of drawLayers(pipeline, options)) cli.out.data(cleanLine(line));
  if (status === null) return;
  const { run, date, outcome } = status;
  cli.out.data("");
  cli.out.data(cli.out.style.dim(`run ${run} of ${cleanLine(date)}: ${outcome}`));
  if (outcome !== "running") return;
  const { expectedEndMs, deviationMs } = await pipelines.estimate(pipeline.name, status);
  const off = deviationMs >= 1 ? ` ± ${sayDuration(Math.round(deviationMs))}` : "";
  cli.out.data(cli.out.style.dim(`expected to end ${moment(expectedEndMs)}${off}`));
}
