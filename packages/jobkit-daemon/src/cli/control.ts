/**
 * Changing tasks from outside. The one place that knows how: with no daemon running it takes the lock for
 * as long as the change needs, and does it the way the daemon would. With one running it says that it
 * cannot; a client of the control socket will take that branch.
 */
import type { Pipelines, Scheduler } from "jobkit-core";
import { openShell } from "../open-shell.ts";
import type { LiveRoutine } from "../routine/live-routine.ts";
import type { Cli } from "./cli.ts";
import { cliError } from "./errors.ts";

/** What may be changed. */
export interface TaskControl extends Pick<Scheduler, "submit" | "cancel" | "retry" | "pause" | "resume"> {
  readonly pipelines: Pipelines;
  /** Submit what a schedule does, now. What it missed is submitted first. */
  fire(schedule: string): ReturnType<LiveRoutine["fire"]>;
}

/**
 * Change tasks. Nothing is started: what becomes ready waits for the next `up`.
 * @throws CONTROL_ABSENT where a daemon holds the folder; what opening the application throws.
 */
export async function changeTasks<T>(cli: Cli, change: (control: TaskControl) => Promise<T>): Promise<T> {
  const { paths } = await cli.place();
  const { env, overrides, clock, random } = cli;
  const opened = await openShell(cli.app, {
    dataDir: paths.dataDir,
    configFile: paths.configFile,
    configOptional: !paths.configNamed,
    env,
    overrides,
    clock,
    random,
  });
  if (opened.kind === "held") {
    const who = opened.heldBy === null ? "another process" : `process ${opened.heldBy.pid}`;
    throw cliError(
      "CONTROL_ABSENT",
      `changing tasks in ${paths.dataDir}, which ${who} holds; control of a running daemon is not available in this version`,
    );
  }
  await using shell = opened.shell;
  const { scheduler, routine } = shell;
  return await change({
    submit: (tasks, options) => scheduler.submit(tasks, options),
    cancel: (ids, reason) => scheduler.cancel(ids, reason),
    retry: (ids) => scheduler.retry(ids),
    pause: (job) => scheduler.pause(job),
    resume: (job) => scheduler.resume(job),
    pipelines: routine.pipelines,
    fire: (schedule) => routine.fire(schedule),
  });
}
