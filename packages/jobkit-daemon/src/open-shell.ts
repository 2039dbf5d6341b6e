/**
 * Everything a daemon holds, opened in order and closed in reverse: private folder, lock, event log, bus,
 * queue, application, scheduler, schedules, health. Whatever fails while opening closes what is open by then.
 */
import { join } from "node:path";
import {
  type Emitter,
  type EventBus,
  Metrics,
  newSpanId,
  type Scheduler,
  type SettingTable,
} from "jobkit-core";
import { systemClock, SystemRandom } from "jobkit-core/system";
import { openSqliteQueue } from "jobkit-sqlite";
import type { App, AppContext, AppParts } from "./app.ts";
import type { DaemonEvents } from "./events.ts";
import { acquireInstance } from "./instance/instance.ts";
import { liveSettings } from "./live-settings.ts";
import { openHealth } from "./open-health.ts";
import { openWork } from "./open-work.ts";
import { dataNames } from "./paths.ts";
import { ensurePrivateFolder, tightenUmask } from "./platform/disk.ts";
import { openStream } from "./shell-stream.ts";
import { ReconcileLoop } from "./reconcile/reconcile-loop.ts";
import type { RunOptions } from "./run-options.ts";
import { settingsOrThrow, wholeTable } from "./settings-in-force.ts";
import type { Ground, Opened, Shell } from "./shell.ts";
import type { Vitals } from "./vitals.ts";

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
  const shell = await openRest(ground, options, stack);
  const opened = stack.move();
  return { kind: "open", shell: { ...shell, [Symbol.asyncDispose]: () => opened.disposeAsync() } };
}

async function openRest(
  ground: Ground,
  options: RunOptions,
  stack: AsyncDisposableStack,
): Promise<Omit<Shell, typeof Symbol.asyncDispose>> {
  const { app, dataDir, clock } = ground;
  const vitals: Vitals = { drained: null, well: true, stuck: false };
  const stream = await openStream(ground, stack, vitals);
  const { bus, events } = stream;
  const queue = stack.use(await openSqliteQueue({ path: join(dataDir, dataNames.queue), clock }));
  const stopping = new AbortController();
  const parts = await app.open(contextOf(ground, bus, stopping.signal));
  stack.defer(async () => parts[Symbol.asyncDispose]?.());
  const { scheduler, routine, jobs } = await openWork(ground, { bus, queue, parts }, options, stack);
  const watchers = openHealth(ground, { bus, queue, scheduler, routine }, jobs, stack);
  const metrics = new Metrics({ bus, clock });
  const loops = loopsOf(ground, events, scheduler, parts, stopping.signal);
  const work = { queue, parts, scheduler, routine, ...watchers, metrics, loops };
  return { ...ground, ...stream, ...work, stopping, vitals };
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
