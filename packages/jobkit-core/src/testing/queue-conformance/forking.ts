import type { TaskDraft } from "../../queue/queue-store.ts";
import {
  claim,
  claimOne,
  FAILED,
  ids,
  kindsOf,
  promise,
  roomFor,
  same,
  settle,
  settlement,
  stateOf,
  T0,
  turn,
} from "./kit.ts";

/** A task that goes on when what it forked has ended. */
export const forking = [
  promise(
    "a task that forks is blocked until its children have ended, and comes back",
    async (store, make) => {
      const before = make({ job: "before" });
      const draft = make({ after: [before.id] });
      await store.addGraph([before, draft]);
      await settle(store, await claimOne(store, T0, "before"), T0);
      const drafts = [make({ job: "c", parent: draft.id }), make({ job: "c", parent: draft.id })];
      const task = await claimOne(store, T0);

      const { settled, claimed } = await turn(store, T0 + 1, {
        settlements: [settlement(task, T0 + 1, { kind: "forked", drafts })],
        room: roomFor({ c: 1, work: 1 }),
      });

      same(
        settled[0]?.forked,
        drafts.map(({ id }) => ({ id, added: true })),
        "the answer",
      );
      same(ids(claimed), [drafts[0]?.id], "claimed in the same turn");
      same(await stateOf(store, draft), { kind: "blocked", waitingFor: 2 }, "the state");
      const [first] = claimed;
      if (first !== undefined) await settle(store, first, T0 + 2, FAILED);
      same(await claim(store, T0 + 2), [], "claimed while a child runs");
      const last = await settle(store, await claimOne(store, T0, "c"), T0 + 3);
      same(last.unblocked, [draft.id], "unblocked by the last child, although one has failed");
      const back = await claimOne(store, T0 + 3);
      same([back.attempt, back.forks, back.claim], [1, 1, 2], "its numbers");
      same(back.after, [before.id, ...ids(drafts)], "what it has waited for");
    },
  ),

  promise("a fork of nothing, or of tasks that have ended, comes back at once", async (store, make) => {
    const old = make({ job: "old", idempotencyKey: "x" });
    await store.addGraph([old, make()]);
    await settle(store, await claimOne(store, T0, "old"), T0);
    const task = await claimOne(store, T0);

    const none = await settle(store, task, T0 + 1, { kind: "forked", drafts: [] });
    const again = await claimOne(store, T0 + 1);
    const drafts = [make({ job: "old", idempotencyKey: "x" })];
    const met = await settle(store, again, T0 + 2, { kind: "forked", drafts });

    same([none.unblocked, met.unblocked], [[task.id], [task.id]], "unblocked");
    same(met.forked, [{ id: old.id, added: false }], "the answer");
    const back = await claimOne(store, T0 + 2);
    same([back.forks, back.after], [2, [old.id]], "its forks, and what it has waited for");
  }),

  promise("a fork that meets an unfinished task waits for that one", async (store, make) => {
    const other = make({ job: "other", key: "k" });
    await store.addGraph([other, make()]);
    const task = await claimOne(store, T0);

    await settle(store, task, T0, { kind: "forked", drafts: [make({ job: "other", key: "k" })] });

    same((await stateOf(store, task)).kind, "blocked", "the state");
    const settled = await settle(store, await claimOne(store, T0, "other"), T0 + 1);
    same(settled.unblocked, [task.id], "unblocked by it");
  }),

  promise("a task that forks a draft which meets itself does not wait for itself", async (store, make) => {
    await store.addGraph([make({ key: "k" })]);
    const task = await claimOne(store, T0);
    const child = make({ job: "c" });
    const self = make({ key: "k" });

    const settled = await settle(store, task, T0, { kind: "forked", drafts: [self, child] });

    const answers = [
      { id: task.id, added: false },
      { id: child.id, added: true },
    ];
    same(settled.forked, answers, "the answers");
    same(await stateOf(store, task), { kind: "blocked", waitingFor: 1 }, "the state");
    const ended = await settle(store, await claimOne(store, T0, "c"), T0);
    same(ended.unblocked, [task.id], "unblocked by the other child");
    same((await claimOne(store, T0)).after, [child.id], "what it has waited for");
  }),

  promise("a fork that cannot be stored ends its task failed, and stores nothing", async (store, make) => {
    const child = make({ after: [] });
    await store.addGraph([child]);
    const task = await claimOne(store, T0);
    const [a, b] = [make(), make()];
    const circle: TaskDraft[] = [
      { ...a, after: [b.id] },
      { ...b, after: [a.id] },
    ];
    const waiter = make({ after: [task.id] });
    await store.addGraph([waiter]);

    const settled = await settle(store, task, T0, { kind: "forked", drafts: circle });

    same(
      settled.forked !== undefined && "code" in settled.forked && settled.forked.code,
      "GRAPH_CYCLE",
      "why",
    );
    same(settled.ended, [{ id: waiter.id, kind: "skipped" }], "what ended with it");
    same(await kindsOf(store, [child, a, b]), ["failed", "absent", "absent"], "states");
  }),

  promise("a child that would wait for the task that forks it is refused", async (store, make) => {
    await store.addGraph([make()]);
    const task = await claimOne(store, T0);

    const settled = await settle(store, task, T0, { kind: "forked", drafts: [make({ after: [task.id] })] });

    same(
      settled.forked !== undefined && "code" in settled.forked && settled.forked.code,
      "GRAPH_CYCLE",
      "why",
    );
    same((await stateOf(store, task)).kind, "failed", "the state");
  }),

  promise(
    "a fork is refused whose children would wait for its task, however far off",
    async (store, make) => {
      const top = make({ job: "top", key: "top" });
      await store.addGraph([top]);
      const middle = make({ job: "middle", parent: top.id });
      await settle(store, await claimOne(store, T0, "top"), T0, { kind: "forked", drafts: [middle] });
      const task = await claimOne(store, T0, "middle");

      const drafts = [make({ job: "top", key: "top" })];
      const settled = await settle(store, task, T0, { kind: "forked", drafts });

      same(
        settled.forked !== undefined && "code" in settled.forked && settled.forked.code,
        "GRAPH_CYCLE",
        "why",
      );
      same(await kindsOf(store, [middle, top]), ["failed", "ready"], "states");
    },
  ),

  promise(
    "a fork is refused whose children wait for the sequence that its task keeps",
    async (store, make) => {
      await store.addGraph([make({ sequence: "s" })]);
      const task = await claimOne(store, T0);

      const drafts = [make({ job: "c", sequence: "s" })];
      const settled = await settle(store, task, T0, { kind: "forked", drafts });

      same(
        settled.forked !== undefined && "code" in settled.forked && settled.forked.code,
        "GRAPH_CYCLE",
        "why",
      );
      same(await kindsOf(store, [task, ...drafts]), ["failed", "absent"], "states");
    },
  ),

  promise(
    "a task retried by hand begins anew: without forks, waiting for its parents alone",
    async (store, make) => {
      await store.addGraph([make()]);
      const task = await claimOne(store, T0);
      const drafts = [make({ job: "c" })];
      await settle(store, task, T0, { kind: "forked", drafts });
      await settle(store, await claimOne(store, T0, "c"), T0);
      await settle(store, await claimOne(store, T0), T0, FAILED);

      await store.retry([task.id], T0);

      const again = await claimOne(store, T0);
      same([again.forks, again.after, again.attempt], [0, [], 1], "its numbers");
    },
  ),

  promise(
    "a task that forks waits for what it forks and for a parent that was put back to the start meanwhile",
    async (store, make) => {
      const parent = make({ job: "parent" });
      const draft = make({ after: [parent.id], onParentFailure: "run" });
      const child = make({ job: "c" });
      await store.addGraph([parent, draft]);
      await settle(store, await claimOne(store, T0, "parent"), T0, FAILED);
      const task = await claimOne(store, T0);
      await store.retry([parent.id], T0);

      await settle(store, task, T0, { kind: "forked", drafts: [child] });

      same(await stateOf(store, draft), { kind: "blocked", waitingFor: 2 }, "the state");
      const first = await settle(store, await claimOne(store, T0, "c"), T0);
      const second = await settle(store, await claimOne(store, T0, "parent"), T0, FAILED);
      same([first.unblocked, second.unblocked], [[], [draft.id]], "unblocked by the last of them");
    },
  ),

  promise(
    "a task that forks a draft that meets its parent, which lives again, waits for that",
    async (store, make) => {
      const parent = make({ job: "parent", key: "k" });
      const draft = make({ after: [parent.id], onParentFailure: "run" });
      await store.addGraph([parent, draft]);
      await settle(store, await claimOne(store, T0, "parent"), T0, FAILED);
      const task = await claimOne(store, T0);
      await store.retry([parent.id], T0);

      await settle(store, task, T0, { kind: "forked", drafts: [make({ job: "parent", key: "k" })] });

      same(await stateOf(store, draft), { kind: "blocked", waitingFor: 1 }, "the state");
      const ended = await settle(store, await claimOne(store, T0, "parent"), T0);
      same(ended.unblocked, [draft.id], "unblocked by the parent");
    },
  ),

  promise("a list can be narrowed to one run", async (store, make) => {
    const [mine, other] = [make(), make({ job: "other" })];
    const run = "0".repeat(31) + "1";
    const theirs = { ...other, run: run as typeof other.run };
    await store.addGraph([mine, theirs]);

    same(ids((await store.list({ run: theirs.run })).tasks), [theirs.id], "of the run");
    same(ids((await store.list({ run: theirs.run, states: ["done"] })).tasks), [], "of the run, done");
    const late = { ...make(), run: theirs.run };
    await store.addGraph([late]);
    same(ids((await store.list({ run: theirs.run, limit: 1 })).tasks), [late.id], "the newest of the run");
  }),
];
