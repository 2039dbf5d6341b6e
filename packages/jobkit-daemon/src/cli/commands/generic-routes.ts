import { buildRouteMap } from "@stricli/core";
import type { CliContext, CliRoute } from "../cli.ts";
import { commandDocs } from "../docs.ts";
import { configRoutes } from "./config.ts";
import { countersCommand } from "./counters.ts";
import { doctorCommand } from "./doctor.ts";
import { eventsCommand } from "./events.ts";
import { healthCommand } from "./health.ts";
import { jobsCancelCommand, jobsRetryCommand, jobsSubmitCommand } from "./jobs-change.ts";
import { jobsListCommand } from "./jobs-list.ts";
import { jobsPauseCommand, jobsResumeCommand } from "./jobs-pause.ts";
import { jobsShowCommand } from "./jobs-show.ts";
import { metricsCommand } from "./metrics.ts";
import { pipelineRoutes } from "./pipeline-routes.ts";
import { scheduleRoutes } from "./schedules.ts";
import { statusCommand } from "./status.ts";
import { upCommand } from "./up.ts";

/** The commands that every application has. `program` is the name people type. */
export function genericRoutes(program: string): Readonly<Record<string, CliRoute>> {
  return {
    up: upCommand(program),
    status: statusCommand(program),
    health: healthCommand(program),
    doctor: doctorCommand(program),
    jobs: buildRouteMap<string, CliContext>({
      routes: {
        list: jobsListCommand(program),
        show: jobsShowCommand(program),
        submit: jobsSubmitCommand(program),
        cancel: jobsCancelCommand(program),
        retry: jobsRetryCommand(program),
        pause: jobsPauseCommand(program),
        resume: jobsResumeCommand(program),
      },
      docs: commandDocs(program, {
        brief: "The tasks: list, show, submit, cancel, retry, pause, resume.",
        examples: [
          ["jobs list --state failed", "what went wrong"],
          ["jobs retry ID", "try it again"],
        ],
      }),
    }),
    pipeline: pipelineRoutes(program),
    schedules: scheduleRoutes(program),
    events: eventsCommand(program),
    counters: countersCommand(program),
    metrics: metricsCommand(program),
    config: configRoutes(program),
  };
}
