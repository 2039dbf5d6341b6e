/**
 * What a query costs and how good its answer is, for words alone and with spreading, on conversations with known
 * evidence: one store for each conversation, one memory for each turn, `next` links between the turns of a session.
 * The test's name tells the quality. The data may be used for evaluation only; without it the bench is skipped.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MemoryGraph } from "../src/graph/memory-graph.ts";
import { graphNeighbourhood, storeNeighbourhood, type Neighbourhood } from "../src/recall/neighbourhood.ts";
import { recall } from "../src/recall/recall.ts";
import { defaultRecallWeights, type RecallWeights } from "../src/recall/settings.ts";
import type { Change } from "../src/store/memory-store.ts";
import { openMemoryStore } from "../src/store/open.ts";
import { NEXT_STRENGTH } from "../src/store/remember.ts";
import type { SqliteMemoryStore } from "../src/store/sqlite-store.ts";

const path = join(import.meta.dirname, "../../../../shared/data/locomo/locomo-dev5.json");

interface Turn {
  readonly dia_id: string;
  readonly speaker: string;
  readonly text: string;
  readonly blip_caption?: string;
}
interface Sample {
  readonly conversation: Readonly<Record<string, unknown>>;
  readonly qa: readonly { readonly question: string; readonly evidence?: readonly string[] }[];
}
interface Question {
  readonly text: string;
  /** Keys of the turns that hold the answer. */
  readonly evidence: readonly string[];
}
interface Corpus {
  readonly store: SqliteMemoryStore;
  readonly neighbourhood: Neighbourhood;
  readonly questions: readonly Question[];
}

const keyOf = (id: string): string => id.toLowerCase();

function load(sample: Sample): Corpus {
  const changes: Change[] = [];
  const keys = new Set<string>();
  for (const [name, turns] of Object.entries(sample.conversation)) {
    if (!/^session_\d+$/.test(name) || !Array.isArray(turns)) continue;
    let before: string | null = null;
    for (const turn of turns as readonly Turn[]) {
      const key = keyOf(turn.dia_id);
      const image = turn.blip_caption === undefined ? "" : ` [image: ${turn.blip_caption}]`;
      const content = `${turn.speaker}: ${turn.text}${image}`;
      changes.push({ kind: "put", key, type: "session", content, category: "turn", createdAtMs: keys.size });
      if (before !== null)
        changes.push({ kind: "link", from: before, to: key, type: "next", strength: NEXT_STRENGTH });
      keys.add(key);
      before = key;
    }
  }
  const store = openMemoryStore({ path: ":memory:", mode: "write" });
  store.apply({ author: "bench", atMs: 0, changes });
  const questions = sample.qa.map((question) => ({
    text: question.question,
    evidence: evidenceOf(question.evidence ?? []).filter((key) => keys.has(key)),
  }));
  return {
    store,
    neighbourhood: graphNeighbourhood(MemoryGraph.build(store)),
    questions: questions.filter((question) => question.evidence.length > 0),
  };
}

/** Some entries of the published file hold several ids, or pad their numbers. */
function evidenceOf(entries: readonly string[]): readonly string[] {
  const ids = entries.flatMap((entry) => [...entry.matchAll(/D:?(\d+):(\d+)/g)]);
  return [...new Set(ids.map((id) => `d${Number(id[1])}:${Number(id[2])}`))];
}

/** Mean share of the evidence among the first five and ten, and mean reciprocal rank of the first. In per cent. */
function quality(corpora: readonly Corpus[], weights: RecallWeights): string {
  let [at5, at10, reciprocal, count] = [0, 0, 0, 0];
  for (const { store, neighbourhood, questions } of corpora)
    for (const { text, evidence } of questions) {
      const keys = recall(store, neighbourhood, text, { limit: 50, weights }).map((found) => found.key);
      const share = (most: number): number =>
        evidence.filter((key) => keys.slice(0, most).includes(key)).length / evidence.length;
      const first = keys.findIndex((key) => evidence.includes(key));
      at5 += share(5);
      at10 += share(10);
      reciprocal += first < 0 ? 0 : 1 / (first + 1);
      count += 1;
    }
  const [r5, r10, mrr] = [at5, at10, reciprocal].map((sum) => ((100 * sum) / count).toFixed(1));
  return `R@5 ${r5}, R@10 ${r10}, MRR ${mrr}`;
}

const samples = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as readonly Sample[]) : [];
const corpora = samples.map(load);
const wordsOnly = { ...defaultRecallWeights, hops: 0 };
const QUERIES = 50;

const TIMEOUT_MS = 300_000;

/** A run is 50 queries already. */
const few = { iterations: 5, time: 0, warmupIterations: 1, warmupTime: 0 };

function askAll(corpus: Corpus, neighbourhood: Neighbourhood, weights: RecallWeights): number {
  let found = 0;
  for (const { text } of corpus.questions.slice(0, QUERIES))
    found += recall(corpus.store, neighbourhood, text, { weights }).length;
  return found;
}

const names = [wordsOnly, defaultRecallWeights].map((weights) => quality(corpora, weights));
const title = `${QUERIES} queries; words ${names[0]}; with links ${names[1]}`;

test.skipIf(corpora.length === 0)(
  `${title} (needs the shared data)`,
  async ({ bench }) => {
    const first = corpora[0];
    if (first === undefined) return;
    expect(askAll(first, first.neighbourhood, defaultRecallWeights)).toBeGreaterThan(0);
    await bench.compare(
      bench("words alone", () => void askAll(first, first.neighbourhood, wordsOnly)),
      bench("links from the graph", () => void askAll(first, first.neighbourhood, defaultRecallWeights)),
      bench("links from the store", () =>
        void askAll(first, storeNeighbourhood(first.store), defaultRecallWeights)),
      few,
    );
  },
  TIMEOUT_MS,
);
