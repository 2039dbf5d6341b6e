/** Builds the status from what is open. Reads only. */
import { describeError, describeHeld, type Json } from "jobkit-core";
import { type HealthFinding, type StatusFields } from "./app.ts";
import { shellFindings } from "./health.ts";
import type { Shell } from "./shell.ts";
import {
  healthOf,
  type HealthStatus,
  queueCounts,
  queueCountsByJob,
  type RunningStatus,
  type ShellStatus,
  statusJson,
} from "./status-json.ts";

/** What is true now, and the verdict over it. */
export interface BuiltStatus {
  /** The status with when it was true and the counters up to event `seq`, as the file holds it. */
  readonly status: Json;
  readonly health: HealthStatus;
}

/**
 * The status of now. The application's part is asked for each time; where that throws, the shell's part
 * says so and stands without it.
 */
export async function buildStatus(shell: Shell): Promise<BuiltStatus> {
  const { app, findings } = await askApp(shell);
  const own = await shellStatus(shell, findings);
  const times = { writtenAtMs: shell.clock.now(), counters: countersOf(shell) };
  return { status: { ...statusJson(own, app), ...times }, health: own.health };
}

/** The shell's own part. `findings` are the application's. */
async function shellStatus(shell: Shell, findings: readonly HealthFinding[]): Promise<ShellStatus> {
  const { scheduler, queue, clock, startedMs, instance, loops, routine, monitor } = shell;
  const counts = await queue.counts();
  const { lanes, lanesFree, laneGroups, pools, running, paused, held: stuck } = scheduler.snapshot();
  const reconcilers = loops.map((loop) => loop.state);
  const { failing } = shell.log.state;
  const { pid, version, instance: id } = instance.holder;
  const own = shellFindings({
    reconcilers,
    logFailure: failing === null ? null : `${failing.code}: ${failing.why}`,
  });
  return {
    daemon: {
      running: true,
      pid,
      instance: id,
      uptimeMs: Math.round(clock.monotonic() - startedMs),
      version,
    },
    queue: queueCounts(counts),
    jobs: queueCountsByJob(counts),
    lanes: { size: lanes, busy: lanes - lanesFree },
    laneGroups: laneGroups.map(({ name, size, busy }) => ({ name, size, busy })),
    pools: pools.map(({ name, size, held }) => ({ name, size, held })),
    running: running.map(({ task, job, startedAtMs, progress }): RunningStatus => ({
      task,
      job,
      startedAtMs,
      done: progress?.done ?? 0,
      total: progress?.total ?? 0,
      what: progress?.what ?? "",
    })),
    paused,
    held: Object.entries(stuck).map(([job, reason]) => ({
      job,
      why: describeHeld(reason),
      forMs: Math.round(reason.forMs),
    })),
    schedules: routine.states(),
    reconcilers,
    health: healthOf([...own, ...findings], monitor.report()),
  };
}

async function askApp({
  parts,
}: Shell): Promise<{ readonly app: StatusFields; readonly findings: readonly HealthFinding[] }> {
  try {
    const [app, findings] = await Promise.all([parts.status?.() ?? {}, parts.health?.() ?? []]);
    return { app, findings };
  } catch (error) {
    const { code, message } = describeError(error);
    const finding: HealthFinding = {
      level: "warn",
      what: "the application cannot say how it is",
      why: `${code}: ${message}`,
    };
    return { app: {}, findings: [finding] };
  }
}

function countersOf({ bus }: Shell): Json {
  const values = bus.counters().filter(({ value }) => value > 0);
  return { seq: bus.lastSeq, values: Object.fromEntries(values.map(({ name, value }) => [name, value])) };
}
