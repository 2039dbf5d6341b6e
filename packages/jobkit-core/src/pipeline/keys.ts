/**
 * Every key that a pipeline file may hold: its sentence and its JSON Schema. The reader takes the names from
 * here, the published schema everything; so a key that is read is documented, and none is documented in vain.
 */
import type { Json } from "../base/json.ts";
import { MAP_ITEMS_DEFAULT, MAP_ITEMS_MAX, parentsRules, PHASES_MAX } from "./pipeline.ts";

interface Key {
  readonly doc: string;
  readonly schema: { readonly [key: string]: Json };
  readonly required?: true;
}

type KeyTable = Readonly<Record<string, Key>>;

/** Names of pipelines and phases. */
export const NAME_PATTERN = "^[a-z][a-z0-9-]{0,63}$";
const DURATION_PATTERN = "^(\\d+(\\.\\d+)?|(\\d+(\\.\\d+)?(ms|[smhd]) ?)+)$";

const text = { type: "string" } as const;
const name = { type: "string", pattern: NAME_PATTERN } as const;
const anyValue = {} as const;
const duration = {
  anyOf: [
    { type: "number", minimum: 0 },
    { type: "string", pattern: DURATION_PATTERN },
  ],
} as const;
const texts = { type: "object", additionalProperties: text } as const;

export const retryKeys = {
  attempts: { doc: "Attempts in all, the first included.", schema: { type: "integer", minimum: 1 } },
  firstMs: { doc: "Delay after the first failed attempt, as ms or with a unit: 10s.", schema: duration },
  maxMs: { doc: "No delay is longer.", schema: duration },
  factor: { doc: "Each delay is so many times the one before.", schema: { type: "number", minimum: 1 } },
  jitter: {
    doc: "Share of a delay that chance may take off.",
    schema: { type: "number", minimum: 0, maximum: 1 },
  },
} as const satisfies KeyTable;

export const whenKeys = {
  predicate: { doc: "Name of a predicate of the application.", schema: text, required: true },
  args: { doc: "What it is asked with; may hold references such as $date.", schema: anyValue },
  not: { doc: "Do the work where it does not hold.", schema: { type: "boolean" } },
  parents: { doc: "What the phases in `after` must have come to first.", schema: { enum: parentsRules } },
} as const satisfies KeyTable;

export const mapKeys = {
  list: { doc: "Name of a list of the application.", schema: text, required: true },
  args: { doc: "What it is asked with; may hold references such as $date.", schema: anyValue },
  maxItems: {
    doc: `A longer list fails the phase. Default ${MAP_ITEMS_DEFAULT}.`,
    schema: { type: "integer", minimum: 1, maximum: MAP_ITEMS_MAX },
  },
} as const satisfies KeyTable;

export const phaseKeys = {
  job: { doc: "Name of the job that does the work.", schema: text, required: true },
  doc: { doc: "One sentence for people.", schema: text },
  input: {
    doc: "What each task gets. $date, $run, $args.NAME, $item.PART and $results.PHASE stand for values. Default: the item.",
    schema: anyValue,
  },
  after: {
    doc: "Phases that must have ended first.",
    schema: { anyOf: [name, { type: "array", items: name }] },
  },
  when: {
    doc: "Do the work only after success (the default), where nothing failed, always, or where a predicate holds.",
    schema: { anyOf: [{ enum: parentsRules }, objectSchema(whenKeys)] },
  },
  map: {
    doc: "One task per item of a list that is made when the phase begins.",
    schema: objectSchema(mapKeys),
  },
  retry: {
    doc: "How failed attempts are followed by others; the rest is the job's.",
    schema: objectSchema(retryKeys),
  },
  timeoutMs: { doc: "An attempt is stopped after so long, as ms or with a unit: 5m.", schema: duration },
  needs: {
    doc: "Slots of pools that each task holds, instead of the job's.",
    schema: { type: "object", additionalProperties: { type: "integer", minimum: 1 } },
  },
  labels: { doc: "Words to group and filter its tasks by.", schema: texts },
  priority: { doc: "Larger starts earlier.", schema: { type: "number" } },
} as const satisfies KeyTable;

export const pipelineKeys = {
  name: { doc: "Its name; in a file the key it stands under.", schema: name },
  doc: { doc: "One sentence for people.", schema: text },
  args: { doc: "What a run may be told, with its default.", schema: { type: "object" } },
  phases: {
    doc: "Its phases, by name.",
    schema: {
      type: "object",
      propertyNames: name,
      maxProperties: PHASES_MAX,
      additionalProperties: objectSchema(phaseKeys),
    },
    required: true,
  },
} as const satisfies KeyTable;

/** The JSON Schema (draft 2020-12) of one pipeline, for the schema of a configuration file. */
export const pipelineJsonSchema: Json = objectSchema(pipelineKeys);

function objectSchema(table: KeyTable): { readonly [key: string]: Json } {
  const rows = Object.entries(table);
  const required = rows.filter(([, key]) => key.required === true).map(([key]) => key);
  return {
    type: "object",
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(
      rows.map(([key, { doc, schema }]) => [key, { description: doc, ...schema }]),
    ),
  };
}
