import { buildRouteMap } from "@stricli/core";
import type { CliContext, CliRoute } from "../cli.ts";
import { commandDocs } from "../docs.ts";
import { pipelineCancelCommand, pipelineResumeCommand, pipelineRunCommand } from "./pipeline-change.ts";
import { pipelineListCommand } from "./pipeline-list.ts";
import { pipelinePlanCommand } from "./pipeline-plan.ts";
import { pipelineRunsCommand } from "./pipeline-runs.ts";
import { pipelineShowCommand } from "./pipeline-show.ts";

/** `pipeline …`: what runs in phases. */
export function pipelineRoutes(program: string): CliRoute {
  return buildRouteMap<string, CliContext>({
    routes: {
      list: pipelineListCommand(program),
      show: pipelineShowCommand(program),
      plan: pipelinePlanCommand(program),
      run: pipelineRunCommand(program),
      runs: pipelineRunsCommand(program),
      resume: pipelineResumeCommand(program),
      cancel: pipelineCancelCommand(program),
    },
    docs: commandDocs(program, {
      brief: "Work in phases: list, show, plan, run, runs, resume, cancel.",
      examples: [
        ["pipeline list", "what there is and how it went last"],
        ["pipeline plan NAME", "what a run would do"],
      ],
    }),
  });
}
