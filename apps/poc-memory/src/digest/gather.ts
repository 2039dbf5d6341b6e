/** What happened in a time, gathered from its episodes and facts: pure, and the same for a day and for a month. */
import type { MemoryNode } from "../store/node.ts";
import { readFact, type Learned } from "./learned.ts";
import { readStory, type Story } from "./story.ts";

/** A fact and the episodes it is from, by id. */
export interface FactSource {
  readonly node: MemoryNode;
  readonly episodes: readonly number[];
}

/** One session, told. */
export interface Happening extends Story {
  readonly startMs: number;
  /** How much came of it: what is told first where not all can be told. */
  readonly merit: number;
}

/** A fact, and how much came of the best session it is from. */
export interface RankedFact extends Learned {
  readonly merit: number;
}

/** What a digest is written from, each in the order of time. */
export interface Gathered {
  readonly happenings: readonly Happening[];
  readonly learned: readonly RankedFact[];
}

const COMMIT_MERIT = 3;
/** A session that changed fifty files is not ten times one that changed five. */
const FILES_MERIT_MAX = 10;

/**
 * Gather what nodes of one time say. A session that was gone on with from a copy of its transcript has several
 * episodes with one beginning; the one that tells most stands for all.
 */
export function gather(episodes: readonly MemoryNode[], facts: readonly FactSource[]): Gathered {
  const found = new Map<string, Happening>();
  const nameOf = new Map<number, string>();
  const factsOf = countFacts(facts);
  for (const node of episodes.toSorted(byTime)) {
    const story = readStory(node.content);
    const happening = {
      ...story,
      startMs: node.createdAtMs,
      merit: meritOf(story, factsOf.get(node.id) ?? 0),
    };
    const name = `${node.createdAtMs} ${story.title}`;
    nameOf.set(node.id, name);
    const known = found.get(name);
    if (known === undefined || tellsMore(happening, known)) found.set(name, happening);
  }
  const learned = facts
    .map(({ node, episodes: from }) => {
      const merits = from.map((id) => found.get(nameOf.get(id) ?? "")?.merit ?? 0);
      return { ...readFact(node), merit: Math.max(0, ...merits) };
    })
    .toSorted((a, b) => a.atMs - b.atMs || (a.key < b.key ? -1 : 1));
  return { happenings: [...found.values()], learned };
}

function countFacts(facts: readonly FactSource[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { episodes } of facts) for (const id of episodes) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function meritOf(story: Story, facts: number): number {
  const files = Math.min(FILES_MERIT_MAX, story.files.length + story.filesBeyond);
  return COMMIT_MERIT * (story.commits.length + story.pullRequests.length) + files + facts;
}

function tellsMore(a: Happening, b: Happening): boolean {
  return a.merit !== b.merit ? a.merit > b.merit : (a.endMs ?? 0) > (b.endMs ?? 0);
}

/** Keys, not ids, part what happened at once: ids would tell of the order of mining. */
function byTime(a: MemoryNode, b: MemoryNode): number {
  return a.createdAtMs - b.createdAtMs || (a.key < b.key ? -1 : 1);
}

/** At most `count` of them in their own order: those of most merit, the earlier where equal. */
export function mostTelling<T extends { readonly merit: number }>(
  all: readonly T[],
  count: number,
): readonly T[] {
  if (all.length <= count) return all;
  const chosen = new Set(all.toSorted((a, b) => b.merit - a.merit).slice(0, count));
  return all.filter((one) => chosen.has(one));
}
