/**
 * `shared` links: two memories of different segments that speak of the same specific things.
 *
 * The strength depends on the two nodes' entities alone; a link is there iff each node is among the other's best.
 * Work grows with what changed: triggers of the store note changed nodes and entities, and only those whose own list of
 * best can have changed are looked at again. After the notes are worked off, the links are those that a run from
 * scratch would make, whatever the order of the changes was.
 */
import type { DirtyEntity } from "../store/entity-index.ts";
import type { Change } from "../store/memory-store.ts";
import type { MemoryNode } from "../store/node.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import { linkStrength, SHARED_OVERLAP_MIN, weightOf } from "./entity-overlap.ts";

/** Bounds of relating. Changing the first two makes everything be related again. */
export interface RelateLimits {
  /** An entity held by more nodes than this is common and brings no two of them together. 2 to 1,000. */
  readonly commonAbove: number;
  /** Links are made between nodes that are each among the other's so many best. */
  readonly best: number;
  /** Changed nodes, and changed entities, that one call works off. */
  readonly changedMax: number;
}

/** 50 holders: beyond it a file or command is a project's furniture. 8 links: enough to walk on, too few for hubs. */
export const defaultRelateLimits: RelateLimits = { commonAbove: 50, best: 8, changedMax: 2_000 };

/** What one call did. */
export interface Related {
  readonly linked: number;
  readonly unlinked: number;
  /** Nodes that were looked at. */
  readonly considered: number;
  /** Changed nodes and entities that another call has to work off; 0 when the links are complete. */
  readonly remaining: number;
}

/** Who relates, as the author of its links. */
export const RELATE_AUTHOR = "relate:shared";

const COMMON_MAX = 1_000;
const CURSOR = "relate.limits";

/**
 * Bring the `shared` links up to date with what changed since the last call. One transaction: links and notes go
 * together. Call again while `remaining` is above 0.
 * @throws RangeError for limits outside their range; what `MemoryStore.apply` throws.
 */
export function relateChanged(
  store: SqliteMemoryStore,
  atMs: number,
  limits: RelateLimits = defaultRelateLimits,
): Related {
  if (
    !(
      limits.commonAbove >= 2 &&
      limits.commonAbove <= COMMON_MAX &&
      limits.best >= 1 &&
      limits.changedMax >= 1
    )
  )
    throw new RangeError("relate limits: commonAbove 2 to 1000, best and changedMax at least 1");
  return store.atomically("relating what changed", () => {
    restartIfLimitsChanged(store, limits);
    const nodes = store.entityIndex.dirtyNodes(limits.changedMax);
    const entities = store.entityIndex.dirtyEntities(limits.changedMax);
    const view = new RelateView(store, limits);
    const affected = affectedNodes(view, nodes, entities, limits);
    const changes = affected.flatMap((id) => view.changesAround(id));
    const done = store.apply({ author: RELATE_AUTHOR, atMs, changes });
    store.entityIndex.clean(nodes, entities);
    return {
      linked: done.linked,
      unlinked: done.unlinked,
      considered: affected.length,
      remaining: store.entityIndex.dirtyCount(),
    };
  });
}

function restartIfLimitsChanged(store: SqliteMemoryStore, limits: RelateLimits): void {
  const now = JSON.stringify([limits.commonAbove, limits.best]);
  if (store.progress.cursor(CURSOR) === now) return;
  store.entityIndex.dirtyAll();
  store.progress.setCursor(CURSOR, now);
}

/** Every node whose list of best can differ from what it was: the changed ones and all that met or meet them. */
function affectedNodes(
  view: RelateView,
  nodes: readonly number[],
  entities: readonly DirtyEntity[],
  limits: RelateLimits,
): readonly number[] {
  const affected = new Set(nodes);
  for (const node of nodes) {
    for (const other of view.sharedNeighbours(node).keys()) affected.add(other);
    for (const name of view.entitiesOf(node)) for (const other of view.holders(name)) affected.add(other);
  }
  for (const { name, heldBefore } of entities) {
    // An entity that was and stays common brought nobody together before and does not now.
    if (heldBefore > limits.commonAbove && view.holders(name).length === 0) continue;
    for (const other of view.allHolders(name)) affected.add(other);
  }
  // A node that waits for its own turn is looked at then, with all that was decided in between.
  const now = new Set(nodes);
  return [...affected].filter((id) => now.has(id) || !view.isDirty(id)).toSorted((a, b) => a - b);
}

/** A node among another's best. */
interface Candidate {
  readonly id: number;
  readonly key: string;
  readonly overlap: number;
}

/** What of a node's entities the overlap is reckoned from. */
interface Profile {
  readonly weight: number;
  readonly common: ReadonlySet<string>;
}

/** The store as one call sees it; nothing changes while it lives, so everything is looked up once. */
class RelateView {
  readonly #store: SqliteMemoryStore;
  readonly #limits: RelateLimits;
  readonly #nodes = new Map<number, MemoryNode | null>();
  readonly #entities = new Map<number, readonly string[]>();
  readonly #segments = new Map<number, ReadonlySet<string>>();
  readonly #holders = new Map<string, readonly number[]>();
  readonly #best = new Map<number, ReadonlyMap<number, Candidate>>();
  readonly #profiles = new Map<number, Profile>();
  readonly #decided = new Set<string>();

