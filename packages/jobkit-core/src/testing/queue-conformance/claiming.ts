import {
  claim,
  claimOne,
  ids,
  JOB,
  look,
  promise,
  roomFor,
  same,
  settle,
  settlement,
  stateOf,
  T0,
  turn,
} from "./kit.ts";

/** Starting order, due times, claiming, leases. */
export const claiming = [
  promise(
    "what turns did is durable in their order, and before a later call is answered",
    async (store, make) => {
      await store.addGraph([make(), make()]);
      const durable: number[] = [];
      const take = async (at: number): Promise<void> => {
        const { stored } = await turn(store, T0, { room: roomFor({ [JOB]: 1 }) });
        await stored;
        durable.push(at);
      };
      void take(1);
      void take(2);

      // Two, because an answer may come a moment before whoever waits for an earlier one has gone on.
      await store.counts();
      await store.counts();

      same(durable, [1, 2], "durable");
    },
  ),

  promise("tasks start by priority, then due time, then order of adding", async (store, make) => {
    const late = make({ dueAtMs: T0 - 1 });
    const first = make({ dueAtMs: T0 - 2 });
    const second = make({ dueAtMs: T0 - 2 });
    const urgent = make({ priority: 1 });
    const humble = make({ priority: -1.5, dueAtMs: T0 - 9 });
    await store.addGraph([humble, late, first, second, urgent]);
    const order = [urgent, first, second, late, humble].map(({ id }) => id);

    same(ids(await claim(store, T0, { limit: 2 })), order.slice(0, 2), "the first claim");
    same(ids(await claim(store, T0)), order.slice(2), "the rest");
  }),

  promise(
    "over several jobs, tasks start by priority, then due time, then the order of jobs",
    async (store, make) => {
      const [a1, a2] = [make({ job: "a", dueAtMs: T0 - 1 }), make({ job: "a", priority: -1 })];
      const [b1, b2] = [make({ job: "b", priority: 2 }), make({ job: "b", dueAtMs: T0 - 1 })];
      await store.addGraph([b1, b2, a1, a2, make({ job: "c" })]);

      const { claimed, dueAtMs } = await turn(store, T0, { room: roomFor({ a: 9, none: 9, b: 9 }) });

      same(
        ids(claimed),
        [b1, a1, b2, a2].map(({ id }) => id),
        "claimed",
      );
      same(dueAtMs, [T0, T0 - 1, T0 - 1, T0], "since when they could have run");
    },
  ),

  promise(
    "nothing starts before it is due, and a turn tells when the next becomes due",
    async (store, make) => {
      const soon = make({ dueAtMs: T0 + 10 });
      const later = make({ dueAtMs: T0 + 20, priority: 9 });
      await store.addGraph([later, soon, make({ job: "other", dueAtMs: T0 + 5 })]);

      same(await look(store, T0), { waiting: [], nextAtMs: T0 + 10 }, "before");
      same(await claim(store, T0 + 9), [], "claimed a moment too early");
      same(await look(store, T0 + 10), { waiting: ["work"], nextAtMs: T0 + 20 }, "when the first is due");
      same(await look(store, T0 + 20), { waiting: ["work"], nextAtMs: null }, "when both are due");
      same(ids(await claim(store, T0 + 20)), [later.id, soon.id], "claimed");
    },
  ),

  promise("when wall time jumps back, what was due is not due any more", async (store, make) => {
    const draft = make({ dueAtMs: T0 + 10 });
    await store.addGraph([draft]);
    await look(store, T0 + 100);

    same(await claim(store, T0 + 9), [], "claimed before it is due");
    same(await look(store, T0 + 9), { waiting: [], nextAtMs: T0 + 10 }, "what is told");
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
      same(task, { ...facts, attempt: 1, claim: 1, forks: 0, state }, "the claimed task");
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
    "a turn takes no more of a job than may start, and says why the rest does not",
    async (store, make) => {
      const [a1, a2, b1] = [make({ job: "a" }), make({ job: "a" }), make({ job: "b" })];
      await store.addGraph([b1, a1, a2, make({ job: "c" })]);

      const { claimed, held } = await turn(store, T0, { room: roomFor({ a: 1, b: 0, none: 9 }) });

      same(ids(claimed), [a1.id], "claimed");
      const own = { kind: "at its own limit" };
      same(Object.fromEntries(held), { a: own, b: own }, "held");
    },
  ),

  promise(
    "lanes and slots are never exceeded, and what lacks slots keeps them from others",
    async (store, make) => {
      const heavy = make({ job: "heavy", dueAtMs: T0 - 1 });
      const [l1, l2] = [make({ job: "light" }), make({ job: "light" })];
      const urgent = make({ job: "light", priority: 1 });
      await store.addGraph([heavy, l1, l2, urgent, make({ job: "free" })]);
      const needs = { heavy: { disk: 2 }, light: { disk: 1 } };
      const jobs = { heavy: 9, light: 9, free: 9 };

      const first = await turn(store, T0, { room: roomFor(jobs, { disk: { free: 2, size: 2 } }, needs) });
      const second = await turn(store, T0, { room: roomFor(jobs, { disk: { free: 2, size: 2 } }, needs) });
      const lanes = { ...roomFor(jobs, { disk: { free: 2, size: 2 } }, needs), lanes: { main: 1 } };
      const third = await turn(store, T0, { room: lanes });

      same(
        first.claimed.map(({ job }) => job),
        ["light", "free"],
        "while the heavy one lacks a slot",
      );
      same(first.held.get("heavy"), { kind: "no slot", pool: "disk" }, "why it is held");
      same(ids(second.claimed), [heavy.id], "when there are enough");
      same(ids(third.claimed), [l1.id], "with one lane");
      same(third.held.get("light"), { kind: "no lane" }, "why the other is held");
    },
  ),

  promise("a task that says itself what it needs is judged by that", async (store, make) => {
    const [modest, greedy] = [make({ limits: { needs: {} } }), make({ limits: { needs: { disk: 9 } } })];
    await store.addGraph([modest, greedy, make({ job: "light" })]);
    const room = roomFor(
      { work: 9, light: 9 },
      { disk: { free: 1, size: 1 } },
      { work: { disk: 1 }, light: { disk: 1 } },
    );

    const { claimed, held } = await turn(store, T0, { room });

    same(
      claimed.map(({ job }) => job),
      ["work", "light"],
      "claimed",
    );
    same(held.get("work"), { kind: "pool too small", pool: "disk" }, "why the greedy one is held");
  }),

  promise("what a settlement unblocks can be claimed in the same turn", async (store, make) => {
    const parent = make();
    const child = make({ after: [parent.id] });
    await store.addGraph([parent, child]);
    const task = await claimOne(store, T0);

    const { settled, claimed } = await turn(store, T0 + 1, {
      settlements: [settlement(task, T0 + 1)],
      room: roomFor({ work: 1 }),
    });

    same(settled[0]?.unblocked, [child.id], "unblocked");
    same(ids(claimed), [child.id], "claimed");
  }),

  promise("a waiting task whose deadline passes ends failed with all that follows", async (store, make) => {
    const error = { code: "INTERNAL", message: "it broke" };
    const late = make({ deadlineAtMs: T0 + 10, dueAtMs: T0 + 50 });
    const runs = make({ job: "runs", deadlineAtMs: T0 + 10 });
    const retried = make({ job: "retried", deadlineAtMs: T0 + 11 });
    const [skipped, after] = [make({ after: [late.id] }), make({ after: [late.id], onParentFailure: "run" })];
    const blocked = make({ after: [runs.id], deadlineAtMs: T0 + 10 });
    await store.addGraph([late, runs, retried, skipped, after, blocked]);
    await claimOne(store, T0, "runs");
    await settle(store, await claimOne(store, T0, "retried"), T0, {
      kind: "retrying",
      dueAtMs: T0 + 99,
      error,
    });

    same((await turn(store, T0 + 9)).expired, [], "a moment too early");
    same((await turn(store, T0 + 9)).nextAtMs, T0 + 10, "when the answer changes");
    const { expired } = await turn(store, T0 + 10);

    same(ids(expired), [late.id, blocked.id], "expired");
    same(expired[0]?.ended, [{ id: skipped.id, kind: "skipped" }], "what ended with it");
    same(expired[0]?.unblocked, [after.id], "what may run");
    const state = await stateOf(store, late);
    same(state.kind === "failed" && state.error.code, "TASK_EXPIRED", "why it failed");
    same((await stateOf(store, runs)).kind, "running", "one that runs is left to its owner");
    same(ids((await turn(store, T0 + 11)).expired), [retried.id], "one that waits to be retried");
    same(await store.retry([late.id], T0 + 20), [late.id], "retried by hand");
    same((await turn(store, T0 + 30)).expired, [], "one that was retried by hand has no deadline");
  }),

  promise("the oldest due task of each job is told", async (store, make) => {
    await store.addGraph([
      make({ job: "a", dueAtMs: T0 - 5 }),
      make({ job: "a", dueAtMs: T0 - 9 }),
      make({ job: "b", dueAtMs: T0 + 5 }),
    ]);

    same(await store.oldestDue(T0), { a: T0 - 9 }, "oldest");
  }),

  promise("a blocked task is never claimed", async (store, make) => {
    const parent = make({ dueAtMs: T0 + 100 });
    await store.addGraph([parent, make({ after: [parent.id] })]);

    same(await look(store, T0), { waiting: [], nextAtMs: T0 + 100 }, "what is told");
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
    "whoever asked to be woken is called when a task has ended, or may run again",
    async (store, make) => {
      const error = { code: "INTERNAL", message: "it broke" };
      await store.addGraph([make({ job: "ends" }), make(), make({ job: "expires", deadlineAtMs: T0 + 5 })]);
      const [ends, retries] = [await claimOne(store, T0, "ends"), await claimOne(store, T0)];
      const changes = [
        () => settle(store, ends, T0),
        () => settle(store, retries, T0, { kind: "retrying", dueAtMs: T0, error }),
        () => turn(store, T0 + 5),
      ];

      for (const change of changes) {
        const woken = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
        const listening = woken.map(({ resolve }) => store.onWake(resolve));
        await change();
        await Promise.all(woken.map((one) => one.promise));
        for (const one of listening) one[Symbol.dispose]();
      }

      same((await store.list({ states: ["done", "failed"] })).tasks.length, 2, "tasks that have ended");
    },
  ),

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
