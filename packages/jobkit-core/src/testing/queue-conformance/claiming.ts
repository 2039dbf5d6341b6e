import type { HeadsRequest } from "../../queue/queue-store.ts";
import { claim, claimOne, ids, JOB, promise, same, settle, stateOf, T0 } from "./kit.ts";

const heads = (nowMs: number, perJob = 100, jobs = [JOB]): HeadsRequest => ({ nowMs, jobs, perJob });

/** Starting order, due times, claiming, leases. */
export const claiming = [
  promise("tasks start by priority, then due time, then order of adding", async (store, make) => {
    const late = make({ dueAtMs: T0 - 1 });
    const first = make({ dueAtMs: T0 - 2 });
    const second = make({ dueAtMs: T0 - 2 });
    const urgent = make({ priority: 1 });
    const humble = make({ priority: -1.5, dueAtMs: T0 - 9 });
    await store.addGraph([humble, late, first, second, urgent]);
    const order = [urgent, first, second, late, humble].map(({ id }) => id);

    same(ids((await store.heads(heads(T0))).ready), order, "heads");
    same(ids((await store.heads(heads(T0, 2))).ready), order.slice(0, 2), "the first two heads");
    same(ids(await claim(store, T0, { limit: 2 })), order.slice(0, 2), "the first claim");
    same(ids(await claim(store, T0)), order.slice(2), "the rest");
  }),

  promise("heads of several jobs stand job by job and say what the plan needs", async (store, make) => {
    const a = make({ job: "a", priority: 2 });
    const b = make({ job: "b" });
    await store.addGraph([a, b, make({ job: "c" })]);

    const { ready } = await store.heads(heads(T0, 1, ["b", "none", "a", "b"]));

    same(
      ready,
      [
        { id: b.id, job: "b", priority: 0, dueAtMs: T0 },
        { id: a.id, job: "a", priority: 2, dueAtMs: T0 },
      ],
      "heads",
    );
  }),

  promise(
    "nothing starts before it is due, and heads tell when the next becomes due",
    async (store, make) => {
      const soon = make({ dueAtMs: T0 + 10 });
      const later = make({ dueAtMs: T0 + 20, priority: 9 });
      await store.addGraph([later, soon, make({ job: "other", dueAtMs: T0 + 5 })]);

      same(await store.heads(heads(T0)), { ready: [], nextDueAtMs: T0 + 10 }, "heads before");
      same(await claim(store, T0 + 9), [], "claimed a moment too early");
      const between = await store.heads(heads(T0 + 10));
      same([ids(between.ready), between.nextDueAtMs], [[soon.id], T0 + 20], "heads when the first is due");
      const after = await store.heads(heads(T0 + 20));
      same([ids(after.ready), after.nextDueAtMs], [[later.id, soon.id], null], "heads when both are due");
    },
  ),

  promise("when wall time jumps back, what was due is not due any more", async (store, make) => {
    const draft = make({ dueAtMs: T0 + 10 });
    await store.addGraph([draft]);
    await store.heads(heads(T0 + 100));

    same(await claim(store, T0 + 9), [], "claimed before it is due");
    same(await store.heads(heads(T0 + 9)), { ready: [], nextDueAtMs: T0 + 10 }, "heads");
    same(ids(await claim(store, T0 + 10)), [draft.id], "claimed when it is due");
  }),

  promise(
    "a claim makes tasks running under their owner with one attempt and one claim more",
    async (store, make) => {
      const draft = make({ input: { n: 1 }, labels: { a: "b" } });
      await store.addGraph([draft]);

      const [task] = await claim(store, T0 + 3, { owner: "somebody", leaseUntilMs: T0 + 50 });

      const state = { kind: "running", owner: "somebody", startedAtMs: T0 + 3, leaseUntilMs: T0 + 50 };
      const { dueAtMs: _, ...facts } = draft;
      same(task, { ...facts, attempt: 1, claim: 1, state }, "the claimed task");
      same((await store.get([draft.id]))[0], task, "the stored task");
    },
  ),

  promise("claims made at once never share a task", async (store, make) => {
    const drafts = Array.from({ length: 60 }, () => make());
    await store.addGraph(drafts);

    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, at) => claim(store, T0, { limit: 4, owner: `owner ${at}` })),
    );

    const taken = claims.flatMap(ids);
    same(taken.length, 60, "tasks claimed");
    same(new Set(taken).size, 60, "different tasks claimed");
    same(await claim(store, T0), [], "left over");
  }),

  promise(
    "a claim takes of each wanted job no more than asked, and nothing for a limit of none",
    async (store, make) => {
      const [a1, a2, b1] = [make({ job: "a" }), make({ job: "a" }), make({ job: "b" })];
      await store.addGraph([b1, a1, a2]);

      const wants = [
        { job: "a", limit: 1 },
        { job: "b", limit: 0 },
        { job: "none", limit: 9 },
        { job: "b", limit: 5 },
      ];
      const claimed = await store.claim({ owner: "me", nowMs: T0, leaseUntilMs: T0, wants });

      same(ids(claimed), [a1.id, b1.id], "claimed");
    },
  ),

  promise("a blocked task is never a head and never claimed", async (store, make) => {
    const parent = make({ dueAtMs: T0 + 100 });
    await store.addGraph([parent, make({ after: [parent.id] })]);

    same(await store.heads(heads(T0)), { ready: [], nextDueAtMs: T0 + 100 }, "heads");
    same(await claim(store, T0), [], "claimed");
  }),

  promise("touching moves the lease of one's own running tasks only", async (store, make) => {
    const [mine, done, waiting] = [make(), make(), make({ dueAtMs: T0 + 1e6 })];
    const theirs = make({ job: "theirs" });
    await store.addGraph([mine, done, waiting, theirs]);
    const [, second] = await claim(store, T0, { limit: 2, leaseUntilMs: T0 + 5 });
    await claim(store, T0, { job: "theirs", owner: "them" });
    if (second !== undefined) await settle(store, second, T0);

    const kept = await store.touch("me", [waiting.id, mine.id, done.id, theirs.id], T0 + 500);

    same(kept, [mine.id], "still its own");
    const state = await stateOf(store, mine);
    same(state.kind === "running" && state.leaseUntilMs, T0 + 500, "the lease");
  }),

  promise("a job that changes its input does not change the next attempt's", async (store, make) => {
    const input = { list: [1] };
    await store.addGraph([make({ input })]);
    input.list.push(2);
    const first = await claimOne(store, T0);
    (first.input as typeof input).list.push(3);
    await settle(store, first, T0, { kind: "interrupted" });

    same((await claimOne(store, T0)).input, { list: [1] }, "the input of the next attempt");
  }),

  promise(
    "who asked to be woken is called when another makes a task claimable, until it no longer asks",
    async (store, make) => {
      let calls = 0;
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      const listening = store.onWake(() => {
        calls += 1;
        resolve();
      });
      await store.addGraph([make()]);
      await woken;
      listening[Symbol.dispose]();
      listening[Symbol.dispose]();
      const before = calls;

      await store.addGraph([make()]);
      await store.counts();

      same(calls, before, "calls after the listener was taken away");
    },
  ),
];
