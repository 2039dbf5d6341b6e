/** What memory does by itself: the daily work, and what the configuration file may make of its jobs. */
import type { SettingValues } from "jobkit-core";
import type { AppRoutine } from "jobkit-daemon";
import type { AllSettings } from "./app.ts";
import { READER_POOL } from "./jobs/mine-transcript.ts";
import { dailyPipeline } from "./tend/daily-pipeline.ts";

/** Jobs that a pipeline or a schedule may name. */
export const JOB_NAMES = [
  "mine-transcript",
  "relate-memories",
  "measure-graph",
  "decay-weights",
  "link-orphans",
  "cap-degree",
  "digest-day",
  "digest-week",
  "digest-month",
  "snapshot-health",
  "compare-health",
] as const;
/** Questions that a phase may ask. */
export const PREDICATE_NAMES = ["graph-changed"] as const;
/** Lists that a phase may fan out over. */
export const LIST_NAMES = ["days-missing", "weeks-missing", "months-missing"] as const;

type Asked = Pick<SettingValues<AllSettings>, "daily.when" | "mine.readers" | "tend.timeZone">;

/**
 * The daily work and when it is due. A run of today makes up for any number of days: decay goes by the days that
 * passed, digests by what is missing.
 */
export function memoryRoutine(settings: Asked): AppRoutine {
  const when = settings["daily.when"].trim();
  const zone = settings["tend.timeZone"];
  return {
    pipelines: [dailyPipeline],
    schedules:
      when === ""
        ? []
        : [{ name: "daily", doc: "The daily work on memory.", when, pipeline: "daily", dates: "day" }],
    ...(zone === "" ? {} : { zone }),
    known: {
      jobs: JOB_NAMES,
      predicates: PREDICATE_NAMES,
      lists: LIST_NAMES,
      pools: { [READER_POOL]: settings["mine.readers"] },
    },
  };
}
