import { defineJob, type Job } from "jobkit-core";
import { dateInput, type DateInput } from "../tend/date.ts";
import { linkOrphans } from "../tend/orphans.ts";
import { notAfterToday, type TendDeps } from "../tend/tend-deps.ts";

/** Link memories that stand alone with what is likest in words. */
export function linkOrphanMemories(deps: TendDeps): Job<DateInput> {
  const { store, graph, events, clock, settings } = deps;
  return defineJob({
    name: "link-orphans",
    doc: "Link memories that stand alone with what is likest in words; a bounded number, each once a day.",
    input: dateInput,
    concurrencyMax: 1,
    async run({ input, signal, progress }) {
      const date = notAfterToday(input.date, deps);
      let [alone, tried, linked] = [0, 0, 0];
      for (const step of linkOrphans(store, graph, { date, atMs: clock.now(), settings })) {
        [alone, tried] = [step.alone, step.done];
        linked += step.linked;
        progress(step.done, step.total, "memories");
        signal.throwIfAborted();
        await clock.sleep(0, signal);
      }
      const told = { date, alone, tried, linked };
      events.emit("orphans.linked", () => told);
      return told;
    },
  });
}
