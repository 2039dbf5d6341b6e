import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CodedError, findCircle, startingOrder, waitingCounts, type GraphNode } from "jobkit-core";

const node = (id: string, ...after: string[]): GraphNode => ({ id, after });

/** Any graph of up to 12 nodes, circles, twin edges and edges to nowhere included. */
const anyGraph = fc
  .integer({ min: 0, max: 12 })
  .chain((size) =>
    fc
      .array(fc.array(fc.nat(13), { maxLength: 4 }), { minLength: size, maxLength: size })
      .map((edges) => edges.map((after, at) => node(`n${at}`, ...after.map((to) => `n${to}`)))),
  );

test("the order puts every node behind all it waits for, and holds every node once", () => {
  fc.assert(
    fc.property(anyGraph, (nodes) => {
      fc.pre(findCircle(nodes) === null);

      const order = startingOrder(nodes).map(({ id }) => id);

      expect(order.toSorted()).toEqual(nodes.map(({ id }) => id).toSorted());
      const edges = nodes.flatMap(({ id, after }) => after.map((parent) => [parent, id] as const));
      const early = edges.filter(([parent, id]) => order.indexOf(parent) >= order.indexOf(id));
      expect(early.filter(([parent]) => order.includes(parent))).toEqual([]);
    }),
  );
});

test("a circle is found exactly where no order exists, and each of its nodes waits for the next", () => {
  fc.assert(
    fc.property(anyGraph, (nodes) => {
      const circle = findCircle(nodes);

      expect(circle !== null).toBe(reachesItself(nodes));
      const after = new Map(nodes.map((one) => [one.id, one.after]));
      for (const [at, id] of (circle ?? []).entries())
        expect(after.get(id)).toContain(circle?.[(at + 1) % circle.length]);
    }),
  );
});

test("nodes that wait for nothing keep the order they were given in", () => {
  const nodes = [node("c"), node("a", "elsewhere"), node("b")];

  expect(startingOrder(nodes).map(({ id }) => id)).toEqual(["c", "a", "b"]);
});

test("a circle is refused with its code and named in the message", () => {
  const nodes = [node("a", "c"), node("b", "a"), node("c", "b"), node("d", "c")];

  const refused = thrownBy(() => startingOrder(nodes));

  expect(refused).toBeInstanceOf(CodedError);
  expect(refused).toMatchObject({
    code: "GRAPH_CYCLE",
    message: expect.stringMatching(/a waits for c waits for b waits for a$/),
  });
});

test("a long circle is named in part and counted", () => {
  const nodes = Array.from({ length: 50 }, (_, at) => node(`n${at}`, `n${(at + 1) % 50}`));

  expect(thrownBy(() => startingOrder(nodes))).toMatchObject({ message: expect.stringContaining("38 more") });
});

test("a node that waits for itself is a circle of one", () => {
  expect(findCircle([node("a", "a")])).toEqual(["a"]);
});

test("two nodes of one id are a wrong call", () => {
  expect(() => startingOrder([node("a"), node("a")])).toThrow(RangeError);
});

test("a parent named twice counts once, a stranger not at all", () => {
  expect([...waitingCounts([node("a"), node("b", "a", "a", "stranger")])]).toEqual([0, 1]);
});

test("a chain and a fan of 100,000 nodes are ordered without recursion", () => {
  const chain = Array.from({ length: 100_000 }, (_, at) =>
    node(`n${at}`, ...(at === 0 ? [] : [`n${at - 1}`])),
  );
  const fan = [node("root"), ...Array.from({ length: 100_000 }, (_, at) => node(`n${at}`, "root"))];

  expect(startingOrder(chain.toReversed())[99_999]?.id).toBe("n99999");
  expect(startingOrder(fan.toReversed())[0]?.id).toBe("root");
});

/** The plain definition: some node is reached from itself. */
function reachesItself(nodes: readonly GraphNode[]): boolean {
  const after = new Map(nodes.map((one) => [one.id, one.after]));
  return nodes.some(({ id }) => {
    const seen = new Set<string>();
    const open = [...(after.get(id) ?? [])];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === id) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...(after.get(at) ?? []));
    }
    return false;
  });
}

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return null;
}
