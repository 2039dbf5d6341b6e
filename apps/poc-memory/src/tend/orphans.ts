/**
 * Links for memories that stand alone. Recall walks over links, so what has at most one neighbour is a dead end; it
 * is linked with what is likest in words among what is connected already. Likeness is a guess of the program, so
 * such a link is `auto`, weak, and the first to go where a hub has to give links up.
 */
import { degreeOf } from "../graph/adjacency.ts";
import type { MemoryGraph } from "../graph/memory-graph.ts";
import type { Change } from "../store/memory-store.ts";
import type { MemoryNode, NodeType } from "../store/node.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import { stampOf } from "./date.ts";
import { LikenessIndex } from "./likeness.ts";
import type { TendSettings } from "./settings.ts";

/** Who links what stands alone, as author of the batches and as agent of the visits. */
export const ORPHANS_AUTHOR = "tend:link-orphans";

/** Digests tell of everything, so they are like everything; they are linked with their sources and nothing else. */
const LINKED_TYPES: readonly NodeType[] = ["session", "semantic"];

/** Neighbours below which a memory stands alone. */
const CONNECTED_MIN = 2;

/** Memories tried in one transaction: some 50 ms, so that other work gets its turn. */
const STEP_NODES = 20;

/** A link carries so much of the likeness: never more than half of what a link drawn by hand may. */
const STRENGTH_PER_SIMILARITY = 0.5;

/** What one run has done so far. */
export interface OrphansStep {
  readonly done: number;
  /** Memories that this run tries, of all `alone`. */
  readonly total: number;
  readonly alone: number;
  /** Links drawn in this step. */
  readonly linked: number;
}

/** When, and by which bounds. */
export interface OrphansRun {
  readonly date: string;
  readonly atMs: number;
  readonly settings: TendSettings;
}

/**
 * Try to link what stands alone, what waited longest first, in transactions of a few. A memory that was tried on or
 * after the date is not tried again for it, so doing it twice draws no more.
 */
export function* linkOrphans(
  store: SqliteMemoryStore,
  graph: MemoryGraph,
  { date, atMs, settings }: OrphansRun,
): Generator<OrphansStep> {
  graph.follow(store);
  const linker = new OrphanLinker(store, degreesById(graph), settings);
  const tried = store.progress.visits.latest(ORPHANS_AUTHOR);
  const stamp = stampOf(date);
  const alone = store
    .outlines(LINKED_TYPES)
    .filter(({ id }) => !linker.isConnected(id))
    .toSorted((a, b) => (tried.get(a.id) ?? 0) - (tried.get(b.id) ?? 0) || a.id - b.id);
  const due = alone
    .filter(({ id }) => (tried.get(id) ?? 0) < stamp)
    .slice(0, settings["orphans.perRun"])
    .map(({ id }) => id);
  for (let at = 0; at < due.length; at += STEP_NODES) {
    const chosen = due.slice(at, at + STEP_NODES);
    const linked = store.atomically("linking what stands alone", () => {
      // Read again: between two steps a memory may have been forgotten or given another key.
      const changes = store.byIds(chosen).flatMap((node) => linker.linksFor(node));
      const alongside = (): void => {
        for (const node of chosen)
          store.progress.visits.record({ node, agent: ORPHANS_AUTHOR, atMs: stamp, outcome: "processed" });
      };
      return store.apply({ author: ORPHANS_AUTHOR, atMs, changes, alongside }).linked;
    });
    yield { done: at + chosen.length, total: due.length, alone: alone.length, linked };
  }
}

/** Chooses partners, and counts what it gives them, so that no partner grows into a hub within one run. */
class OrphanLinker {
  readonly #store: SqliteMemoryStore;
  readonly #settings: TendSettings;
  /** Neighbours at the start of the run: who was alone then is no partner, or two of them would call it connected. */
  readonly #degrees: ReadonlyMap<number, number>;
  readonly #given = new Map<number, number>();
  readonly #likeness: LikenessIndex;

  constructor(store: SqliteMemoryStore, degrees: ReadonlyMap<number, number>, settings: TendSettings) {
    this.#store = store;
    this.#degrees = degrees;
    this.#settings = settings;
    this.#likeness = new LikenessIndex(store);
  }

  isConnected(id: number): boolean {
    return (this.#degrees.get(id) ?? 0) >= CONNECTED_MIN;
  }

  linksFor(node: MemoryNode): readonly Change[] {
    const there = this.#store.neighbours(node.id);
    const known = new Set(there.map(({ id }) => id));
    const drawn = there.filter(({ type }) => type === "auto").length;
    const room = this.#settings["orphans.linksMax"] - drawn;
    if (known.size >= CONNECTED_MIN || room < 1) return [];
    const partners = this.#likeness
      .likest(node)
      .filter(({ similarity }) => similarity >= this.#settings["orphans.similarityMin"])
      .filter(({ node: { id, type } }) => LINKED_TYPES.includes(type) && !known.has(id))
      .filter(({ node: { id } }) => this.isConnected(id) && this.#hasRoom(id))
      .filter(({ node: { id } }) => !this.#shareSegment(node.id, id))
      .slice(0, room);
    for (const { node: other } of partners) this.#given.set(other.id, (this.#given.get(other.id) ?? 0) + 1);
    return partners.map(({ node: other, similarity }) => ({
      kind: "link",
      from: node.key,
      to: other.key,
      type: "auto",
      strength: STRENGTH_PER_SIMILARITY * similarity,
    }));
  }

  #hasRoom(id: number): boolean {
    return (this.#degrees.get(id) ?? 0) + (this.#given.get(id) ?? 0) < this.#settings["degree.max"];
  }

  /** Memories of one segment have a way to each other already, over its episode. */
  #shareSegment(a: number, b: number): boolean {
    const mine = this.#store.yields.segmentsOf(a);
    const theirs = this.#store.yields.segmentsOf(b);
    return [...mine].some((segment) => theirs.has(segment));
  }
}

function degreesById(graph: MemoryGraph): ReadonlyMap<number, number> {
  const rows = graph.adjacency();
  return new Map(
    Array.from({ length: rows.size }, (_, index) => [graph.idAt(index), degreeOf(rows, index)] as const),
  );
}
