import type { TaskId } from "../../base/ids.ts";
import type { Outcome, Settled } from "../../queue/queue-store.ts";
import {
  claim,
  claimOne,
  FAILED,
  ids,
  kindsOf,
  present,
  promise,
  same,
  settle,
  settlement,
  stateOf,
  STRANGER,
  T0,
  turn,
} from "./kit.ts";

const refusal = (id: TaskId): Settled => ({ id, accepted: false, unblocked: [], ended: [] });
const error = { code: "INTERNAL", message: "it broke" };

/** How attempts end, whose settlement counts, and what an end does to those who wait. */
export const settling = [
  promise("a settlement records how the attempt ended and when", async (store, make) => {
    const drafts = [make(), make(), make()];
    await store.addGraph(drafts);
    const tasks = await claim(store, T0 + 1);
    const outcomes: Outcome[] = [
      { kind: "done", result: { n: [1] } },
      { kind: "failed", error },
      { kind: "cancelled", reason: "a person said so" },
    ];

    const { settled } = await turn(store, T0 + 2, {
      settlements: tasks.map((task, at) => settlement(task, T0 + 2, present(outcomes[at], "an outcome"))),
    });

    same(
      settled,
      drafts.map(({ id }) => ({ id, accepted: true, unblocked: [], ended: [] })),
      "the answers",
    );
    const times = { startedAtMs: T0 + 1, endedAtMs: T0 + 2 };
    const states = (await Promise.all(drafts.map((draft) => stateOf(store, draft)))) as unknown[];
    same(
      states,
      outcomes.map((outcome) => Object.assign({}, outcome, times)),
      "the states",
    );
  }),

  promise(
    "a settlement of another owner, another claim or an unknown task changes nothing",
    async (store, make) => {
      const draft = make();
      await store.addGraph([draft]);
      const first = await claimOne(store, T0);
      await settle(store, first, T0, { kind: "retrying", dueAtMs: T0, error });
      const second = await claimOne(store, T0);

      const late = await turn(store, T0, {
        settlements: [
          settlement(first, T0, FAILED),
          { ...settlement(second, T0), owner: "them" },
          { ...settlement(second, T0), claim: 3 },
          { ...settlement(second, T0), id: STRANGER },
        ],
      });

      same(late.settled, [draft.id, draft.id, draft.id, STRANGER].map(refusal), "the answers");
      same(await stateOf(store, draft), second.state, "the task");
    },
  ),

  promise(
    "an attempt is settled once: the second settlement is refused, also in one call",
    async (store, make) => {
      await store.addGraph([make()]);
      const task = await claimOne(store, T0);

      const { settled } = await turn(store, T0, {
        settlements: [settlement(task, T0), settlement(task, T0, FAILED)],
      });

      same(
        settled.map(({ accepted }) => accepted),
        [true, false],
        "accepted",
      );
      same((await stateOf(store, task)).kind, "done", "the state");
    },
  ),

  promise(
    "a settlement that comes again is refused although its owner runs the same attempt anew",
    async (store, make) => {
      await store.addGraph([make()]);
      const first = await claimOne(store, T0);
      await settle(store, first, T0, { kind: "interrupted" });
      const second = await claimOne(store, T0);
      same((await settle(store, first, T0, FAILED)).accepted, false, "accepted after an interruption");
      same(await stateOf(store, second), second.state, "the task after an interruption");
      await settle(store, second, T0, FAILED);
      await store.retry([second.id], T0);
      const third = await claimOne(store, T0);

      same((await settle(store, second, T0, FAILED)).accepted, false, "accepted after a retry by hand");
      same(await stateOf(store, third), third.state, "the task after a retry by hand");
      const numbers = [first, second, third].map(({ attempt, claim: number }) => [attempt, number]);
      same(
        numbers,
        [
          [1, 1],
          [1, 2],
          [1, 3],
        ],
        "attempts and claims",
      );
    },
  ),

  promise("a task waits for its last parent, and is ready in the call that ends it", async (store, make) => {
    const [a, b] = [make(), make()];
    const child = make({ job: "child", after: [a.id, b.id], dueAtMs: T0 - 5 });
    await store.addGraph([a, b, child]);
    const [first, second] = await claim(store, T0);

    same((await settle(store, present(first, "a"), T0 + 1)).unblocked, [], "unblocked by the first parent");
    same(await stateOf(store, child), { kind: "blocked", waitingFor: 1 }, "between");
    same((await settle(store, present(second, "b"), T0 + 2)).unblocked, [child.id], "unblocked by the last");
    same(await stateOf(store, child), { kind: "ready", dueAtMs: T0 + 2 }, "the child, due from then on");
    same(ids(await claim(store, T0 + 2, { job: "child" })), [child.id], "claimed at once");
  }),

  promise("an unblocked task still waits for its own due time", async (store, make) => {
    const parent = make();
    const child = make({ job: "child", after: [parent.id], dueAtMs: T0 + 50 });
    await store.addGraph([parent, child]);
    await settle(store, await claimOne(store, T0), T0);

    same(await claim(store, T0 + 49, { job: "child" }), [], "claimed too early");
    same(ids(await claim(store, T0 + 50, { job: "child" })), [child.id], "claimed when due");
  }),

  promise("two parents that end in one call unblock their child once", async (store, make) => {
    const [a, b] = [make(), make()];
    const child = make({ job: "child", after: [a.id, b.id] });
    await store.addGraph([a, b, child]);

    const settlements = (await claim(store, T0)).map((task) => settlement(task, T0));
    const { settled } = await turn(store, T0, { settlements });

    same(
      settled.map(({ unblocked }) => unblocked),
      [[], [child.id]],
      "unblocked",
    );
  }),

  promise(
    "a failed parent skips, fails or lets run, through all levels, in the same call",
    async (store, make) => {
      const root = make();
      const skip = make({ job: "x", after: [root.id] });
      const fail = make({ job: "x", after: [root.id], onParentFailure: "fail" });
      const runs = make({ job: "x", after: [root.id], onParentFailure: "run" });
      const deep = make({ job: "x", after: [skip.id] });
      const deepFail = make({ job: "x", after: [deep.id], onParentFailure: "fail" });
      const deepRun = make({ job: "x", after: [deepFail.id, fail.id], onParentFailure: "run" });
      const stays = make({ job: "x", after: [runs.id] });
      await store.addGraph([root, skip, fail, runs, deep, deepFail, deepRun, stays]);

      const settled = await settle(store, await claimOne(store, T0), T0 + 1, FAILED);

      const ended = [skip, fail, deep, deepFail].map(({ id }) => id).toSorted();
      same(settled.ended.map(({ id }) => id).toSorted(), ended, "ended with it");
      same(settled.ended.find(({ id }) => id === deepFail.id)?.kind, "failed", "how the deep one ended");
      same(settled.unblocked.toSorted(), [runs.id, deepRun.id].toSorted(), "unblocked by it");
      same(
        await stateOf(store, deep),
        { kind: "skipped", endedAtMs: T0 + 1, because: skip.id },
        "a skipped task",
      );
      const failed = await stateOf(store, fail);
      same(failed.kind === "failed" && failed.error.code, "PARENT_FAILED", "why a child failed");
      same((await stateOf(store, stays)).kind, "blocked", "what waits for a task that runs");
    },
  ),

  promise("a task skipped for one parent is not touched when another ends", async (store, make) => {
    const [a, b] = [make(), make()];
    const child = make({ job: "x", after: [a.id, b.id] });
    await store.addGraph([a, b, child]);
    const [first, second] = await claim(store, T0);
    await settle(store, present(first, "a"), T0, FAILED);

    const settled = await settle(store, present(second, "b"), T0 + 1);

    same([settled.unblocked, settled.ended], [[], []], "what the second parent did");
    same(await stateOf(store, child), { kind: "skipped", endedAtMs: T0, because: a.id }, "the child");
  }),

  promise("a retrying task comes back when it is due, as the next attempt", async (store, make) => {
    const draft = make();
    const child = make({ job: "x", after: [draft.id] });
    await store.addGraph([draft, child]);
    const outcome: Outcome = { kind: "retrying", dueAtMs: T0 + 30, error };

    const settled = await settle(store, await claimOne(store, T0), T0, outcome);

    same([settled.accepted, settled.unblocked, settled.ended], [true, [], []], "the answer");
    same(await stateOf(store, draft), { ...outcome }, "the state");
    same(await claim(store, T0 + 29), [], "claimed too early");
    same((await claimOne(store, T0 + 30)).attempt, 2, "the attempt");
    same((await stateOf(store, child)).kind, "blocked", "its child");
  }),

  promise("an interrupted task is ready at once and its attempt is taken back", async (store, make) => {
    const draft = make();
    await store.addGraph([draft]);

    await settle(store, await claimOne(store, T0), T0 + 7, { kind: "interrupted" });

    same(await stateOf(store, draft), { kind: "ready", dueAtMs: T0 + 7 }, "the state");
    same((await claimOne(store, T0 + 7)).attempt, 1, "the attempt");
  }),

  promise("settling none is answered with none", async (store) => {
    same((await turn(store, T0)).settled, [], "the answer");
  }),

  promise("odd words in errors, reasons and owners are kept", async (store, make) => {
    const words = "zero \u0000 end, “quotes”, \u2028, 😀, ";
    const drafts = [make(), make()];
    await store.addGraph(drafts);
    const [first, second] = await claim(store, T0, { owner: words });

    await settle(store, present(first, "one"), T0, { kind: "failed", error: { code: "X", message: words } });
    await settle(store, present(second, "two"), T0, { kind: "cancelled", reason: words });

    same(await kindsOf(store, drafts), ["failed", "cancelled"], "states");
    const [failed, cancelled] = await Promise.all(drafts.map((draft) => stateOf(store, draft)));
    same(failed?.kind === "failed" && failed.error.message, words, "the message");
    same(cancelled?.kind === "cancelled" && cancelled.reason, words, "the reason");
  }),
];
