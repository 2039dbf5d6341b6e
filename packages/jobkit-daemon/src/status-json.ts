/** The status: one JSON value that says what is true now. Fields may be added; none is taken away. */
import type { AlertReport, HealthReport, Json, ScheduleState, TaskCount, TaskStateKind } from "jobkit-core";
import type { HealthFinding, StatusFields } from "./app.ts";
import type { ReconcilerState } from "./reconcile/reconcile-loop.ts";

/** How many tasks are kept in each state. `pending` are those that wait for parents, a time, or slots. */
export interface QueueCounts {
  readonly pending: number;
  readonly running: number;
  readonly retrying: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly skipped: number;
}

/** The daemon itself. Without one, `running` is false and the rest is of the last one, or `null`. */
export interface DaemonStatus {
  readonly running: boolean;
  readonly pid: number | null;
  readonly instance: string | null;
  readonly uptimeMs: number | null;
  readonly version: string | null;
}

/** A pool of slots. */
export interface PoolStatus {
  readonly name: string;
  readonly size: number;
  readonly held: number;
}

/** An attempt that runs. `total` 0: not known. */
export interface RunningStatus {
  readonly task: string;
  readonly job: string;
  readonly startedAtMs: number;
  readonly done: number;
  readonly total: number;
  readonly what: string;
}

/** Whether all is well, with reasons. */
export interface HealthStatus {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  /** Of the health rules: firing first, then pending, then resolved lately. */
  readonly alerts: readonly AlertReport[];
}

/** A group of lanes: places in which attempts run. */
export interface LaneStatus {
  readonly name: string;
  readonly size: number;
  readonly busy: number;
}

/** Why the next task of a job does not start. */
export interface HeldStatus {
  readonly job: string;
  /** For people. */
  readonly why: string;
  readonly forMs: number;
}

/** Everything the shell itself says. The application's own fields stand beside these. */
export interface ShellStatus {
  readonly daemon: DaemonStatus;
  readonly queue: QueueCounts;
  /** The same by job. */
  readonly jobs: Readonly<Record<string, QueueCounts>>;
  /** All groups together. */
  readonly lanes: { readonly size: number; readonly busy: number };
  readonly laneGroups: readonly LaneStatus[];
  readonly pools: readonly PoolStatus[];
  readonly running: readonly RunningStatus[];
  /** What a person has paused: everything, or single jobs. */
  readonly paused: { readonly all: boolean; readonly jobs: readonly string[] };
  readonly held: readonly HeldStatus[];
  readonly schedules: readonly ScheduleState[];
  readonly reconcilers: readonly ReconcilerState[];
  readonly health: HealthStatus;
}

/** Names that an application's status must not use. */
const SHELL_FIELDS: ReadonlySet<string> = new Set([
  "daemon",
  "queue",
  "jobs",
  "lanes",
  "laneGroups",
  "pools",
  "running",
  "paused",
  "held",
  "schedules",
  "reconcilers",
  "health",
  "counters",
  "writtenAtMs",
] satisfies readonly (keyof ShellStatus | "counters" | "writtenAtMs")[]);

const STATE_FIELD: Readonly<Record<TaskStateKind, keyof QueueCounts>> = {
  blocked: "pending",
  ready: "pending",
  running: "running",
  retrying: "retrying",
  done: "done",
  failed: "failed",
  cancelled: "cancelled",
  skipped: "skipped",
};

/** The application's own fields of a status. */
export function appFields(status: object): StatusFields {
  const own = Object.entries(status).filter(([name]) => !SHELL_FIELDS.has(name));
  return Object.fromEntries(own) as StatusFields;
}

/** Add up the counts of a store, over all jobs. */
export function queueCounts(counts: readonly TaskCount[]): QueueCounts {
  const sums = {
    pending: 0,
    running: 0,
    retrying: 0,
    done: 0,
    failed: 0,
    cancelled: 0,
    skipped: 0,
  };
  for (const { state, count } of counts) sums[STATE_FIELD[state]] += count;
  return sums;
}

/** The same for each job, by name. */
export function queueCountsByJob(counts: readonly TaskCount[]): Readonly<Record<string, QueueCounts>> {
  const jobs = [...new Set(counts.map(({ job }) => job))].toSorted();
  return Object.fromEntries(jobs.map((job) => [job, queueCounts(counts.filter((one) => one.job === job))]));
}

/**
 * The verdict over all findings and the alerts of the health rules: not well as soon as one of them is an error.
 * Reasons are those that are not "ok".
 */
export function healthOf(
  findings: readonly HealthFinding[],
  report: Pick<HealthReport, "ok" | "reasons" | "alerts"> = NO_REPORT,
): HealthStatus {
  const own = findings.filter(({ level }) => level !== "ok");
  return {
    ok: report.ok && own.every(({ level }) => level !== "error"),
    reasons: [...report.reasons, ...own.map(({ what, why }) => (why === "" ? what : `${what}: ${why}`))],
    alerts: report.alerts,
  };
}

const NO_REPORT = { ok: true, reasons: [], alerts: [] } as const;

/**
 * The shell's fields and the application's as one value.
 * @throws RangeError where the application uses a name of the shell.
 */
export function statusJson(shell: ShellStatus, app: StatusFields): { readonly [key: string]: Json } {
  for (const name of Object.keys(app))
    if (SHELL_FIELDS.has(name)) throw new RangeError(`status field ${name}: the name belongs to the shell`);
  // Interfaces are not index signatures to the compiler; every field above is JSON by its declaration.
  return { ...(shell as unknown as { readonly [key: string]: Json }), ...app };
}
