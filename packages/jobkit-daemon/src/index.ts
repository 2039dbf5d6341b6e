/** The front door of jobkit-daemon, grouped by who reads it. */

// For whoever writes an application.
export { defineApp } from "./app.ts";
export type {
  App,
  AppContext,
  AppParts,
  AppView,
  DoctorFinding,
  HealthFinding,
  InspectContext,
  NoSettings,
  Reconciler,
  StatusFields,
} from "./app.ts";
export type { AppRoutine } from "./routine/routine.ts";
export type { DateStyle, ScheduleSpec } from "./routine/schedule-spec.ts";
export { runCli } from "./cli/run-cli.ts";
export type { CliOptions } from "./cli/run-cli.ts";

// For whoever writes commands of an application. The two builders are those of @stricli/core.
export { buildCommand, buildRouteMap } from "@stricli/core";
export type { Cli, CliContext, CliRoute } from "./cli/cli.ts";
export type { CliWorld } from "./cli/world.ts";
export type { GlobalFlag } from "./cli/globals.ts";
export { globalFlags } from "./cli/globals.ts";
export { Output } from "./cli/output.ts";
export type { OutputOptions, Writer } from "./cli/output.ts";
export type { Style } from "./cli/style.ts";
export { ProgressLine } from "./cli/progress-line.ts";
export { commandDocs } from "./cli/docs.ts";
export type { CommandWords, NoFlags } from "./cli/docs.ts";
export { cliError, errorLines } from "./cli/errors.ts";
export { exitCodeOf, exitCodes } from "./cli/exit-codes.ts";
export type { ExitCodeRow } from "./cli/exit-codes.ts";
export { cleanJson, cleanLine, cleanText } from "./cli/clean-text.ts";
export { wholeNumber } from "./cli/parse.ts";
export { bytes, duration, grouped, moment } from "./cli/draw/amount.ts";
export { bar, gauge } from "./cli/draw/bar.ts";
export { tableLines } from "./cli/draw/table.ts";
export type { Column } from "./cli/draw/table.ts";
export { readStatusNow } from "./cli/status-now.ts";
export type { StatusNow } from "./cli/status-now.ts";
export { changeTasks } from "./cli/control.ts";
export type { TaskControl } from "./cli/control.ts";
export type { Place } from "./place.ts";

// For whoever runs a daemon without a command line.
export { runDaemon } from "./daemon.ts";
export type {
  HeldBy,
  RunningTask,
  RunOptions,
  RunProgress,
  RunReport,
  RunSummary,
  TaskFailureNote,
} from "./run-options.ts";
export type { SettingsRequest } from "./settings-in-force.ts";

// For whoever reads what a daemon leaves: its events, settings, errors, status.
export { daemonEvents } from "./events.ts";
export type { DaemonEvents } from "./events.ts";
export { daemonSettings } from "./settings.ts";
export type { DaemonSettings } from "./settings.ts";
export { daemonError } from "./errors.ts";
export { configJsonSchema } from "./config/config-schema.ts";
export { shellError } from "./shell-errors.ts";
export type {
  DaemonStatus,
  HealthStatus,
  HeldStatus,
  LaneStatus,
  PoolStatus,
  QueueCounts,
  RunningStatus,
  ShellStatus,
} from "./status-json.ts";
export { inspectInstance } from "./instance/instance.ts";
export type { InstanceView } from "./instance/instance.ts";
export type { HolderInfo } from "./instance/holder.ts";
export { resolvePaths } from "./paths.ts";
export type { Paths, PathsRequest } from "./paths.ts";

// The world as it is, for whoever runs jobkit without this shell.
export { systemClock, SystemRandom } from "jobkit-core/system";
