/** What a daemon does beside its jobs: forget old tasks, and notice that its folder was taken from it. */
import { type Clock, describeError, type Emitter, type QueueStore, type SettingValues } from "jobkit-core";
import type { DaemonEvents } from "./events.ts";
import type { DaemonSettings } from "./settings.ts";

/** What housekeeping needs. */
export interface HousekeepingDeps {
  readonly clock: Clock;
  readonly events: Emitter<DaemonEvents>;
  readonly queue: QueueStore;
  readonly settings: SettingValues<DaemonSettings>;
  /** Aborts when the daemon stops. */
  readonly signal: AbortSignal;
}

/** Commits of one look. What is left then is taken by the next look, so that work is never held up for long. */
const BATCHES_MAX = 100;
/** Ms between two looks at the lock file. A stat is cheap; the danger (two daemons) is rare. */
const LOCK_LOOK_MS = 15_000;

/** Forget tasks that ended long ago, again and again until the daemon stops. Never throws. */
export async function pruneAgain(deps: HousekeepingDeps): Promise<void> {
  while (!deps.signal.aborted) {
    await pruneOnce(deps);
    await pause(deps, deps.settings["prune.everyMs"]);
  }
}

/** Call `lost` once when `stillOurs` says no. Resolves then, or when the daemon stops. */
export async function watchLock(
  deps: Pick<HousekeepingDeps, "clock" | "signal">,
  stillOurs: () => boolean,
  lost: () => void,
): Promise<void> {
  while (!deps.signal.aborted) {
    await pause(deps, LOCK_LOOK_MS);
    if (deps.signal.aborted || stillOurs()) continue;
    lost();
    return;
  }
}

async function pruneOnce({ clock, events, queue, settings, signal }: HousekeepingDeps): Promise<void> {
  let tasks = 0;
  try {
    for (let batch = 0; batch < BATCHES_MAX && !signal.aborted; batch += 1) {
      const limit = settings["prune.batch"];
      const pruned = await queue.prune({ endedBeforeMs: clock.now() - settings["prune.ageMs"], limit });
      tasks += pruned;
      if (pruned < limit) break;
    }
  } catch (error) {
    const { code, message } = describeError(error);
    events.emit("prune.failed", () => ({ code, why: message }));
  }
  if (tasks > 0) events.emit("queue.pruned", () => ({ tasks }));
}

async function pause(
  { clock, signal }: Pick<HousekeepingDeps, "clock" | "signal">,
  ms: number,
): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch {
    // The pause ends early only because the daemon stops; whoever paused sees that in the signal.
  }
}
