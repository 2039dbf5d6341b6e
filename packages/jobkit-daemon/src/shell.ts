/**
 * Everything a daemon holds, opened in order and closed in reverse: private folder, lock, event log, bus,
 * queue, application, scheduler. Whatever fails while opening closes what is open by then.
 */
import { join } from "node:path";
import {
  type Clock,
  describeError,
  type Emitter,
  EventBus,
  type EventTable,
  jobkitEvents,
  newSpanId,
  type QueueStore,
  type Random,
  Scheduler,
  type SettingTable,
} from "jobkit-core";
import { openSqliteQueue } from "jobkit-sqlite";
import type { App, AppContext, AppParts } from "./app.ts";
import { countsSince, keptCounters } from "./counters.ts";
import { daemonEvents, type DaemonEvents } from "./events.ts";
import { type EventLog, openEventLog } from "./event-log/event-log.ts";
import { logLimits } from "./event-log/log-limits.ts";
import { acquireInstance, type Instance } from "./instance/instance.ts";
import { type LiveSettings, liveSettings } from "./live-settings.ts";
import { dataNames } from "./paths.ts";
import { systemClock } from "./platform/clock.ts";
import { ensurePrivateFolder, tightenUmask } from "./platform/disk.ts";
import { SystemRandom } from "./platform/random.ts";
import { ReconcileLoop } from "./reconcile/reconcile-loop.ts";
import type { HeldBy, RunOptions } from "./run-options.ts";
import { eventRows } from "./rows.ts";
import { settingsOrThrow, type WholeSettings, wholeTable } from "./settings-in-force.ts";
import { buildStatus } from "./status-build.ts";
import { readStatusFile, StatusWriter } from "./status/status-file.ts";
import { LogTeller } from "./log-teller.ts";
import { Tally } from "./tally.ts";
import type { Vitals } from "./vitals.ts";

/** What is open while a daemon lives. Dispose it once, after the drain. */
export interface Shell extends AsyncDisposable {
  readonly app: App<SettingTable>;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: LiveSettings<WholeSettings>;
  readonly instance: Instance;
  readonly log: EventLog;
  readonly bus: EventBus;
  readonly events: Emitter<DaemonEvents>;
  readonly tally: Tally;
  readonly queue: QueueStore;
  readonly parts: AppParts;
  readonly scheduler: Scheduler;
  readonly loops: readonly ReconcileLoop[];
  /** Abort it to stop; the reason says why. */
  readonly stopping: AbortController;
  /** Monotonic ms at which opening began. */
  readonly startedMs: number;
  readonly vitals: Vitals;
}

/** The folder was free and everything is open, or somebody else holds it. */
export type Opened =
  | { readonly kind: "open"; readonly shell: Shell }
  | { readonly kind: "held"; readonly heldBy: HeldBy | null };

/**
 * Open everything. The scheduler is not started yet, nothing looks for work.
 * @throws SETTING_INVALID and its kin, FOLDER_NOT_PRIVATE, LOCK_FAILED, and whatever the application throws.
 */
export async function openShell(given: App<SettingTable>, options: RunOptions): Promise<Opened> {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? new SystemRandom();
  const startedMs = clock.monotonic();
  // Settings first: a mistake in them is told without touching anything.
  const loaded = await settingsOrThrow(given, options);
  const settings = liveSettings(wholeTable(given), loaded.settings.values);
  tightenUmask();
  const dataDir = ensurePrivateFolder(options.dataDir);
  const id = newSpanId(random);
  const holder = {
    pid: process.pid,
    startedAtMs: clock.now(),
    version: given.version,
    instance: id,
    socketPath: null,
  };
  const instance = await acquireInstance({ dataDir, holder, clock, random });
  if (instance.kind === "held") return instance;
  await using stack = new AsyncDisposableStack();
  stack.use(instance);
  const once = options.once === true;
  const ground = { app: given, dataDir, clock, random, settings, instance, startedMs, once };
  const shell = await openRest(ground, stack);
  const opened = stack.move();
  return { kind: "open", shell: { ...shell, [Symbol.asyncDispose]: () => opened.disposeAsync() } };
}

interface Ground extends Pick<
  Shell,
  "app" | "dataDir" | "clock" | "random" | "settings" | "instance" | "startedMs"
> {
  readonly once: boolean;
}

async function openRest(
  ground: Ground,
  stack: AsyncDisposableStack,
): Promise<Omit<Shell, typeof Symbol.asyncDispose>> {
  const { app, dataDir, clock } = ground;
  const vitals: Vitals = { drained: null };
  const stream = await openStream(ground, stack, vitals);
  const { bus, events } = stream;
  const queue = stack.use(await openSqliteQueue({ path: join(dataDir, dataNames.queue), clock }));
  const stopping = new AbortController();
  const parts = await app.open(contextOf(ground, bus, stopping.signal));
  stack.defer(async () => parts[Symbol.asyncDispose]?.());
  const scheduler = stack.use(schedulerOf(ground, bus, queue, parts));
  const loops = loopsOf(ground, events, scheduler, parts, stopping.signal);
  return { ...ground, ...stream, queue, parts, scheduler, loops, stopping, vitals };
}

