/** One life of a daemon, from the first look at the settings to the last line of the log. */
import { CodedError, describeError, sayDuration, type SettingTable } from "jobkit-core";
import type { App } from "./app.ts";
import { pruneAgain, watchLock } from "./housekeeping.ts";
import { type OnceEnd, runOnce } from "./reconcile/once.ts";
import { reload, reloadedLines } from "./reload.ts";
import type { RunOptions, RunReport, RunSummary } from "./run-options.ts";
import { openShell } from "./open-shell.ts";
import { sayErrors } from "./say-errors.ts";
import { watchStore } from "./watch-store.ts";
import type { Shell } from "./shell.ts";
import { hasTerminal } from "./platform/terminal.ts";
import { listenToProcess } from "./signals.ts";
import { writeMetrics } from "./write-metrics.ts";
import { writeStatus } from "./write-status.ts";
import { reportProgress } from "./progress.ts";

const EXIT_OK = 0;
const EXIT_FAILED = 1;
const EXIT_INTERRUPTED = 130;
/** Looks after which a run to the end is ended although work is still being found: the work makes itself. */
const ROUNDS_MAX = 10_000;
/** Ms between two looks at checks that have not answered yet. */
const CHECKS_LOOK_MS = 50;

/**
 * Run an application as a daemon until it is told to stop, or (with `once`) until there is nothing left to
 * do. Everything is closed when it answers.
 * @throws SETTING_UNKNOWN, SETTING_INVALID, CONFIG_*, FOLDER_*, LOCK_FAILED, POOL_*, and what the application
 *   throws while opening; nothing is left open then.
 */
export async function runDaemon<S extends SettingTable>(
  app: App<S>,
  options: RunOptions,
): Promise<RunReport> {
  const opened = await openShell(app, options);
  if (opened.kind === "held") return { kind: "held", exitCode: EXIT_OK, heldBy: opened.heldBy };
  await using shell = opened.shell;
  await using _status = writeStatus(shell);
  await using _metrics = writeMetrics(shell);
  using _errors = sayErrors(shell, options);
  using _signals = options.processSignals === true ? obeyProcess(shell, options) : null;
  using _abort = stopWith(options.signal, shell);
  using _store = options.once === true ? giveUpStuckStore(shell) : null;
  return await live(shell, options);
}

async function live(shell: Shell, options: RunOptions): Promise<RunReport> {
  const { scheduler, stopping, settings, vitals } = shell;
  const { signal } = stopping;
  const once = options.once === true;
  sayStarted(shell, options);
  shell.checks.start();
  await scheduler.start();
  shell.monitor.start();
  if (!once) await shell.routine.begin();
  const sides = Promise.all([
    ...besides(shell, options),
    ...(once ? [] : shell.loops.map((loop) => loop.run())),
  ]);
  const end = await (once ? Promise.race([toTheEnd(shell), stopped(signal)]) : stopped(signal));
  const wasStopped = signal.aborted;
  if (!wasStopped) stopping.abort("everything is done");
  const why = reasonOf(signal);
  const running = scheduler.snapshot().running.length;
  const deadlineMs = settings.view["drain.deadlineMs"];
  shell.events.emit("daemon.stopping", () => ({ why, running }));
  if (wasStopped) options.say?.(`Stopping: ${why}.${whatRunsText(running, deadlineMs, options)}`);
  vitals.drained = await scheduler.drain(deadlineMs);
  await atMost(shell, sides, deadlineMs);
  const summary = await summaryOf(shell, end);
  return { kind: "ended", exitCode: exitCodeOf(summary, once, wasStopped), summary };
}

function sayStarted({ app, dataDir, instance, clock, events, startedMs }: Shell, options: RunOptions): void {
  const { pid, version, instance: id } = instance.holder;
  const tookMs = Math.round(clock.monotonic() - startedMs);
  events.emit("daemon.started", () => ({ pid, version, instance: id, tookMs }));
  options.say?.(`${app.name} ${version} is up in ${dataDir} (process ${pid}).`);
}

/** Whoever stops a daemon and sees it go on should know for how long, and how not to wait. */
function whatRunsText(running: number, deadlineMs: number, { processSignals = false }: RunOptions): string {
  if (running === 0) return "";
  const tasks = running === 1 ? "One running task has" : `${running} running tasks have`;
  const hurry = processSignals ? "; a second signal ends it at once" : "";
  return ` ${tasks} ${sayDuration(deadlineMs)} to end${hurry}.`;
}

/** What runs beside the work. Each ends by itself when the daemon stops. */
function besides(shell: Shell, options: RunOptions): readonly Promise<void>[] {
  const { clock, events, queue, settings, stopping, instance } = shell;
  const deps = { clock, events, queue, settings: settings.view, signal: stopping.signal };
  const taken = (): void =>
    stopping.abort("its lock file was deleted or replaced, so another daemon may start");
  return [
    pruneAgain(deps),
    watchLock(deps, () => instance.stillOurs(), taken),
    reportProgress(shell, options.onProgress),
  ];
}

