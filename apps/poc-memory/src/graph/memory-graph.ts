/**
 * The graph that algorithms walk: typed arrays in memory, built once from a store's feed and kept up by it.
 *
 * What changed since the arrays were built waits in a small overlay; when that grows past OVERLAY_RATIO of the
 * arrays, or a measure wants plain arrays, it is folded in. After a fold the dense indices follow the node ids in
 * ascending order, so the graph depends on what the store holds, never on the way there. One owner, one thread.
 */
import type { Fact, MemoryStore } from "../store/memory-store.ts";
import { linkTypes, nodeTypes, type LinkType, type NodeType } from "../store/node.ts";
import { buildAdjacency, withoutParallels, type Adjacency, type TypedAdjacency } from "./adjacency.ts";
import { EdgeList } from "./edge-list.ts";

/** Share of the links that may wait in the overlay before it is folded in: below it, iterating costs little more. */
export const OVERLAY_RATIO = 0.1;

/** So many links may always wait: folding a tiny graph for each change would be silly. */
const OVERLAY_LINKS_MIN = 1024;

const FACTS_A_PAGE = 20_000;
const TYPES = linkTypes.length;

/** Called for each link of a node. Indices are dense; `type` is the link's type. */
export type NeighbourVisit = (neighbour: number, strength: number, type: LinkType) => void;

/** The part of a store that a graph follows. */
export type FactFeed = Pick<MemoryStore, "facts" | "revision">;

/** The living nodes and links of a store, by dense index. */
export class MemoryGraph {
  #ids: number[] = [];
  #indices = new Map<number, number>();
  #types: (NodeType | null)[] = [];
  #rows: TypedAdjacency = buildAdjacency(0, new EdgeList());
  /** Link name (pair and type, see #link) to strength; 0 is a link that is gone. By dense index of either end. */
  #overlay = new Map<number, Map<number, number>>();
  #overlayLinks = 0;
  #forgotten = 0;
  #simple: Adjacency | null = null;
  #revision = 0;

  /** A graph of all that a store holds now. */
  static build(store: FactFeed): MemoryGraph {
    const graph = new MemoryGraph();
    graph.follow(store);
    return graph;
  }

  /** The last revision that is in the graph. */
  get revision(): number {
    return this.#revision;
  }

  /** Number of living nodes. */
  get size(): number {
    return this.#ids.length - this.#forgotten;
  }

  /** Dense index of a node, -1 where it is not living. Holds until the next `follow` or `adjacency`. */
  indexOf(id: number): number {
    const index = this.#indices.get(id);
    return index === undefined ? -1 : index;
  }

  /** Id of the node at a dense index. */
  idAt(index: number): number {
    return this.#ids[index] ?? -1;
  }

  /** Type of the node at a dense index; `null` while only a link to it is known. */
  typeAt(index: number): NodeType | null {
    return this.#types[index] ?? null;
  }

  /**
   * Take in what the store has committed since.
   * @returns how many facts there were.
   */
  follow(store: FactFeed): number {
    const taken = this.#ids.length === 0 ? this.#load(store) : 0;
    return taken + this.#catchUp(store);
  }

  /** The first filling: straight into arrays, up to the revision at which it began. */
  #load(store: FactFeed): number {
    const until = store.revision;
    const edges = new EdgeList();
    let taken = 0;
    while (this.#revision < until) {
      const facts = store.facts(this.#revision, FACTS_A_PAGE).filter((fact) => fact.revision <= until);
      for (const fact of facts) this.#apply(fact, edges);
      taken += facts.length;
      this.#revision = facts.at(-1)?.revision ?? until;
    }
    this.#compact(edges);
    return taken;
  }

