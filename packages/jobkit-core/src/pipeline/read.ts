/**
 * Pipelines from what a file held, or from code: checked as a whole. Every problem is found at once, each
 * with the path of the key it stands at. Whoever parses the file (YAML, JSON) hands the values in.
 */
import type { CodedError } from "../base/errors.ts";
import { jobkitError } from "../base/error-table.ts";
import type { Json } from "../base/json.ts";
import { findCircle } from "../task/graph.ts";
import { NAME_PATTERN, pipelineKeys } from "./keys.ts";
import { PHASES_MAX, type Phase, type Pipeline, type PipelineSpec } from "./pipeline.ts";
import { Place, shown, type PipelineProblem } from "./place.ts";
import { readPhase, type KnownNames } from "./read-phase.ts";
import { readJson, readText } from "./read-values.ts";

/** Where the value came from, and what may be named in it. */
export interface PipelineSource extends KnownNames {
  /** The keys that lead to the value, which begin every path. */
  readonly at?: readonly string[];
}

/** What came of reading: all of it, or all that is wrong. */
export type PipelinesReading =
  | { readonly ok: true; readonly pipelines: readonly Pipeline[] }
  | { readonly ok: false; readonly problems: readonly PipelineProblem[] };

const NAME = new RegExp(NAME_PATTERN);
/** So many problems are told in one sentence; the rest is counted. */
const TOLD_MAX = 12;

/**
 * Declare a pipeline in code. A misspelt phase in `after` does not compile.
 * @throws PIPELINE_INVALID with everything that is wrong.
 * @example
 * const daily = definePipeline({
 *   name: "daily",
 *   phases: {
 *     fetch: { job: "fetch-page", map: { list: "new-pages" }, retry: { attempts: 5 } },
 *     digest: { job: "write-digest", after: ["fetch"], input: { day: "$date", pages: "$results.fetch" } },
 *     report: { job: "send-report", after: ["digest"], when: "always" },
 *   },
 * });
 */
export function definePipeline<const Name extends string>(spec: PipelineSpec<Name>): Pipeline {
  const reading = readPipeline(spec, { at: ["pipelines", spec.name] });
  if (!reading.ok) throw pipelineError(`defining ${spec.name}`, reading.problems);
  return reading.pipelines[0] as Pipeline;
}

/** Read one pipeline that holds its own name. */
export function readPipeline(value: unknown, source: PipelineSource = {}): PipelinesReading {
  const problems: PipelineProblem[] = [];
  const place = new Place(source.at ?? ["pipeline"], problems);
  const pipeline = readOne(place, value, null, source);
  return problems.length > 0 || pipeline === null
    ? { ok: false, problems }
    : { ok: true, pipelines: [pipeline] };
}

/** Read pipelines that stand under their names, as in a configuration file. */
export function readPipelines(value: unknown, source: PipelineSource = {}): PipelinesReading {
  const problems: PipelineProblem[] = [];
  const place = new Place(source.at ?? ["pipelines"], problems);
  const pipelines: Pipeline[] = [];
  for (const [name, inner] of Object.entries(place.object(value, null) ?? {})) {
    const pipeline = readOne(place.inside(name), inner, name, source);
    if (pipeline !== null) pipelines.push(pipeline);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, pipelines };
}

/** All problems as one error, for whoever can only throw. */
export function pipelineError(doing: string, problems: readonly PipelineProblem[]): CodedError {
  const told = problems.slice(0, TOLD_MAX).map(({ path, message }) => `${path}: ${message}`);
  const rest = problems.length > TOLD_MAX ? `; and ${problems.length - TOLD_MAX} more` : "";
  return jobkitError("PIPELINE_INVALID", `${doing}: ${told.join("; ")}${rest}`);
}

function readOne(place: Place, value: unknown, key: string | null, source: PipelineSource): Pipeline | null {
  const given = place.object(value, Object.keys(pipelineKeys));
  if (given === null) return null;
  const name = readName(place, given["name"], key);
  const args = given["args"] === undefined ? {} : readArgs(place.inside("args"), given["args"]);
  const doc = given["doc"] === undefined ? "" : readText(place.inside("doc"), given["doc"]);
  const inPhases = place.inside("phases");
  const written = given["phases"] === undefined ? missing(inPhases) : inPhases.object(given["phases"], null);
  const names = Object.keys(written ?? {});
  if (written !== null && names.length === 0) inPhases.complain("there is no phase");
  if (names.length > PHASES_MAX) {
    inPhases.complain(`${names.length} phases, more than ${PHASES_MAX}`);
    return null;
  }
  const around = { known: source, args: Object.keys(args), phases: new Set(names) };
  const phases: Phase[] = [];
  for (const phase of names) {
    const there = inPhases.inside(phase);
    if (!NAME.test(phase)) there.complain("a name is 1 to 64 of a-z 0-9 -, and begins with a letter");
    phases.push(readPhase(there, phase, written?.[phase], around));
  }
  const circle = findCircle(phases.map((phase) => ({ id: phase.name, after: phase.after })));
  if (circle !== null)
    inPhases.complain(`they wait in a circle: ${[...circle, circle[0]].join(" waits for ")}`);
  return { name, doc, args, phases };
}

function missing(place: Place): null {
  place.complain("is missing");
  return null;
}

function readName(place: Place, value: unknown, key: string | null): string {
  const there = value === undefined ? place : place.inside("name");
  const name = value === undefined && key !== null ? key : value;
  if (typeof name !== "string" || !NAME.test(name))
    there.complain(
      name === undefined
        ? "its name is missing"
        : `${shown(name)}: a name is 1 to 64 of a-z 0-9 -, and begins with a letter`,
    );
  else if (key !== null && name !== key)
    there.complain(`it stands under ${shown(key)} and calls itself ${shown(name)}`);
  return String(name);
}

function readArgs(place: Place, value: unknown): Readonly<Record<string, Json>> {
  const given = place.object(value, null) ?? {};
  return Object.fromEntries(
    Object.entries(given).map(([name, standard]) => [name, readJson(place.inside(name), standard)]),
  );
}
