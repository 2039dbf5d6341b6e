import { queueCounts } from "./status-json.ts";
import type { RunProgress } from "./run-options.ts";
import type { Shell } from "./shell.ts";

/** Ms between two looks. Four a second are enough for an eye. */
const LOOK_MS = 250;

/** Tell `listener` how far the work is, until the daemon stops. Resolves at once where nobody listens. Never throws. */
export async function reportProgress(
  shell: Shell,
  listener: ((progress: RunProgress) => void) | undefined,
): Promise<void> {
  if (listener === undefined) return;
  const { clock, stopping } = shell;
  while (!stopping.signal.aborted) {
    let progress: RunProgress;
    try {
      await clock.sleep(LOOK_MS, stopping.signal);
      progress = await progressOf(shell);
    } catch {
      // Stopping ends the sleep, and a store that refuses is reported by the scheduler; a line of progress is neither.
      continue;
    }
    listener(progress);
  }
}

async function progressOf({ queue, scheduler, tally }: Shell): Promise<RunProgress> {
  const { pending, retrying } = queueCounts(await queue.counts());
  const { done, failed } = tally.now;
  const running = scheduler.snapshot().running.map(({ task, job, progress }) => ({
    task,
    job,
    done: progress?.done ?? 0,
    total: progress?.total ?? 0,
    what: progress?.what ?? "",
  }));
  return { done, failed, waiting: pending + retrying, running };
}
