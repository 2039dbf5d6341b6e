/** One schedule from what a file or the application says, checked: everything that is wrong is left at its spot. */
import { CodedError, compileWhen, type Json, type MissedPolicy, parseWhen, type Pipeline } from "jobkit-core";
import {
  dateStyles,
  missedRange,
  missedWords,
  offsetRange,
  overlapWords,
  scheduleKeyNames,
  type ScheduleSpec,
} from "./schedule-spec.ts";
import { asJson, shown, type Spot } from "./spot.ts";

/** What a schedule may name, and where its clock times are. */
export interface ScheduleSurroundings {
  readonly pipelines: readonly Pipeline[];
  /** Names of jobs; left out, they are not checked. */
  readonly jobs?: Iterable<string> | undefined;
  readonly zone: string;
}

/** What is read. */
export interface WrittenSchedule {
  readonly name: string;
  readonly value: unknown;
  /** The one it changes: fields that it does not name stay as they are there. */
  readonly base?: ScheduleSpec | undefined;
}

type Fields = { -readonly [K in keyof ScheduleSpec]?: ScheduleSpec[K] | undefined };

const NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** Read one. `null` where it has no form at all; else what stands in for it, whether or not it is right. */
export async function readSchedule(
  spot: Spot,
  { name, value, base }: WrittenSchedule,
  around: ScheduleSurroundings,
): Promise<ScheduleSpec | null> {
  if (!NAME.test(name)) spot.complain("a name is 1 to 64 of a-z 0-9 -, and begins with a letter");
  const given = spot.object(value, scheduleKeyNames);
  if (given === null) return null;
  const spec: Fields & { name: string } = { ...base, name };
  // A file that says what is to be done says all of it: the arguments of another pipeline would be refused.
  if ("pipeline" in given || "job" in given)
    for (const key of ["pipeline", "args", "dates", "dateOffsetDays", "job", "input"] as const)
      delete spec[key];
  readTimes(spot, given, spec);
  readWork(spot, given, spec);
  checkWork(spot, spec, around);
  if (spec.when === undefined) spot.complain("`when` is missing, such as daily at 03:30");
  else await checkWhen(spot.inside("when"), spec.when, around.zone);
  return withoutHoles(spec);
}

function readTimes(spot: Spot, given: Readonly<Record<string, unknown>>, spec: Fields): void {
  const { doc, when, missed, overlap, jitterMs, catchUpWindowMs, graceMs } = given;
  if (doc !== undefined) spec.doc = spot.inside("doc").text(doc);
  if (when !== undefined) spec.when = spot.inside("when").text(when) ?? spec.when;
  if (missed !== undefined) spec.missed = readMissed(spot.inside("missed"), missed);
  if (overlap !== undefined) spec.overlap = spot.inside("overlap").choice(overlap, overlapWords);
  if (jitterMs !== undefined) spec.jitterMs = spot.inside("jitterMs").duration(jitterMs);
  if (catchUpWindowMs !== undefined)
    spec.catchUpWindowMs = spot.inside("catchUpWindowMs").duration(catchUpWindowMs);
  if (graceMs !== undefined) spec.graceMs = spot.inside("graceMs").duration(graceMs);
}

function readWork(spot: Spot, given: Readonly<Record<string, unknown>>, spec: Fields): void {
  const { pipeline, args, dates, dateOffsetDays, job, input } = given;
  if (pipeline !== undefined) spec.pipeline = spot.inside("pipeline").text(pipeline);
  if (job !== undefined) spec.job = spot.inside("job").text(job);
  if (input !== undefined) spec.input = asJson(input);
  if (dates !== undefined) spec.dates = spot.inside("dates").choice(dates, dateStyles);
  if (args !== undefined)
    spec.args = (spot.inside("args").object(args, null) ?? {}) as Readonly<Record<string, Json>>;
  if (dateOffsetDays !== undefined)
    spec.dateOffsetDays = spot.inside("dateOffsetDays").whole(dateOffsetDays, offsetRange);
}

function readMissed(spot: Spot, value: unknown): MissedPolicy | undefined {
  if (value === null || typeof value !== "object") return spot.choice(value, missedWords);
  const all = spot.object(value, ["all"])?.["all"];
  const count = spot.inside("all").whole(all, missedRange);
  return count === undefined ? undefined : { all: count };
}

function checkWork(spot: Spot, spec: Fields, { pipelines, jobs }: ScheduleSurroundings): void {
  const { pipeline, job, args = {} } = spec;
  if ((pipeline === undefined) === (job === undefined))
    spot.complain(
      pipeline === undefined ? "it names neither a pipeline nor a job" : "it names both a pipeline and a job",
    );
  if (job !== undefined) {
    spot.inside("job").known("job", job, jobs);
    for (const key of ["args", "dates", "dateOffsetDays"] as const)
      if (spec[key] !== undefined) spot.inside(key).complain("only a run of a pipeline has it");
  }
  if (pipeline === undefined) return;
  if (spec.input !== undefined)
    spot.inside("input").complain("only a task of a job has it; a pipeline has args");
  if (spec.overlap === "replace")
    spot.inside("overlap").complain("a run of a pipeline is not replaced; write skip or queue");
  const names = pipelines.map((one) => one.name);
  spot.inside("pipeline").known("pipeline", pipeline, names);
  const found = pipelines.find((one) => one.name === pipeline);
  if (found === undefined) return;
  for (const name of Object.keys(args))
    spot
      .inside("args")
      .inside(name)
      .known(`argument of ${shown(pipeline)}`, name, Object.keys(found.args));
}

async function checkWhen(spot: Spot, text: string, zone: string): Promise<void> {
  try {
    await compileWhen(parseWhen(text, spot.path), spot.path, zone);
  } catch (error) {
    // Whatever it is about, it is told as a mistake at this spot.
    if (!(error instanceof CodedError)) throw error;
    spot.take(error);
  }
}

function withoutHoles(spec: Fields & { name: string }): ScheduleSpec {
  const fields = Object.entries(spec).filter(([, value]) => value !== undefined);
  return { when: "", ...Object.fromEntries(fields) } as unknown as ScheduleSpec;
}
