import type { Json } from "../../base/json.ts";
import type { QueueStore } from "../../queue/queue-store.ts";
import {
  claim,
  claimOne,
  FAILED,
  ids,
  maker,
  promise,
  refused,
  same,
  settle,
  STRANGER,
  T0,
  turn,
  type QueueStoreCase,
} from "./kit.ts";

/** Values that a careless store would bend. */
const oddValues: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1.5,
  1e308,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  2 ** 60,
  "",
  "null",
  '"quoted" \\ back',
  "zero \u0000 inside",
  "half \ud800 pair",
  "\u2028 \u2029 \ufeff \ufffd",
  "😀 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L ‮right to left",
  [],
  {},
  [[], {}, [null]],
  JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "": 3, "a.b": 4}') as Json,
  { deep: { deeper: [{ deepest: "x".repeat(100_000) }] } },
];

/** Pages, counts, values, and the end of the store. */
export const reading: readonly QueueStoreCase[] = [
  promise("inputs and results of every shape come back as they were", async (store, make) => {
    await store.addGraph(oddValues.map((input) => make({ input })));

    const tasks = await claim(store, T0);
    for (const task of tasks) await settle(store, task, T0, { kind: "done", result: task.input });

    same(
      tasks.map(({ input }) => input),
      oddValues,
      "inputs",
    );
    const { tasks: ended } = await store.list({ order: "oldest" });
    same(
      ended.map(({ state }) => (state.kind === "done" ? state.result : "?")),
      oddValues,
      "results",
    );
  }),

  promise("odd keys, labels and job names are kept apart and kept whole", async (store, make) => {
    const names = [
      "a",
      "A",
      "a ",
      "ä",
      "a\u0308",
      "a\u0000",
      "a\u0000b",
      "__proto__",
      "'; DROP TABLE task; --",
      "%",
    ];
    const drafts = names.flatMap((name) => [
      make({ key: name, labels: { [name]: name } }),
      make({ job: name, key: "k" }),
    ]);

    const added = await store.addGraph(drafts);

    same(
      added.every((one) => one.added),
      true,
      "all are different",
    );
    const read = await store.get(ids(drafts));
    const facts = new Map(read.map(({ id, job, key, labels }) => [id, { job, key, labels }]));
    for (const { id, job, key, labels } of drafts) same(facts.get(id), { job, key, labels }, `task ${id}`);
  }),

  promise("reading unknown or repeated ids gives each existing task once", async (store, make) => {
    const draft = make();
    await store.addGraph([draft]);

    same(ids(await store.get([STRANGER, draft.id, draft.id])), [draft.id], "tasks");
    same(await store.get([]), [], "no tasks");
  }),

  promise(
    "a list goes through all tasks in order of adding, either way, page by page",
    async (store, make) => {
      const drafts = Array.from({ length: 25 }, () => make());
      await store.addGraph(drafts);

      same(await allIds(store, { limit: 10, order: "oldest" }), ids(drafts), "oldest first");
      same(await allIds(store, { limit: 7 }), ids(drafts).toReversed(), "newest first");
      same((await store.list({ limit: 25 })).next, null, "after a page that holds all");
      same((await store.list({})).tasks.length, 25, "on a page of default length");
    },
  ),

  promise("pages stay in step while tasks are added and forgotten", async (store, make) => {
    const drafts = Array.from({ length: 6 }, () => make());
    await store.addGraph(drafts);
    const newest = await store.list({ limit: 2 });
    const oldest = await store.list({ limit: 2, order: "oldest" });
    for (const task of await claim(store, T0, { limit: 2 })) await settle(store, task, T0);
    await store.prune({ endedBeforeMs: T0 + 1, limit: 9 });
    const added = make();
    await store.addGraph([added]);

    const older = await store.list({ limit: 10, ...cursorOf(newest) });
    const newer = await store.list({ limit: 10, order: "oldest", ...cursorOf(oldest) });

    same(ids(older.tasks), ids(drafts).slice(2, 4).toReversed(), "the second page of the newest");
    same(ids(newer.tasks), [...ids(drafts).slice(2), added.id], "the second page of the oldest");
  }),

  promise("a list can be narrowed to states and jobs", async (store, make) => {
    const [a1, a2, b1, b2] = [make({ job: "a" }), make({ job: "a" }), make({ job: "b" }), make({ job: "b" })];
    await store.addGraph([a1, a2, b1, b2]);
    await settle(store, await claimOne(store, T0, "a"), T0, FAILED);
    await claimOne(store, T0, "b");

    same(await allIds(store, { jobs: ["a"], limit: 1 }), [a2.id, a1.id], "of job a");
    same(await allIds(store, { states: ["ready"], limit: 1 }), [b2.id, a2.id], "ready");
    same(
      await allIds(store, { states: ["failed", "running"], limit: 1 }),
      [b1.id, a1.id],
      "failed or running",
    );
    same(await allIds(store, { states: ["failed"], jobs: ["b"] }), [], "failed of job b");
    same(await allIds(store, { states: [] }), [], "in no state");
    same(
      await allIds(store, { jobs: ["a", "b", "none"], states: ["ready"] }),
      [b2.id, a2.id],
      "of several jobs",
    );
  }),

  promise("counts follow every change and leave zeros out", async (store, make) => {
    const root = make({ job: "a" });
    same(await store.counts(), [], "of an empty store");
    await store.addGraph([root, make({ job: "a", after: [root.id] }), make({ job: "b" })]);
    same(await counted(store), ["a blocked 1", "a ready 1", "b ready 1"], "after adding");
    const task = await claimOne(store, T0, "a");
    same(await counted(store), ["a blocked 1", "a running 1", "b ready 1"], "after a claim");
    await settle(store, task, T0, FAILED);
    same(await counted(store), ["a failed 1", "a skipped 1", "b ready 1"], "after a failure");
    await store.prune({ endedBeforeMs: T0 + 1, limit: 9 });
    same(await counted(store), ["b ready 1"], "after pruning");
  }),

  {
    name: "after it is closed every call is refused with STORE_CLOSED, and closing again is harmless",
    async run(open) {
      const store = await open();
      const draft = maker()();
      await store.addGraph([draft]);
      await store[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();

      for (const call of everyCall(store)) await refused(call(), "STORE_CLOSED");
    },
  },

  {
    name: "calls that were made before closing are answered",
    async run(open) {
      const store = await open();
      const make = maker();
      const calls = Promise.all([store.addGraph([make()]), claim(store, T0), store.counts()]);
      await store[Symbol.asyncDispose]();

      const [added, claimed] = await calls;
      same([added[0]?.added, claimed.length], [true, 1], "the answers");
    },
  },
];

function everyCall(store: QueueStore): readonly (() => Promise<unknown>)[] {
  return [
    () => store.addGraph([]),
    () => turn(store, T0),
    () => claim(store, T0),
    () => store.oldestDue(T0),
    () => store.marks([]),
    () => store.setMarks({}),
    () => store.touch("me", [], T0),
    () => store.cancel({ ids: [], nowMs: T0, reason: "" }),
    () => store.retry([], T0),
    () => store.recover({ nowMs: T0, lost: "others", owner: "me" }),
    () => store.get([]),
    () => store.list({}),
    () => store.counts(),
    () => store.prune({ endedBeforeMs: T0, limit: 1 }),
    async () => store.onWake(() => {}),
  ];
}

async function counted(store: QueueStore): Promise<readonly string[]> {
  return (await store.counts()).map(({ job, state, count }) => `${job} ${state} ${count}`).toSorted();
}

async function allIds(
  store: QueueStore,
  request: Parameters<QueueStore["list"]>[0],
): Promise<readonly string[]> {
  const found: string[] = [];
  let page = await store.list(request);
  found.push(...ids(page.tasks));
  while (page.next !== null) {
    page = await store.list({ ...request, cursor: page.next });
    found.push(...ids(page.tasks));
  }
  return found;
}

function cursorOf({ next }: { readonly next: string | null }): { readonly cursor?: string } {
  return next === null ? {} : { cursor: next };
}
