import type { Clock, EventBus } from "jobkit-core";

/** What a {@link watchStore} listens to. */
export interface StoreWatchDeps {
  readonly bus: Pick<EventBus, "listen">;
  readonly clock: Pick<Clock, "monotonic">;
}

const REFUSED = "scheduler.failed";
/** Facts that are told only after the store took something. */
const TAKEN: ReadonlySet<string> = new Set(["task.queued", "task.started", "task.finished", "task.retrying"]);

/**
 * Call `stuck` with the reason, once, when the queue store has refused everything for `waitMs` (ms): a full disk,
 * for instance. Whatever it takes in between begins the time anew. Listens until disposed.
 */
export function watchStore(
  { bus, clock }: StoreWatchDeps,
  waitMs: number,
  stuck: (why: string) => void,
): Disposable {
  let sinceMs: number | null = null;
  let told = false;
  return bus.listen(
    { name: "watch-store", rows: (name) => name === REFUSED || TAKEN.has(name) },
    ({ ev, attrs }) => {
      if (ev !== REFUSED) {
        sinceMs = null;
        return;
      }
      sinceMs ??= clock.monotonic();
      if (told || clock.monotonic() - sinceMs < waitMs) return;
      told = true;
      stuck(`${String(attrs["code"])}, ${String(attrs["why"])}`);
    },
  );
}
