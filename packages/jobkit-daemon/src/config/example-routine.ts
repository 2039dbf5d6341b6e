import { stringify } from "yaml";
import type { AppRoutine } from "../routine/routine.ts";

const PIPELINES = [
  "Pipelines by name: phases that wait for phases. One of the application's own, shown here, is replaced whole by",
  "one of the same name; null switches it off, and its schedules with it.",
];
const SCHEDULES = [
  "Schedules by name: what is due again and again. Of one of the application's own, only what is written here is",
  "changed; null switches it off. A schedule runs a pipeline (pipeline, args, dates) or submits a task (job, input).",
];
const WHEN =
  "When: daily at 03:30 or cron 0 3 * * 1, a time zone such as Europe/Berlin may follow; or every 6h, every 15m.";
const MISSED = "Missed: skip, once, or { all: 7 }. Overlap: skip, queue, replace.";
const WIDTH = 100;

/** The part of an example file that says what an application does by itself, as comments. */
export function exampleRoutine({ pipelines = [], schedules = [] }: AppRoutine): string {
  return [
    ...section("pipelines", PIPELINES, pipelines),
    ...section("schedules", [...SCHEDULES, WHEN, MISSED], schedules),
  ].join("\n");
}

function section(
  key: string,
  words: readonly string[],
  own: readonly { readonly name: string }[],
): readonly string[] {
  const value = Object.fromEntries(own.map(({ name, ...rest }) => [name, rest]));
  const text =
    own.length === 0
      ? []
      : stringify({ [key]: value }, { lineWidth: WIDTH })
          .trimEnd()
          .split("\n");
  return ["", ...words.map((line) => `## ${line}`), ...text.map((line) => `# ${line}`)];
}
