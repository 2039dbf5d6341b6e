/**
 * Values that are known only when a phase begins, written as text in a pipeline: "$date", "$item.path".
 * A reference is a whole text and stands for a whole value, of any kind; it is never a part of a text, so
 * nothing has to be quoted and nothing can be injected. "$$date" is the text "$date".
 */
import { jobkitError } from "../base/error-table.ts";
import type { Json } from "../base/json.ts";
import { suggestion } from "../base/suggest.ts";

/** What a reference may begin with. */
export const referenceRoots = {
  date: "The date of the run.",
  run: "The id of the run.",
  pipeline: "The name of the pipeline.",
  phase: "The name of the phase.",
  args: "What the run was told: $args.NAME.",
  item: "The item of the fan-out, or a part of it: $item.PART.",
  results: "What a phase of `after` returned: $results.PHASE; a list where that phase has a `map`.",
} as const;

export type ReferenceRoot = keyof typeof referenceRoots;

/** A reference, read. */
export interface Reference {
  readonly text: string;
  readonly root: ReferenceRoot;
  readonly path: readonly string[];
}

/** The values of all roots. One that is not there is left out. */
export type ReferenceValues = { readonly [Root in ReferenceRoot]?: Json };

const REFERENCE = /^\$[a-zA-Z]/;
/** Deeper than this is a circle made in code, or nothing that anybody reads. */
const DEPTH_MAX = 64;

/** The reference that a text is; `null` where it is plain text; what is wrong where it looks like one. */
export function readReference(text: string): Reference | { readonly wrong: string } | null {
  if (!REFERENCE.test(text)) return null;
  const [root = "", ...path] = text.slice(1).split(".");
  if (!Object.hasOwn(referenceRoots, root)) {
    const roots = Object.keys(referenceRoots).map((name) => `$${name}`);
    const near = suggestion(`$${root}`, roots);
    return {
      wrong: `${text} stands for nothing${near === "" ? `; there is ${roots.join(", ")}` : near}, or write $${text} for the text`,
    };
  }
  if (path.includes("")) return { wrong: `${text} has an empty part` };
  if ((root === "args" || root === "results") && path.length === 0)
    return { wrong: `${text} lacks a name: $${root}.NAME` };
  return { text, root: root as ReferenceRoot, path };
}

/** Every text in a value, with the keys that lead to it. */
export function* textsIn(
  value: Json,
  keys: readonly string[] = [],
): Generator<{ readonly text: string; readonly keys: readonly string[] }> {
  if (typeof value === "string") yield { text: value, keys };
  if (value === null || typeof value !== "object" || keys.length > DEPTH_MAX) return;
  for (const [key, inner] of Object.entries(value)) yield* textsIn(inner, [...keys, key]);
}

/**
 * The value with every reference replaced by what it stands for.
 * @param what Completes the sentence of the error: "filling in <what>".
 * @throws PIPELINE_INVALID naming the reference that stands for nothing there.
 */
export function fillReferences(value: Json, values: ReferenceValues, what: string): Json {
  if (typeof value === "string") return fillText(value, values, what);
  if (value === null || typeof value !== "object") return value;
  if (isList(value)) return value.map((inner) => fillReferences(inner, values, what));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, fillReferences(inner, values, what)]),
  );
}

function fillText(text: string, values: ReferenceValues, what: string): Json {
  if (text.startsWith("$$")) return text.slice(1);
  const reference = readReference(text);
  if (reference === null) return text;
  if ("wrong" in reference) throw jobkitError("PIPELINE_INVALID", `filling in ${what}: ${reference.wrong}`);
  let here: Json | undefined = values[reference.root];
  for (const part of reference.path) here = partOf(here, part);
  if (here === undefined)
    throw jobkitError("PIPELINE_INVALID", `filling in ${what}: nothing stands at ${text}`, {
      next: "Look at what the list, the arguments or the phase it names really hold.",
    });
  return here;
}

function partOf(value: Json | undefined, part: string): Json | undefined {
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
  return (value as Readonly<Record<string, Json>>)[part];
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
