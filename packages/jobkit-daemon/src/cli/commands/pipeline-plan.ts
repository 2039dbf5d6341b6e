import { buildCommand } from "@stricli/core";
import { describePlan, type ExpectedPlan, type RunRequest } from "jobkit-core";
import { cleanLine } from "../clean-text.ts";
import type { Cli, CliContext } from "../cli.ts";
import { changeTasks } from "../control.ts";
import { commandDocs } from "../docs.ts";
import { lookAtPipelines, type PipelinesView } from "../look-at-pipelines.ts";
import { withView } from "../status-now.ts";
import { nameParameter, type RunFlags, runFlags, runRequest } from "./pipeline-flags.ts";

/** `pipeline plan NAME`: what a run would do now. Changes nothing. */
export function pipelinePlanCommand(program: string) {
  return buildCommand<RunFlags, [string], CliContext>({
    docs: commandDocs(program, {
      brief: "Say what a run would do now, phase by phase, and how long it would take. Changes nothing.",
      examples: [
        ["pipeline plan daily", "today's run"],
        ["pipeline plan daily --date 2026-12-31 --arg limit=5", "another one"],
      ],
    }),
    parameters: { flags: runFlags, positional: { kind: "tuple", parameters: [nameParameter] } },
    async func(flags, name) {
      const { cli } = this;
      const plan = await planOf(cli, name, await runRequest(cli, flags));
      if (cli.out.json) cli.out.value(plan);
      else for (const line of describePlan(plan, plan.expected)) cli.out.data(cleanLine(line));
    },
  });
}

/** Asked of the application as it is seen without the lock, where it can be; else of the opened one. */
async function planOf(cli: Cli, name: string, request: RunRequest): Promise<ExpectedPlan> {
  const signal = cli.signal ?? undefined;
  const plan = async (pipelines: PipelinesView): Promise<ExpectedPlan> =>
    await pipelines.plan(name, request, signal);
  // A mistake in the name is told before anything is opened.
  await lookAtPipelines(cli, async (pipelines) => pipelines.show(name));
  const seen = await withView(cli, async (view) =>
    view?.phases === undefined ? null : await lookAtPipelines(cli, plan, view.phases),
  );
  return seen ?? (await changeTasks(cli, ({ pipelines }) => plan(pipelines)));
}
