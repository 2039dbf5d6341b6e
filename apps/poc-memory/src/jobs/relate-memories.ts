import { defineJob, type Clock, type Emitter, type Job } from "jobkit-core";
import type { Reconciler } from "jobkit-daemon";
import { z } from "zod/mini";
import type { MemoryEvents } from "../events.ts";
import { relateChanged, type RelateLimits } from "../graph/relate.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";

const nothing = z.object({});

export interface RelateDeps {
  readonly store: SqliteMemoryStore;
  readonly events: Emitter<MemoryEvents>;
  readonly clock: Clock;
  readonly limits: RelateLimits;
  readonly everyMs: () => number;
}

const JOB = "relate-memories";

/** Bring the links between memories of the same things up to date. */
export function relateMemories({ store, events, clock, limits }: RelateDeps): Job<z.infer<typeof nothing>> {
  return defineJob({
    name: JOB,
    doc: "Link memories that speak of the same files, symbols, errors and commands.",
    input: nothing,
    concurrencyMax: 1,
    async run({ signal, progress }) {
      const startedMs = clock.monotonic();
      let linked = 0;
      let unlinked = 0;
      for (let remaining = Infinity, done = 0; remaining > 0;) {
        const step = relateChanged(store, clock.now(), limits);
        linked += step.linked;
        unlinked += step.unlinked;
        remaining = step.remaining;
        done += step.considered;
        progress(done, done + remaining, "memories");
        signal.throwIfAborted();
        await clock.sleep(0, signal);
      }
      const tookMs = clock.monotonic() - startedMs;
      events.emit("graph.related", () => ({ revision: store.revision, linked, unlinked, tookMs }));
    },
  });
}

/** Ask for relating where anything has changed since it was done last. */
export function findUnrelated({ store, everyMs }: RelateDeps): Reconciler {
  return {
    name: "find-unrelated",
    doc: "Looks for memories whose links are not up to date.",
    everyMs,
    find: async () => (store.entityIndex.dirtyCount() === 0 ? [] : [{ job: JOB, key: JOB, input: {} }]),
  };
}
