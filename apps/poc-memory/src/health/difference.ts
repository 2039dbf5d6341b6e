/** What the daily work did to the graph: two measurements in words. Pure. */
import type { GraphMeasures } from "./graph-health.ts";

/** One measure that moved. */
export interface Moved {
  readonly measure: keyof GraphMeasures;
  /** `null` where it could not be measured. */
  readonly before: number | null;
  readonly after: number | null;
  /** "other": larger is neither better nor worse, or one of the two could not be measured. */
  readonly verdict: "better" | "worse" | "other";
  /** For people. */
  readonly sentence: string;
}

interface Compared {
  readonly measure: keyof GraphMeasures;
  /** Begins the sentence. */
  readonly words: string;
  readonly show: (value: number) => string;
  readonly better: "larger" | "smaller" | null;
}

const count = (value: number): string => value.toLocaleString("en-GB");
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
const decimal = (value: number): string => value.toFixed(2);

/** In the order in which they are told; a measure that moves less than is shown has not moved. */
const compared: readonly Compared[] = [
  { measure: "nodes", words: "The number of memories", show: count, better: null },
  { measure: "links", words: "The number of linked pairs", show: count, better: null },
  { measure: "orphans", words: "The number of memories without a link", show: count, better: "smaller" },
  {
    measure: "components",
    words: "The number of parts without a way between them",
    show: count,
    better: "smaller",
  },
  { measure: "communities", words: "The number of communities", show: count, better: null },
  // Where nothing was linked more links are good, at a hub they are not: the bounds of health judge that.
  {
    measure: "maxDegree",
    words: "The greatest number of links of one memory",
    show: count,
    better: null,
  },
  { measure: "gini", words: "The inequality of links (Gini index)", show: decimal, better: "smaller" },
  { measure: "alpha", words: "The exponent of the degrees", show: decimal, better: "larger" },
  { measure: "avgClustering", words: "Mean clustering", show: decimal, better: "larger" },
  { measure: "avgPathLength", words: "The mean length of a way", show: decimal, better: "smaller" },
  { measure: "sigma", words: "The small-world measure", show: decimal, better: "larger" },
  { measure: "episodicRatio", words: "The share of sessions and their digests", show: percent, better: null },
];

/** The measures that moved between two measurements. */
export function movedMeasures(before: GraphMeasures, after: GraphMeasures): readonly Moved[] {
  return compared.flatMap((one) => {
    const [was, is] = [before[one.measure], after[one.measure]];
    const [shownWas, shownIs] = [was, is].map((value) => (value === null ? null : one.show(value)));
    if (shownWas === shownIs) return [];
    const verdict = verdictOf(one, was, is);
    return [
      {
        measure: one.measure,
        before: was,
        after: is,
        verdict,
        sentence: sentenceOf(one, { was, is, verdict }),
      },
    ];
  });
}

/** The same as sentences; one that says so where nothing moved. */
export function healthDifference(before: GraphMeasures, after: GraphMeasures): readonly string[] {
  const moved = movedMeasures(before, after);
  return moved.length === 0 ? ["No measure of the graph has moved."] : moved.map(({ sentence }) => sentence);
}

function verdictOf({ better }: Compared, was: number | null, is: number | null): Moved["verdict"] {
  if (better === null || was === null || is === null) return "other";
  return is > was === (better === "larger") ? "better" : "worse";
}

interface Movement {
  readonly was: number | null;
  readonly is: number | null;
  readonly verdict: Moved["verdict"];
}

function sentenceOf({ words, show }: Compared, { was, is, verdict }: Movement): string {
  if (was === null) return `${words} could not be measured and is now ${is === null ? "" : show(is)}.`;
  if (is === null) return `${words} was ${show(was)} and cannot be measured any more.`;
  const judged = verdict === "other" ? "" : `, which is ${verdict}`;
  return `${words} ${is > was ? "rose" : "fell"} from ${show(was)} to ${show(is)}${judged}.`;
}