/** A daemon waits for its store for ever; a run that is to end by itself must not. */
function giveUpStuckStore({ bus, clock, settings, stopping, vitals }: Shell): Disposable {
  const waitMs = settings.view["once.waitMs"];
  return watchStore({ bus, clock }, waitMs, (why) => {
    vitals.stuck = true;
    stopping.abort(`the queue store has refused for ${sayDuration(waitMs)}: ${why}`);
  });
}

/** Resolves with `null` when the daemon is told to stop. */
function stopped(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener("abort", () => resolve(null), { once: true });
  });
}

/** Wait for what ends by itself; a look for work that does not obey its signal holds nobody up for longer. */
async function atMost({ clock }: Shell, work: Promise<unknown>, ms: number): Promise<void> {
  const enough = new AbortController();
  const timer = clock.sleep(ms, enough.signal).catch(() => {
    // The sleep is cut short because the work ended first.
  });
  await Promise.race([work, timer]);
  enough.abort();
}

/**
 * First what is found, then what became due while nobody was there, which may build on it; then the rest.
 * `null` where it was stopped before the end.
 */
async function toTheEnd(shell: Shell): Promise<OnceEnd | null> {
  const { bus, routine, stopping } = shell;
  try {
    await checksAnswered(shell);
    const found = await runToEnd(shell);
    const firedBefore = bus.count("schedule.fired");
    await routine.begin();
    await routine.looked();
    return found.unfinished || bus.count("schedule.fired") === firedBefore ? found : await runToEnd(shell);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    return null;
  }
}

async function runToEnd({ clock, loops, scheduler, settings, stopping }: Shell): Promise<OnceEnd> {
  return await runOnce({
    clock,
    loops,
    signal: stopping.signal,
    idle: (until) => scheduler.idle(until),
    waitMs: settings.view["once.waitMs"],
    roundsMax: ROUNDS_MAX,
  });
}

/** A job is held until its checks are well: whoever ends by itself must not leave before they could say so. */
async function checksAnswered({ checks, clock, settings, stopping }: Shell): Promise<void> {
  const untilMs = clock.monotonic() + settings.view["once.waitMs"];
  while (checks.facts().some(({ state }) => state === "unknown") && clock.monotonic() < untilMs)
    await clock.sleep(CHECKS_LOOK_MS, stopping.signal);
}

async function summaryOf(shell: Shell, end: OnceEnd | null): Promise<RunSummary> {
  const { tally, queue, clock, parts, startedMs, vitals } = shell;
  const counts = await queue.counts();
  const pending = counts
    .filter(({ state }) => state === "ready" || state === "blocked" || state === "retrying")
    .reduce((sum, { count }) => sum + count, 0);
  return {
    ...tally.now,
    pending,
    nextDueAtMs: end?.nextDueAtMs ?? null,
    reconcilersFailed: end?.failed ?? [],
    unfinished: end?.unfinished ?? vitals.stuck,
    account: (await parts.account?.()) ?? [],
    tookMs: Math.round(clock.monotonic() - startedMs),
  };
}

function exitCodeOf(summary: RunSummary, once: boolean, wasStopped: boolean): number {
  if (!once) return EXIT_OK;
  if (wasStopped && !summary.unfinished) return EXIT_INTERRUPTED;
  const bad = summary.failed > 0 || summary.reconcilersFailed.length > 0 || summary.unfinished;
  return bad ? EXIT_FAILED : EXIT_OK;
}

function obeyProcess(shell: Shell, options: RunOptions): Disposable {
  const hadTerminal = hasTerminal();
  const sayReload = async (): Promise<void> => {
    for (const line of reloadedLines(await reload(shell, options))) options.say?.(line);
  };
  return listenToProcess(
    {
      stop: (signal) => shell.stopping.abort(signal),
      stopNow: () => {
        shell.events.emit("daemon.stopping", () => ({ why: "told twice, so at once", running: 0 }));
        shell.log.flushToDisk();
        options.say?.("Ended at once; what ran runs again at the next start.");
      },
      reload: () => void sayReload(),
      terminalGone: () => hadTerminal && !hasTerminal(),
      crashed: (error) => {
        const { code, message } = describeError(error);
        const why =
          error instanceof CodedError || !(error instanceof Error)
            ? `${code}: ${message}`
            : (error.stack ?? message);
        shell.events.emit("daemon.crashed", () => ({ why }));
        shell.log.flushToDisk();
        options.say?.(`Crashed: ${why}`);
      },
    },
    process,
  );
}

function stopWith(signal: AbortSignal | undefined, { stopping }: Shell): Disposable {
  const stop = (): void => stopping.abort(describeError(signal?.reason).message);
  if (signal?.aborted === true) stop();
  signal?.addEventListener("abort", stop, { once: true });
  return { [Symbol.dispose]: () => signal?.removeEventListener("abort", stop) };
}

function reasonOf(signal: AbortSignal): string {
  return typeof signal.reason === "string" ? signal.reason : describeError(signal.reason).message;
}