  #catchUp(store: FactFeed): number {
    let taken = 0;
    for (;;) {
      const facts = store.facts(this.#revision, FACTS_A_PAGE);
      if (facts.length === 0) break;
      for (const fact of facts) this.#apply(fact, null);
      taken += facts.length;
      this.#revision = facts.at(-1)?.revision ?? this.#revision;
    }
    if (taken > 0) this.#simple = null;
    const waiting = Math.max(OVERLAY_LINKS_MIN, OVERLAY_RATIO * this.#rows.targets.length);
    if (this.#overlayLinks > waiting) this.#fold();
    return taken;
  }

  /** Visit every link of the node at a dense index. Allocates nothing unless the node has links in the overlay. */
  eachNeighbour(index: number, visit: NeighbourVisit): void {
    const changed = this.#overlay.get(index);
    if (index < this.#rows.size)
      for (let at = this.#rows.offsets[index]!; at < this.#rows.offsets[index + 1]!; at += 1) {
        const target = this.#rows.targets[at]!;
        const type = this.#rows.types[at]!;
        if (changed?.has(target * TYPES + type) === true) continue;
        visit(target, this.#rows.strengths[at]!, linkTypes[type]!);
      }
    if (changed === undefined) return;
    for (const [name, strength] of changed)
      if (strength > 0) visit(Math.floor(name / TYPES), strength, linkTypes[name % TYPES]!);
  }

  /** The whole graph as plain arrays, one edge for each linked pair. Folds the overlay in, so dense indices may change. */
  adjacency(): Adjacency {
    if (this.#overlayLinks > 0 || this.#forgotten > 0 || this.#rows.size !== this.#ids.length) this.#fold();
    this.#simple ??= withoutParallels(this.#rows);
    return this.#simple;
  }

  #apply(fact: Fact, loading: EdgeList | null): void {
    if (fact.kind === "node") this.#types[this.#indexFor(fact.node.id)] = fact.node.type;
    else if (fact.kind === "forgotten") this.#forget(fact.id);
    else if (loading === null) this.#link(fact.from, fact.to, linkTypes.indexOf(fact.type), fact.strength);
    else if (fact.strength > 0)
      loading.push(
        this.#indexFor(fact.from),
        this.#indexFor(fact.to),
        fact.strength,
        linkTypes.indexOf(fact.type),
      );
  }

  #indexFor(id: number): number {
    const known = this.#indices.get(id);
    if (known !== undefined) return known;
    const index = this.#ids.push(id) - 1;
    this.#indices.set(id, index);
    this.#types[index] = null;
    return index;
  }

  /** The store has unlinked it in the same revision; its place stays empty until the next fold. */
  #forget(id: number): void {
    const index = this.#indices.get(id);
    if (index === undefined) return;
    this.#indices.delete(id);
    this.#ids[index] = -1;
    this.#forgotten += 1;
  }

  #link(fromId: number, toId: number, type: number, strength: number): void {
    // A link that goes together with a node we never saw needs no place.
    if (strength === 0 && !(this.#indices.has(fromId) && this.#indices.has(toId))) return;
    const [from, to] = [this.#indexFor(fromId), this.#indexFor(toId)];
    this.#note(from, to * TYPES + type, strength);
    this.#note(to, from * TYPES + type, strength);
    this.#overlayLinks += 1;
  }

  #note(index: number, name: number, strength: number): void {
    let row = this.#overlay.get(index);
    if (row === undefined) this.#overlay.set(index, (row = new Map()));
    row.set(name, strength);
  }

  #fold(): void {
    const edges = new EdgeList();
    for (let index = 0; index < this.#ids.length; index += 1)
      this.eachNeighbour(index, (neighbour, strength, type) => {
        if (index < neighbour) edges.push(index, neighbour, strength, linkTypes.indexOf(type));
      });
    this.#compact(edges);
  }

  /** New rows from edges over the old indices, with nodes in order of their ids and without those that are gone. */
  #compact(edges: EdgeList): void {
    const living = this.#ids.map((_, index) => index).filter((index) => this.#ids[index]! >= 0);
    living.sort((a, b) => this.#ids[a]! - this.#ids[b]!);
    const moved = new Int32Array(this.#ids.length).fill(-1);
    for (const [fresh, old] of living.entries()) moved[old] = fresh;
    const kept = new EdgeList();
    for (let edge = 0; edge < edges.length; edge += 1) {
      const [from, to] = [moved[edges.from[edge]!]!, moved[edges.to[edge]!]!];
      if (from >= 0 && to >= 0) kept.push(from, to, edges.strengths[edge]!, edges.types[edge]!);
    }
    this.#types = living.map((old) => this.#types[old] ?? null);
    this.#ids = living.map((old) => this.#ids[old]!);
    this.#indices = new Map(this.#ids.map((id, index) => [id, index]));
    this.#rows = buildAdjacency(this.#ids.length, kept);
    this.#overlay = new Map();
    this.#overlayLinks = 0;
    this.#forgotten = 0;
    this.#simple = null;
  }
}

/** Number of nodes of each type. */
export function countTypes(graph: MemoryGraph): Readonly<Record<NodeType, number>> {
  graph.adjacency();
  const counts = Object.fromEntries(nodeTypes.map((type) => [type, 0])) as Record<NodeType, number>;
  for (let index = 0; index < graph.size; index += 1) {
    const type = graph.typeAt(index);
    if (type !== null) counts[type] += 1;
  }
  return counts;
}
