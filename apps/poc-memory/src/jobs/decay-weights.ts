import { defineJob, type Job } from "jobkit-core";
import { dateInput, type DateInput } from "../tend/date.ts";
import { fadeTo } from "../tend/fade.ts";
import { pruneCandidates } from "../tend/prune.ts";
import { notAfterToday, type TendDeps } from "../tend/tend-deps.ts";

/** Keys of candidates for pruning that a result names. */
const NAMED = 10;

/** Let every memory fade by the days that passed until a date. Deletes nothing; says what weighs hardly anything. */
export function decayWeights(deps: TendDeps): Job<DateInput> {
  const { store, graph, events, clock, calendar, settings } = deps;
  return defineJob({
    name: "decay-weights",
    doc: "Let memories fade by category, once for each day; core memories stay, and nothing is deleted.",
    input: dateInput,
    concurrencyMax: 1,
    async run({ input, signal, progress }) {
      const date = notAfterToday(input.date, deps);
      let [looked, faded] = [0, 0];
      for (const step of fadeTo(store, { date, atMs: clock.now(), calendar, settings })) {
        looked = step.done;
        faded += step.faded;
        progress(step.done, step.total, "memories");
        signal.throwIfAborted();
        await clock.sleep(0, signal);
      }
      const candidates = pruneCandidates(store, graph, settings["decay.pruneBelow"]);
      const told = { date, looked, faded, prunable: candidates.length };
      events.emit("memories.faded", () => told);
      return { ...told, lightest: candidates.slice(0, NAMED).map(({ key }) => key) };
    },
  });
}