type Stream = Pick<Shell, "log" | "bus" | "events" | "tally">;

/** The log before the bus, because the bus goes on with the log's numbers; the log is its first listener. */
async function openStream(
  { app, dataDir, clock, settings, instance, startedMs }: Ground,
  stack: AsyncDisposableStack,
  vitals: Vitals,
): Promise<Stream> {
  const { holder, leftBehind } = instance;
  const teller = new LogTeller();
  const log = stack.use(
    openEventLog({
      folder: join(dataDir, dataNames.events),
      origin: holder,
      clock,
      limits: () => logLimits(settings.view),
      report: (fact) => teller.take(fact),
    }),
  );
  const tables: readonly EventTable[] = [daemonEvents, ...(app.events === undefined ? [] : [app.events])];
  const bus = new EventBus({ clock, tables, nextSeq: log.lastSeq + 1 });
  const file = await readLastStatus(dataDir, clock);
  bus.restore(await countsSince(keptCounters(file), log, eventRows(app.events)));
  stack.use(log.listenTo(bus));
  const events = bus.emitter(daemonEvents);
  teller.tellTo(events, log.healedBytes);
  if (leftBehind !== null)
    events.emit("daemon.revived", () => ({ pid: leftBehind.pid, instance: leftBehind.instance }));
  stack.defer(() => {
    const { interrupted = 0, abandoned = 0 } = vitals.drained ?? {};
    const ranMs = Math.round(clock.monotonic() - startedMs);
    if (vitals.drained !== null) events.emit("daemon.stopped", () => ({ ranMs, interrupted, abandoned }));
  });
  return { log, bus, events, tally: stack.use(new Tally(bus)) };
}

/** The status that the last daemon left, for its counters. One that cannot be read is as good as none: the log has them. */
async function readLastStatus(dataDir: string, clock: Clock): Promise<unknown> {
  try {
    return (await readStatusFile(join(dataDir, dataNames.status), clock.now()))?.status ?? null;
  } catch {
    // It is derived, and about to be written anew; counts begin with what the log still holds.
    return null;
  }
}

function schedulerOf(
  { clock, random, settings: { view }, instance }: Ground,
  bus: EventBus,
  store: QueueStore,
  { jobs, pools = {} }: AppParts,
): Scheduler {
  return new Scheduler({
    store,
    jobs,
    pools,
    events: bus.emitter(jobkitEvents),
    clock,
    random,
    owner: instance.holder.instance,
    lanes: view["work.lanes"],
    leaseMs: view["work.leaseMs"],
    storeRetryMs: view["work.storeRetryMs"],
  });
}

function loopsOf(
  { clock, settings: { view } }: Ground,
  events: Emitter<DaemonEvents>,
  scheduler: Scheduler,
  { reconcilers = [] }: AppParts,
  signal: AbortSignal,
): readonly ReconcileLoop[] {
  const deps = {
    clock,
    events,
    signal,
    submit: scheduler.submit.bind(scheduler),
    retryFirstMs: () => view["reconcile.retryFirstMs"],
    retryMaxMs: () => view["reconcile.retryMaxMs"],
  };
  return reconcilers.map((reconciler) => new ReconcileLoop(reconciler, deps));
}

/**
 * Write the status from now on, whenever something happened. The last write is made when the answer is
 * disposed, so dispose it before the shell.
 */
export function writeStatus(shell: Shell): AsyncDisposable {
  const { dataDir, clock, settings, bus, events } = shell;
  const stack = new AsyncDisposableStack();
  const writer = stack.use(
    new StatusWriter({
      path: join(dataDir, dataNames.status),
      clock,
      intervalMs: () => settings.view["status.intervalMs"],
      build: () => buildStatus(shell),
      onFailure: (error) => events.emit("status.failed", () => ({ why: describeError(error).message })),
    }),
  );
  // The writer's own complaint would make it dirty again, for ever.
  const rows = (name: string): boolean => name !== "status.failed";
  stack.use(bus.listen({ name: "status", rows }, () => writer.touch()));
  writer.touch();
  return stack;
}

function contextOf(
  { settings, dataDir, clock, random, once }: Ground,
  bus: EventBus,
  signal: AbortSignal,
): AppContext<SettingTable> {
  return {
    settings: settings.view,
    dataDir,
    once,
    clock,
    random,
    signal,
    emitter: (table) => bus.emitter(table),
  };
}