  constructor(store: SqliteMemoryStore, limits: RelateLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  /** What has to change in the `shared` links of a node; a pair is told once. */
  changesAround(id: number): readonly Change[] {
    const there = this.sharedNeighbours(id);
    const best = this.#bestOf(id);
    const changes: Change[] = [];
    for (const other of new Set([...there.keys(), ...best.keys()])) {
      const pair = id < other ? `${id} ${other}` : `${other} ${id}`;
      if (this.#decided.has(pair)) continue;
      this.#decided.add(pair);
      const [from, to] = [this.#node(Math.min(id, other)), this.#node(Math.max(id, other))];
      // The links of a node that is gone went with it.
      if (from === null || to === null) continue;
      const ends = { from: from.key, to: to.key, type: "shared" } as const;
      const candidate = best.get(other);
      if (candidate === undefined || !this.#bestOf(other).has(id)) {
        if (there.has(other)) changes.push({ kind: "unlink", ...ends });
      } else {
        const strength = Math.fround(linkStrength(candidate.overlap));
        if (there.get(other) !== strength) changes.push({ kind: "link", ...ends, strength });
      }
    }
    return changes;
  }

  sharedNeighbours(id: number): ReadonlyMap<number, number> {
    const shared = this.#store.neighbours(id).filter((neighbour) => neighbour.type === "shared");
    return new Map(shared.map((neighbour) => [neighbour.id, neighbour.strength]));
  }

  isDirty(id: number): boolean {
    return this.#store.entityIndex.isDirty(id);
  }

  entitiesOf(id: number): readonly string[] {
    return cached(this.#entities, id, () => this.#store.entities(id));
  }

  /** Holders of an entity that brings nodes together; none where it is common. */
  holders(name: string): readonly number[] {
    return cached(this.#holders, name, () => {
      const found = this.#store.entityIndex.holders(name, this.#limits.commonAbove + 1);
      return found.length > this.#limits.commonAbove ? [] : found;
    });
  }

  /** Holders of an entity that has just become, or was, specific: no more than a call can have added. */
  allHolders(name: string): readonly number[] {
    return this.#store.entityIndex.holders(name, ALL_HOLDERS_MAX);
  }

  /** The best partners of a node: most overlap first, then by key; ids would tell of the order of writing. */
  #bestOf(id: number): ReadonlyMap<number, Candidate> {
    return cached(this.#best, id, () => {
      const candidates = [...this.#sharedWeights(id)].flatMap(([other, shared]) =>
        this.#candidate(id, other, shared),
      );
      candidates.sort((a, b) => b.overlap - a.overlap || (a.key < b.key ? -1 : 1));
      return new Map(candidates.slice(0, this.#limits.best).map((candidate) => [candidate.id, candidate]));
    });
  }

  /** Weight of the specific entities that others share with a node: one step for each holder of each entity. */
  #sharedWeights(id: number): ReadonlyMap<number, number> {
    const shared = new Map<number, number>();
    for (const name of this.entitiesOf(id)) {
      const weight = weightOf(name);
      for (const other of this.holders(name)) shared.set(other, (shared.get(other) ?? 0) + weight);
    }
    shared.delete(id);
    return shared;
  }

  /** The overlap of the definition, from sums: common entities bring nobody together, but they count in it. */
  #candidate(id: number, other: number, specific: number): readonly Candidate[] {
    const [mine, theirs] = [this.#profile(id), this.#profile(other)];
    let shared = specific;
    for (const name of mine.common) if (theirs.common.has(name)) shared += weightOf(name);
    const share = shared / (mine.weight + theirs.weight - shared);
    if (share < SHARED_OVERLAP_MIN || this.#shareSegment(id, other)) return [];
    const node = this.#node(other);
    return node === null ? [] : [{ id: other, key: node.key, overlap: share }];
  }

  #profile(id: number): Profile {
    return cached(this.#profiles, id, () => {
      const names = this.entitiesOf(id);
      return {
        weight: names.reduce((sum, name) => sum + weightOf(name), 0),
        common: new Set(names.filter((name) => this.holders(name).length === 0)),
      };
    });
  }

  #shareSegment(a: number, b: number): boolean {
    const mine = this.#segmentsOf(a);
    // A command may be found in thousands of segments, an episode in one: the smaller side is walked.
    const theirs = this.#segmentsOf(b);
    const [few, many] = mine.size < theirs.size ? [mine, theirs] : [theirs, mine];
    return [...few].some((segment) => many.has(segment));
  }

  #segmentsOf(id: number): ReadonlySet<string> {
    return cached(this.#segments, id, () => this.#store.yields.segmentsOf(id));
  }

  #node(id: number): MemoryNode | null {
    return cached(this.#nodes, id, () => this.#store.byIds([id])[0] ?? null);
  }
}

/** More holders than an entity can have gained between two calls of a job that keeps up. */
const ALL_HOLDERS_MAX = 100_000;

function cached<K, V>(known: Map<K, V>, key: K, find: () => V): V {
  let value = known.get(key);
  if (value === undefined) {
    value = find();
    known.set(key, value);
  }
  return value;
}
