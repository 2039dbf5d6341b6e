/**
 * What an application does by itself, and when: its pipelines and schedules, as it declares them and as the
 * configuration file says otherwise. Read whole or not at all, together with the settings of that file.
 */
import {
  jobkitError,
  type Json,
  type KnownNames,
  pipelineJsonSchema,
  type Pipeline,
  type PipelineSpec,
  readPipelines,
  suggestion,
} from "jobkit-core";
import { readSchedule } from "./read-schedule.ts";
import { machineZone } from "./run-date.ts";
import { scheduleKeys, type ScheduleSpec } from "./schedule-spec.ts";
import { type RoutineProblem, shown, Spot } from "./spot.ts";

/** What an application declares; see {@link App.routine}. */
export interface AppRoutine {
  /** Run where the file does not say otherwise: it may replace one whole, or switch it off with null. */
  readonly pipelines?: readonly PipelineSpec[];
  /** The same for schedules, of which the file may change single fields. */
  readonly schedules?: readonly ScheduleSpec[];
  /** Time zone of clock times that name none, where the setting work.zone is empty. Default: that of this machine. */
  readonly zone?: string;
  /**
   * What pipelines and schedules of the file may name. What is left out is checked only when the application is
   * open, so that `config validate` finds less.
   */
  readonly known?: KnownNames;
}

/** A routine in force. */
export interface Routine {
  readonly pipelines: readonly Pipeline[];
  readonly schedules: readonly ScheduleSpec[];
  /** Time zone of clock times that name none, and of the dates of runs. */
  readonly zone: string;
}

/** What is read. */
export interface RoutineSource {
  readonly declared: AppRoutine;
  /** What stands in the file under {@link routineSections}; an empty object where there is no file. */
  readonly sections: Readonly<Record<string, unknown>>;
  /** Instead of what the application declared as known, where it is open and knows better. */
  readonly known?: KnownNames | undefined;
  /** The setting work.zone; "" where nobody says anything. */
  readonly zone: string;
}

/** All of it, or all that is wrong. */
export type RoutineReading =
  | { readonly ok: true; readonly routine: Routine }
  | { readonly ok: false; readonly problems: readonly RoutineProblem[] };

/** Keys of a configuration file that are no settings. */
export const routineSections = ["pipelines", "schedules"] as const;

/** Their JSON Schema, for editors. */
export const routineJsonSchema: { readonly [key: string]: Json } = {
  pipelines: {
    description: "Pipelines by name. One of the application's own is replaced whole; null switches it off.",
    type: "object",
    additionalProperties: { anyOf: [pipelineJsonSchema, { type: "null" }] },
  },
  schedules: {
    description:
      "Schedules by name. Of one of the application's own, what is named here is changed; null switches it off.",
    type: "object",
    additionalProperties: {
      anyOf: [
        {
          type: "object",
          additionalProperties: false,
          properties: Object.fromEntries(
            Object.entries(scheduleKeys).map(([key, { doc, schema }]) => [
              key,
              { description: doc, ...(schema as { readonly [key: string]: Json }) },
            ]),
          ),
        },
        { type: "null" },
      ],
    },
  },
};

/** Read a routine. */
export async function readRoutine(source: RoutineSource): Promise<RoutineReading> {
  const { declared, sections } = source;
  const zone = source.zone === "" ? (declared.zone ?? machineZone()) : source.zone;
  const known = source.known ?? declared.known ?? {};
  const problems: RoutineProblem[] = [];
  const written = {
    pipelines: sectionOf("pipelines", sections, problems),
    schedules: sectionOf("schedules", sections, problems),
  };
  checkZone(zone, source.zone === "" ? ["schedules"] : ["work", "zone"], problems);
  const pipelines = pipelinesOf(declared, written.pipelines, { known, problems });
  const off = new Set(Object.keys(written.pipelines).filter((name) => written.pipelines[name] === null));
  const schedules = await schedulesOf(written.schedules, {
    // A default schedule of a pipeline that was switched off has nothing to do.
    defaults: (declared.schedules ?? []).filter(
      ({ pipeline }) => pipeline === undefined || !off.has(pipeline),
    ),
    all: declared.schedules ?? [],
    around: { pipelines, jobs: known.jobs, zone },
    problems,
  });
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, routine: { pipelines, schedules, zone } };
}

type Section = Readonly<Record<string, unknown>>;

/** A section that stands there with nothing under it is an empty one. */
function sectionOf(name: string, sections: Section, problems: RoutineProblem[]): Section {
  const value = sections[name] ?? {};
  return new Spot([name], problems).object(value, null) ?? {};
}

function checkZone(zone: string, keys: readonly string[], problems: RoutineProblem[]): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone }).format(0);
  } catch (cause) {
    const near = suggestion(zone, Intl.supportedValuesOf("timeZone"));
    const doing = `reading the time zone of ${keys.join(".")}, ${shown(zone)}: no such time zone${near}`;
    problems.push({ keys, error: jobkitError("SETTING_INVALID", doing, { cause }) });
  }
}

function pipelinesOf(
  { pipelines = [] }: AppRoutine,
  written: Section,
  { known, problems }: { readonly known: KnownNames; readonly problems: RoutineProblem[] },
): readonly Pipeline[] {
  const defaults: Section = Object.fromEntries(pipelines.map((spec) => [spec.name, spec]));
  complainOfNothing("pipelines", written, { names: Object.keys(defaults), problems });
  const wanted = Object.entries({ ...defaults, ...written }).filter(([, value]) => value !== null);
  const reading = readPipelines(Object.fromEntries(wanted), { at: ["pipelines"], ...known });
  if (reading.ok) return reading.pipelines;
  for (const { keys, path, message } of reading.problems)
    problems.push({ keys, error: jobkitError("PIPELINE_INVALID", `reading ${path}: ${message}`) });
  // Schedules that name one of them are right in that: nothing more is told of it.
  return wanted.map(([name]) => ({ name, doc: "", args: {}, phases: [] }));
}

interface SchedulesReading {
  readonly defaults: readonly ScheduleSpec[];
  readonly all: readonly ScheduleSpec[];
  readonly around: Parameters<typeof readSchedule>[2];
  readonly problems: RoutineProblem[];
}

async function schedulesOf(
  written: Section,
  { defaults, all, around, problems }: SchedulesReading,
): Promise<readonly ScheduleSpec[]> {
  complainOfNothing("schedules", written, { names: all.map(({ name }) => name), problems });
  const names = new Set([...defaults.map(({ name }) => name), ...Object.keys(written)]);
  const found: ScheduleSpec[] = [];
  for (const name of names) {
    const value = Object.hasOwn(written, name) ? written[name] : {};
    if (value === null) continue;
    const base = all.find((one) => one.name === name);
    const spot = new Spot(["schedules", name], problems);
    const spec = await readSchedule(spot, { name, value, base }, around);
    if (spec !== null) found.push(spec);
  }
  return found;
}

/** A null for what was never there is a misspelt name. */
function complainOfNothing(
  section: string,
  written: Section,
  { names, problems }: { readonly names: readonly string[]; readonly problems: RoutineProblem[] },
): void {
  for (const [name, value] of Object.entries(written))
    if (value === null && !names.includes(name))
      new Spot([section, name], problems).complain(
        `there is nothing of this name to switch off${suggestion(name, names)}`,
      );
}
