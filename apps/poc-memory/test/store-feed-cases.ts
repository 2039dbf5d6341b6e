/** What every store's feed promises; part of the conformance suite. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Fact, MemoryStore } from "../src/store/memory-store.ts";
import { anyChange, applyAll, KEYS, put, tryApply, type OpenEmptyStore } from "./store-changes.ts";

/** A reader that knows nothing but the feed. */
class FeedReader {
  readonly nodes = new Map<number, unknown>();
  readonly links = new Map<string, number>();
  revision = 0;

  follow(store: MemoryStore, limit: number): void {
    for (
      let facts = store.facts(this.revision, limit);
      facts.length > 0;
      facts = store.facts(this.revision, limit)
    ) {
      for (const fact of facts) this.#take(fact);
      this.revision = facts.at(-1)?.revision ?? 0;
    }
  }

  #take(fact: Fact): void {
    expect(fact.revision).toBeGreaterThan(this.revision);
    if (fact.kind === "node") this.nodes.set(fact.node.id, fact.node);
    else if (fact.kind === "forgotten") this.nodes.delete(fact.id);
    else {
      const name = `${Math.min(fact.from, fact.to)}-${Math.max(fact.from, fact.to)} ${fact.type}`;
      if (fact.strength === 0) this.links.delete(name);
      else this.links.set(name, fact.strength);
    }
  }
}

/** The cases of the feed. */
export function feedCases(open: OpenEmptyStore, runs: number): void {
  test("a page ends with a whole revision", () => {
    using store = open();
    applyAll(store, put("a"), put("b"), put("c"));
    applyAll(store, put("d"));

    expect(store.facts(0, 1).map((fact) => fact.revision)).toEqual([1, 1, 1]);
    expect(store.facts(1, 1).map((fact) => fact.revision)).toEqual([2]);
    expect(store.facts(2, 1)).toEqual([]);
  });

  test("whoever applies all facts in order, from wherever and in pages of any size, has exactly what is true now", () => {
    const batches = fc.array(fc.array(anyChange, { minLength: 1, maxLength: 4 }), { maxLength: 14 });
    fc.assert(
      fc.property(batches, fc.nat(14), fc.integer({ min: 1, max: 6 }), (all, stop, limit) => {
        using store = open();
        const early = new FeedReader();
        const late = new FeedReader();
        for (const [number, changes] of all.entries()) {
          tryApply(store, changes);
          if (number === stop) early.follow(store, limit);
        }
        early.follow(store, limit);
        late.follow(store, limit);

        const living = KEYS.map((key) => store.get(key)).filter((node) => node !== null);
        const nodes = new Map(living.map((node) => [node.id, node]));
        const links = new Map<string, number>();
        for (const { id } of living)
          for (const other of store.neighbours(id))
            links.set(`${Math.min(id, other.id)}-${Math.max(id, other.id)} ${other.type}`, other.strength);
        for (const reader of [early, late]) {
          expect(reader.nodes).toEqual(nodes);
          expect(reader.links).toEqual(links);
        }
        expect(store.counts()).toMatchObject({ nodes: nodes.size, links: links.size });
      }),
      { numRuns: runs },
    );
  });
}
