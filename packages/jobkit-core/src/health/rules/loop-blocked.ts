import { sayDuration } from "../../base/units.ts";
import { aboveBound } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** A job that never yields holds up every other one, and every answer of the daemon. */
export const loopBlocked = healthRule({
  name: "loop-blocked",
  doc: "Something kept the event loop busy without a break, so that nothing else could run.",
  next: "Split the work of the job that is named, or run it in a thread; where none is named, look at what ran then.",
  level: "warn",
  unit: "ms",
  forMs: 0,
  clearForMs: 60_000,
  settings: {
    "health.blockedMs": {
      kind: "duration",
      default: 1_000,
      min: 10,
      max: 600_000,
      doc: "The event loop may be busy without a break for so long. A second is what a person at a screen notices; a machine that is overloaded or was stopped for a while shows here, too.",
      larger: "Short stalls are tolerated.",
      smaller: "Shorter stalls are told of; a busy machine raises false alarms.",
      reload: true,
    },
  },
  check: ({ running, loopBlockedMs, lateMs }, settings) => {
    const value = Math.max(loopBlockedMs ?? 0, lateMs);
    const jobs = [...new Set(running.filter(({ apart }) => !apart).map(({ job }) => job))];
    // With two jobs beside each other nobody can say from outside which of them it was.
    const culprit = jobs.length === 1 ? (jobs[0] ?? "") : "";
    const words = `the event loop was held up for ${sayDuration(value)}`;
    const why = culprit === "" ? words : `${words} while only ${culprit} ran`;
    return aboveBound({ target: culprit, value, bound: settings["health.blockedMs"], why });
  },
  summary: () => "the event loop is held up",
});
