import type { TaskId } from "../../base/ids.ts";
import type { QueueStore, TaskDraft } from "../../queue/queue-store.ts";
import type { Task } from "../../task/task.ts";
import {
  claimOne,
  FAILED,
  kindsOf,
  present,
  promise,
  refused,
  same,
  settle,
  stateOf,
  STRANGER,
  T0,
} from "./kit.ts";

const total = async (store: QueueStore): Promise<number> =>
  (await store.counts()).reduce((sum, { count }) => sum + count, 0);

/** Graphs, circles, unknown parents, keys. */
export const adding = [
  promise("a stored task reads back as it was drafted", async (store, make) => {
    const parent = make();
    const draft = make({
      key: "k",
      input: { deep: [1, { x: null }] },
      labels: { host: "a", "odd key": "ü" },
      parent: STRANGER,
      after: [parent.id],
      onParentFailure: "run",
      priority: -3,
      dueAtMs: T0 + 5,
      keyForMs: 60_000,
      idempotencyKey: "once",
      sequence: "line",
      deadlineAtMs: T0 + 1e6,
      limits: { timeoutMs: 5, retry: { attempts: 2 }, needs: { disk: 1 } },
    });

    const added = await store.addGraph([parent, draft]);

    const [task] = await store.get([draft.id]);
    const { dueAtMs: _, ...facts } = draft;
    same(
      added,
      [
        { id: parent.id, added: true },
        { id: draft.id, added: true },
      ],
      "the answer",
    );
    same(
      task,
      { ...facts, attempt: 0, claim: 0, forks: 0, state: { kind: "blocked", waitingFor: 1 } },
      "the task",
    );
  }),

  promise("an empty batch is answered with nothing", async (store) => {
    same(await store.addGraph([]), [], "the answer");
  }),

  promise("a batch with a circle is refused whole", async (store, make) => {
    const [a, b, c] = [make(), make(), make()];
    const circle = [make(), { ...a, after: [c.id] }, { ...b, after: [a.id] }, { ...c, after: [b.id] }];

    const error = await refused(store.addGraph(circle), "GRAPH_CYCLE");

    same(
      [a, b, c].filter(({ id }) => error.message.includes(id)).length,
      3,
      "tasks of the circle that are named",
    );
    same(await total(store), 0, "stored tasks");
  }),

  promise("a task that waits for itself is refused", async (store, make) => {
    const draft = make();
    await refused(store.addGraph([{ ...draft, after: [draft.id] }]), "GRAPH_CYCLE");
  }),

  promise("a batch with an unknown parent is refused whole", async (store, make) => {
    await refused(store.addGraph([make(), make({ after: [STRANGER] })]), "GRAPH_UNKNOWN_PARENT");
    same(await total(store), 0, "stored tasks");
  }),

  promise("a parent may stand later in the batch, or be stored already", async (store, make) => {
    const stored = make();
    const late = make();
    const child = make({ after: [stored.id, late.id] });
    await store.addGraph([stored]);

    await store.addGraph([child, late]);

    same(await stateOf(store, child), { kind: "blocked", waitingFor: 2 }, "the child");
  }),

  promise("a parent that is done already is not waited for", async (store, make) => {
    const parent = make();
    await store.addGraph([parent]);
    await settle(store, await claimOne(store, T0), T0);
    const child = make({ after: [parent.id] });

    await store.addGraph([child]);

    same(await stateOf(store, child), { kind: "ready", dueAtMs: T0 }, "the child");
  }),

  promise(
    "after a parent that ended badly a task is stored as skipped, failed or ready, and so are its children",
    async (store, make) => {
      const parent = make();
      await store.addGraph([parent]);
      await settle(store, await claimOne(store, T0), T0, FAILED);
      const skipped = make({ after: [parent.id] });
      const failed = make({ after: [parent.id], onParentFailure: "fail" });
      const runs = make({ after: [parent.id, skipped.id], onParentFailure: "run" });
      const grandchild = make({ after: [skipped.id], onParentFailure: "fail" });

      const added = await store.addGraph([grandchild, skipped, failed, runs]);

      same(
        added.map(({ ended }) => ended ?? "lives"),
        ["failed", "skipped", "failed", "lives"],
        "what is told",
      );
      same(
        await kindsOf(store, [grandchild, skipped, failed, runs]),
        ["failed", "skipped", "failed", "ready"],
        "states",
      );
      const state = await stateOf(store, failed);
      same(state.kind === "failed" && state.error.code, "PARENT_FAILED", "the code of the failure");
    },
  ),

  promise(
    "a draft that meets an unfinished task of its job and key is answered with that task",
    async (store, make) => {
      const first = make({ key: "k" });
      const twin = make({ key: "k", input: "other" });
      const elsewhere = make({ key: "k", job: "other" });
      await store.addGraph([first]);

      const added = await store.addGraph([twin, elsewhere, make({ key: null }), make({ key: null })]);

      same(
        added.map((one) => one.added),
        [false, true, true, true],
        "what was added",
      );
      same(added[0], { id: first.id, added: false }, "the answer to the twin");
      same(await kindsOf(store, [twin]), ["absent"], "the twin");
    },
  ),

  promise("a key is held in every unfinished state and free after every end", async (store, make) => {
    const holder = make({ key: "k" });
    await store.addGraph([holder]);
    const meets = async (): Promise<boolean | undefined> => {
      const [answer] = await store.addGraph([make({ key: "k", dueAtMs: T0 + 1e9 })]);
      return answer?.added === false && answer.id === holder.id;
    };

    same(await meets(), true, "met while ready");
    const first = await claimOne(store, T0);
    same(await meets(), true, "met while running");
    await settle(store, first, T0, { kind: "retrying", dueAtMs: T0, error: { code: "X", message: "" } });
    same(await meets(), true, "met while retrying");
    await settle(store, await claimOne(store, T0), T0, FAILED);
    same(await meets(), false, "met after the end");
  }),

  promise(
    "drafts of one batch with one key become one task, and their children wait for it",
    async (store, make) => {
      const first = make({ key: "k" });
      const twin = make({ key: "k" });
      const child = make({ after: [twin.id, first.id] });

      const added = await store.addGraph([first, child, twin]);

      same(added[2], { id: first.id, added: false }, "the answer to the twin");
      same((await store.get([child.id]))[0]?.after, [first.id], "what the child waits for");
      same(await stateOf(store, child), { kind: "blocked", waitingFor: 1 }, "the child");
    },
  ),

  promise("a child of a draft that met a stored task waits for the stored one", async (store, make) => {
    const stored = make({ key: "k" });
    await store.addGraph([stored]);
    const twin = make({ key: "k", after: [STRANGER] });
    const child = make({ after: [twin.id] });

    await store.addGraph([twin, child]);

    const settled = await settle(store, await claimOne(store, T0), T0);
    same(settled.unblocked, [child.id], "unblocked by the stored task");
  }),

  promise("a circle that closes only through a shared key is refused", async (store, make) => {
    const a = make({ key: "k" });
    const b = make({ after: [a.id] });
    const twin = make({ key: "k" });

    await refused(store.addGraph([{ ...a, after: [b.id] }, b, twin]), "GRAPH_CYCLE");
  }),

  promise("sending a batch again changes nothing", async (store, make) => {
    const parent = make();
    const child = make({ after: [parent.id] });
    await store.addGraph([parent, child]);
    await claimOne(store, T0);

    const again = await store.addGraph([parent, child]);

    same(
      again,
      [
        { id: parent.id, added: false },
        { id: child.id, added: false },
      ],
      "the answer",
    );
    same(await kindsOf(store, [parent, child]), ["running", "blocked"], "states");
  }),

  promise(
    "a key that is held for a time is free when both the task and the time are over",
    async (store, make) => {
      const holder = make({ key: "k", keyForMs: 100 });
      await store.addGraph([holder]);
      const later = (nowMs: number): TaskDraft => ({
        ...make({ key: "k" }),
        createdAtMs: nowMs,
        dueAtMs: nowMs,
      });

      same((await store.addGraph([later(T0 + 200)]))[0]?.id, holder.id, "while it is unfinished");
      await settle(store, await claimOne(store, T0), T0);
      same((await store.addGraph([later(T0 + 99)]))[0]?.id, holder.id, "while the time lasts");
      same((await store.addGraph([later(T0 + 100)]))[0]?.added, true, "when the time is over");
    },
  ),

  promise("an idempotency key stands for its task as long as that is stored", async (store, make) => {
    const first = make({ idempotencyKey: "once" });
    const [twin, elsewhere] = [
      make({ idempotencyKey: "once" }),
      make({ idempotencyKey: "once", job: "other" }),
    ];
    const child = make({ after: [twin.id] });
    await store.addGraph([first]);
    await settle(store, await claimOne(store, T0), T0);

    const added = await store.addGraph([twin, elsewhere, child]);

    same(added[0], { id: first.id, added: false }, "the answer to the twin");
    same(
      added.slice(1).map((one) => one.added),
      [true, true],
      "what was added",
    );
    same((await stateOf(store, child)).kind, "ready", "what waits for the twin, whose task is done");
    await claimOne(store, T0);
    await store.prune({ endedBeforeMs: T0 + 1, limit: 9 });
    same(await kindsOf(store, [first]), ["done"], "the task that an unfinished one names");
    await settle(store, { ...(await taskNow(store, child)) }, T0);
    await store.prune({ endedBeforeMs: T0 + 1, limit: 9 });
    same((await store.addGraph([make({ idempotencyKey: "once" })]))[0]?.added, true, "when it is forgotten");
  }),

  promise("of two drafts with one idempotency key the first stands for both", async (store, make) => {
    const [one, two] = [make({ idempotencyKey: "once" }), make({ idempotencyKey: "once" })];

    same(
      await store.addGraph([one, two]),
      [
        { id: one.id, added: true },
        { id: one.id, added: false },
      ],
      "the answer",
    );
  }),

  promise("marks are kept in the commit of the batch, or not at all", async (store, make) => {
    await store.addGraph([make()], { last: { at: 1 }, other: "x" });
    await refused(store.addGraph([make({ after: [STRANGER] })], { last: { at: 2 } }), "GRAPH_UNKNOWN_PARENT");

    same(await store.marks(["last", "other", "none"]), { last: { at: 1 }, other: "x" }, "marks");
    await store.addGraph([], { other: null });
    same(await store.marks(["last", "other"]), { last: { at: 1 } }, "when one is forgotten");
    await store.setMarks({ other: [1], last: null });
    same(await store.marks(["other", "last", "__proto__"]), { other: [1] }, "when they are set alone");
  }),
];

async function taskNow(store: QueueStore, { id }: { readonly id: TaskId }): Promise<Task> {
  const [task] = await store.get([id]);
  return present(task, `task ${id}`);
}
