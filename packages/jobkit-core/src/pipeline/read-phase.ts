import type { Json } from "../base/json.ts";
import type { RetryPolicy } from "../job/retry.ts";
import type { TaskLimits } from "../task/task.ts";
import { mapKeys, phaseKeys, retryKeys, whenKeys } from "./keys.ts";
import {
  END_JOB,
  MAP_ITEMS_DEFAULT,
  MAP_ITEMS_MAX,
  parentsRules,
  PHASE_JOB,
  type Phase,
  type PhaseMap,
  type PhaseWhen,
} from "./pipeline.ts";
import { shown, type Place } from "./place.ts";
import {
  checkReferences,
  readChoice,
  readDuration,
  readFlag,
  readJson,
  readNumber,
  readText,
  readTexts,
  type ReferenceScope,
} from "./read-values.ts";

/** What an application has registered. What is left out is not checked. */
export interface KnownNames {
  readonly jobs?: Iterable<string>;
  readonly predicates?: Iterable<string>;
  readonly lists?: Iterable<string>;
  /** Pool to its slots. */
  readonly pools?: Readonly<Record<string, number>>;
}

/** What is known around a phase. */
export interface PhaseSurroundings {
  readonly known: KnownNames;
  readonly args: readonly string[];
  readonly phases: ReadonlySet<string>;
}

/** One phase, with every default filled in; problems are left at their places. */
export function readPhase(place: Place, name: string, value: unknown, around: PhaseSurroundings): Phase {
  const given = place.object(value, Object.keys(phaseKeys)) ?? { job: "?" };
  const map = given["map"] === undefined ? null : readMap(place.inside("map"), given["map"], around);
  const after =
    given["after"] === undefined ? [] : readAfter(place.inside("after"), name, given["after"], around);
  const scope: ReferenceScope = { item: map !== null, args: around.args, results: after };
  const input: Json =
    given["input"] === undefined
      ? map === null
        ? {}
        : "$item"
      : readJson(place.inside("input"), given["input"]);
  checkReferences(place.inside("input"), input, scope);
  if (map !== null) checkReferences(place.inside("map").inside("args"), map.args, { ...scope, item: false });
  const when = readWhen(place.inside("when"), given["when"], around);
  if (when.predicate !== null)
    checkReferences(place.inside("when").inside("args"), when.predicate.args, { ...scope, item: false });
  return {
    name,
    doc: given["doc"] === undefined ? "" : readText(place.inside("doc"), given["doc"]),
    job: readJob(place.inside("job"), given["job"], around.known),
    input,
    after,
    when,
    map,
    limits: readLimits(place, given, around.known),
    labels: given["labels"] === undefined ? {} : readTexts(place.inside("labels"), given["labels"]),
    priority:
      given["priority"] === undefined
        ? 0
        : readNumber(place.inside("priority"), given["priority"], { min: -Number.MAX_SAFE_INTEGER }),
  };
}

function readJob(place: Place, value: unknown, known: KnownNames): string {
  const job = readText(place, value);
  if (job === PHASE_JOB || job === END_JOB) place.complain(`${job} is the job of phases themselves`);
  else if (job !== "" && job !== "?") place.expectKnown("job", job, known.jobs);
  return job;
}

function readAfter(place: Place, own: string, value: unknown, around: PhaseSurroundings): readonly string[] {
  // One name may be written without the brackets of a list.
  const given: readonly unknown[] = typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
  if (typeof value !== "string" && !Array.isArray(value))
    place.complain(`${shown(value)} is not a list of phases`);
  const found = new Set<string>();
  for (const [at, one] of given.entries()) {
    const there = typeof value === "string" ? place : place.inside(at);
    const name = readText(there, one);
    if (name === own) there.complain(`${own} cannot wait for itself`);
    else if (found.has(name)) there.complain(`${name} stands here twice`);
    else if (around.phases.has(name)) found.add(name);
    else if (name !== "")
      there.expectKnown(
        "phase",
        name,
        [...around.phases].filter((phase) => phase !== own),
      );
  }
  return [...found];
}

function readWhen(place: Place, value: unknown, { known }: PhaseSurroundings): PhaseWhen {
  if (value === undefined) return { parents: "success", predicate: null };
  if (typeof value === "string") return { parents: readChoice(place, value, parentsRules), predicate: null };
  const given = place.object(value, Object.keys(whenKeys));
  if (given === null) return { parents: "success", predicate: null };
  const name = readText(place.inside("predicate"), given["predicate"]);
  if (name !== "") place.inside("predicate").expectKnown("predicate", name, known.predicates);
  const rule = given["parents"] ?? "success";
  return {
    parents: readChoice(place.inside("parents"), rule, parentsRules),
    predicate: {
      name,
      args: given["args"] === undefined ? {} : readJson(place.inside("args"), given["args"]),
      not: given["not"] === undefined ? false : readFlag(place.inside("not"), given["not"]),
    },
  };
}

function readMap(place: Place, value: unknown, { known }: PhaseSurroundings): PhaseMap | null {
  const given = place.object(value, Object.keys(mapKeys));
  if (given === null) return null;
  const list = readText(place.inside("list"), given["list"]);
  if (list !== "") place.inside("list").expectKnown("list", list, known.lists);
  const range = { min: 1, max: MAP_ITEMS_MAX, whole: true };
  return {
    list,
    args: given["args"] === undefined ? {} : readJson(place.inside("args"), given["args"]),
    maxItems: readNumber(place.inside("maxItems"), given["maxItems"] ?? MAP_ITEMS_DEFAULT, range),
  };
}

function readLimits(
  place: Place,
  given: Readonly<Record<string, unknown>>,
  known: KnownNames,
): TaskLimits | null {
  const timeout = given["timeoutMs"];
  const limits: TaskLimits = {
    ...(timeout === undefined ? {} : { timeoutMs: readDuration(place.inside("timeoutMs"), timeout, 1) }),
    ...(given["retry"] === undefined ? {} : { retry: readRetry(place.inside("retry"), given["retry"]) }),
    ...(given["needs"] === undefined
      ? {}
      : { needs: readNeeds(place.inside("needs"), given["needs"], known) }),
  };
  return Object.keys(limits).length === 0 ? null : limits;
}

function readRetry(place: Place, value: unknown): Partial<RetryPolicy> {
  const given = place.object(value, Object.keys(retryKeys)) ?? {};
  const read = (key: keyof RetryPolicy): number => {
    const there = place.inside(key);
    if (key === "attempts") return readNumber(there, given[key], { min: 1, whole: true });
    if (key === "factor") return readNumber(there, given[key], { min: 1 });
    if (key === "jitter") return readNumber(there, given[key], { min: 0, max: 1 });
    return readDuration(there, given[key], 0);
  };
  const keys = (Object.keys(retryKeys) as (keyof RetryPolicy)[]).filter((key) => given[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [key, read(key)]));
}

function readNeeds(place: Place, value: unknown, { pools }: KnownNames): Readonly<Record<string, number>> {
  const found: [string, number][] = [];
  for (const [pool, slots] of Object.entries(place.object(value, null) ?? {})) {
    const there = place.inside(pool);
    const wanted = readNumber(there, slots, { min: 1, whole: true });
    if (pools !== undefined) there.expectKnown("pool", pool, Object.keys(pools));
    const size = pools !== undefined && Object.hasOwn(pools, pool) ? pools[pool] : undefined;
    if (size !== undefined && wanted > size) there.complain(`${wanted} slots of a pool that has ${size}`);
    found.push([pool, wanted]);
  }
  return Object.fromEntries(found);
}
