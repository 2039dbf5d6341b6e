/** What is true now, seen from outside: the lock, the queue, the application's own data, and the status file. */
import type { TaskCount } from "jobkit-core";
import type { AppView, HealthFinding, StatusFields } from "../app.ts";
import { type HolderInfo } from "../instance/holder.ts";
import { inspectInstance } from "../instance/instance.ts";
import {
  appFields,
  healthOf,
  type HealthStatus,
  queueCounts,
  queueCountsByJob,
  type ShellStatus,
} from "../status-json.ts";
import type { Cli } from "./cli.ts";
import { readQueue } from "./reading.ts";
import { readWritten } from "./written-status.ts";

/** The status, and how old the parts are that only the daemon itself can tell; `null` where all is of now. */
export interface StatusNow {
  readonly status: ShellStatus & StatusFields;
  readonly ageMs: number | null;
}

/** Look at everything. Makes and changes nothing. */
export async function readStatusNow(cli: Cli): Promise<StatusNow> {
  const { dataDir } = (await cli.place()).paths;
  const { running, holder } = inspectInstance(dataDir);
  const counts = (await readQueue(cli, (store) => store.counts())) ?? [];
  const file = await readWritten(cli);
  const written = (file?.status ?? {}) as Partial<ShellStatus>;
  // What a daemon that has ended left behind is no news, except for the application's own numbers.
  const fresh = running && written.daemon?.instance === holder?.instance ? written : {};
  const app = await inspectApp(cli);
  const health = fresh.health ?? app.health ?? healthOf([]);
  return {
    status: {
      ...(app.fields ?? appFields(written)),
      ...outside(cli, holder, running, counts),
      lanes: fresh.lanes ?? { size: 0, busy: 0 },
      laneGroups: fresh.laneGroups ?? [],
      pools: fresh.pools ?? [],
      running: fresh.running ?? [],
      paused: fresh.paused ?? { all: false, jobs: [] },
      held: fresh.held ?? [],
      // Due times pass also while nobody is there.
      schedules: written.schedules ?? [],
      reconcilers: fresh.reconcilers ?? [],
      health,
    } as ShellStatus & StatusFields,
    ageMs: running ? (file?.ageMs ?? null) : null,
  };
}

/** What the application says when it is only looked at; `null` for what it does not say. */
async function inspectApp(
  cli: Cli,
): Promise<{ readonly fields: StatusFields | null; readonly health: HealthStatus | null }> {
  return await withView(cli, async (view) => {
    if (view === null) return { fields: null, health: null };
    const fields = view.status === undefined ? null : await view.status();
    const findings: readonly HealthFinding[] | null = view.health === undefined ? null : await view.health();
    return { fields, health: findings === null ? null : healthOf(findings) };
  });
}

/** Open the application only for reading, use it, close it. `null` where it cannot be opened so. */
export async function withView<T>(cli: Cli, use: (view: AppView | null) => Promise<T>): Promise<T> {
  const { app, clock } = cli;
  if (app.inspect === undefined) return await use(null);
  const { paths, settings } = await cli.place();
  await using stack = new AsyncDisposableStack();
  const view = await app.inspect({ settings, dataDir: paths.dataDir, clock });
  stack.defer(async () => view[Symbol.asyncDispose]?.());
  return await use(view);
}

function outside(
  { clock }: Cli,
  holder: HolderInfo | null,
  running: boolean,
  counts: readonly TaskCount[],
): Pick<ShellStatus, "daemon" | "queue" | "jobs"> {
  return {
    daemon: {
      running,
      pid: holder?.pid ?? null,
      instance: holder?.instance ?? null,
      uptimeMs: holder === null ? null : Math.max(0, clock.now() - holder.startedAtMs),
      version: holder?.version ?? null,
    },
    queue: queueCounts(counts),
    jobs: queueCountsByJob(counts),
  };
}
