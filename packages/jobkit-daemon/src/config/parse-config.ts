/** Text of a configuration file to a tree of keys, with the place of every key. YAML 1.2; JSON is a part of it. */
import { isMap, isPair, isScalar, LineCounter, parseDocument, type Node, type YAMLMap } from "yaml";
import { daemonError } from "../errors.ts";
import { problemOf, type ConfigProblem, type TextPlace } from "./problem.ts";

/** Where a setting stands. */
export interface SettingPlace {
  readonly key: TextPlace;
  readonly value: TextPlace;
}

/** What a file says, or all that is wrong with its form. */
export type ParsedConfig =
  | {
      readonly ok: true;
      /** Keys as they stand, nested or dotted; nothing is checked against a table. */
      readonly tree: Readonly<Record<string, unknown>>;
      /** By dotted name, groups included. */
      readonly places: ReadonlyMap<string, SettingPlace>;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** More references than this to named parts are an attack or a mistake ("billion laughs"). */
const ALIASES_MAX = 100;
/** Groups lie one or two deep; the parser itself is bounded by the size of the file. */
const DEPTH_MAX = 16;

/**
 * Parse a configuration. Refused: several documents, keys that stand twice (also once nested and once dotted),
 * keys that are no text, unknown tags. An empty text is an empty tree.
 * @param source path of the file, for the problems.
 */
export function parseConfig(text: string, source: string): ParsedConfig {
  const lines = new LineCounter();
  const problems: ConfigProblem[] = [];
  const refuse = (message: string, place: TextPlace): void => {
    problems.push(problemOf(daemonError("CONFIG_SYNTAX", message), { source, name: null, place }));
  };
  try {
    const document = parseDocument(text, { ...strictly, lineCounter: lines });
    for (const { message, pos } of [...document.errors, ...document.warnings])
      refuse(oneLine(message), placeAt(lines, pos[0]));
    if (problems.length > 0) return { ok: false, problems };
    if (document.contents === null || isNothing(document.contents))
      return { ok: true, tree: {}, places: new Map() };
    if (!isMap(document.contents)) {
      refuse("expected keys with values, found something else", placeOf(lines, document.contents));
      return { ok: false, problems };
    }
    const places = new Map<string, SettingPlace>();
    notePlaces(document.contents, { prefix: "", depth: 0, places, lines, refuse });
    if (problems.length > 0) return { ok: false, problems };
    return {
      ok: true,
      tree: document.toJS({ maxAliasCount: ALIASES_MAX }) as Record<string, unknown>,
      places,
    };
  } catch (error) {
    // Too many references, or nesting so deep that the parser gave up.
    refuse(oneLine(error instanceof Error ? error.message : String(error)), { line: 1, column: 1 });
    return { ok: false, problems };
  }
}

const strictly = {
  version: "1.2",
  schema: "core",
  strict: true,
  stringKeys: true,
  uniqueKeys: true,
  merge: false,
  prettyErrors: false,
} as const;

interface PlacesWalk {
  readonly prefix: string;
  readonly depth: number;
  readonly places: Map<string, SettingPlace>;
  readonly lines: LineCounter;
  readonly refuse: (message: string, place: TextPlace) => void;
}

function notePlaces(map: YAMLMap, walk: PlacesWalk): void {
  const { prefix, depth, places, lines, refuse } = walk;
  for (const item of map.items) {
    if (!isPair(item) || !isScalar(item.key)) continue;
    const name = `${prefix}${String(item.key.value)}`;
    const key = placeOf(lines, item.key);
    const value = item.value as Node | null;
    const twin = places.get(name);
    const isGroup = isMap(value);
    if (twin !== undefined && !isGroup)
      refuse(`${name} stands twice; it was given in line ${twin.key.line} already`, key);
    places.set(name, { key, value: value === null ? key : placeOf(lines, value) });
    if (isGroup && depth < DEPTH_MAX) notePlaces(value, { ...walk, prefix: `${name}.`, depth: depth + 1 });
  }
}

function placeOf(lines: LineCounter, node: Node): TextPlace {
  return placeAt(lines, node.range?.[0] ?? 0);
}

function placeAt(lines: LineCounter, offset: number): TextPlace {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function isNothing(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim().replace(/[.]$/, "");
}
