import {
  claim,
  claimOne,
  FAILED,
  ids,
  kindsOf,
  look,
  present,
  promise,
  same,
  settle,
  stateOf,
  STRANGER,
  T0,
} from "./kit.ts";

const error = { code: "INTERNAL", message: "it broke" };

/** What people and restarts do: cancel, retry by hand, recover, prune. */
export const intervening = [
  promise(
    "cancelling ends what waits, names what runs, and leaves alone what is over or unknown",
    async (store, make) => {
      const [over, running, retrying] = [make({ job: "a" }), make({ job: "b" }), make({ job: "c" })];
      const ready = make({ dueAtMs: T0 + 99 });
      const blocked = make({ after: [ready.id], onParentFailure: "run" });
      await store.addGraph([over, running, retrying, ready, blocked]);
      await settle(store, await claimOne(store, T0, "a"), T0);
      await claimOne(store, T0, "b");
      await settle(store, await claimOne(store, T0, "c"), T0, { kind: "retrying", dueAtMs: T0 + 9, error });
      const asked = [over.id, STRANGER, running.id, blocked.id, retrying.id, ready.id, ready.id];

      const answers = await store.cancel({ ids: asked, nowMs: T0 + 1, reason: "no" });

      same(ids(answers), asked, "one answer per id, in order");
      same(
        answers.map(({ was }) => was),
        ["over", "unknown", "running", "ended", "ended", "ended", "over"],
        "what they were",
      );
      const state = { kind: "cancelled", startedAtMs: null, endedAtMs: T0 + 1, reason: "no" };
      for (const task of [blocked, retrying, ready])
        same(await stateOf(store, task), state, "a cancelled task");
      same(await kindsOf(store, [over, running]), ["done", "running"], "the others");
      same((await look(store, T0 + 1e6, ["work", "c"])).waiting, [], "jobs with claimable tasks");
    },
  ),

  promise("cancelling carries on to those who wait, in the same call", async (store, make) => {
    const root = make();
    const skipped = make({ after: [root.id] });
    const runs = make({ after: [skipped.id], onParentFailure: "run" });
    await store.addGraph([root, skipped, runs]);

    const [answer] = await store.cancel({ ids: [root.id], nowMs: T0, reason: "no" });

    const ended = [{ id: skipped.id, kind: "skipped" }];
    same(answer?.settled, { id: root.id, accepted: true, unblocked: [runs.id], ended }, "what it did");
    same(ids(await claim(store, T0)), [runs.id], "claimable then");
  }),

  promise(
    "a running task that was named by a cancellation is settled as cancelled by its owner",
    async (store, make) => {
      const draft = make();
      await store.addGraph([draft]);
      const task = await claimOne(store, T0);
      await store.cancel({ ids: [draft.id], nowMs: T0, reason: "no" });

      const settled = await settle(store, task, T0 + 1, { kind: "cancelled", reason: "no" });

      same(settled.accepted, true, "accepted");
      same((await stateOf(store, draft)).kind, "cancelled", "the state");
    },
  ),

  promise(
    "retrying by hand puts what ended badly back to the start with attempt 0, and nothing else",
    async (store, make) => {
      const [failed, cancelled, done] = [make(), make(), make({ job: "done" })];
      const skipped = make({ after: [failed.id] });
      const waiting = make({ dueAtMs: T0 + 1e6 });
      await store.addGraph([failed, cancelled, done, skipped, waiting]);
      await settle(store, await claimOne(store, T0), T0, FAILED);
      await store.cancel({ ids: [cancelled.id], nowMs: T0, reason: "no" });
      await settle(store, await claimOne(store, T0, "done"), T0);

      const asked = [done.id, failed.id, STRANGER, cancelled.id, skipped.id, waiting.id, failed.id];
      const put = await store.retry(asked, T0 + 5);

      same(put, [failed.id, cancelled.id, skipped.id], "put back");
      for (const task of [failed, cancelled])
        same(await stateOf(store, task), { kind: "ready", dueAtMs: T0 + 5 }, "a task put back");
      same(await stateOf(store, skipped), { kind: "blocked", waitingFor: 1 }, "one that waits for another");
      const again = await claimOne(store, T0 + 5);
      same([again.id, again.attempt], [failed.id, 1], "the attempt that follows");
      same((await settle(store, again, T0 + 6)).unblocked, [skipped.id], "unblocked when that is done");
    },
  ),

  promise("a task retried by hand does not unblock its children a second time", async (store, make) => {
    const [a, b] = [make(), make({ job: "b" })];
    const child = make({ job: "c", after: [a.id, b.id], onParentFailure: "run" });
    await store.addGraph([a, b, child]);
    await settle(store, await claimOne(store, T0), T0, FAILED);
    await store.retry([a.id], T0);

    const again = await settle(store, await claimOne(store, T0), T0);

    same(again.unblocked, [], "unblocked by the second end");
    same(await stateOf(store, child), { kind: "blocked", waitingFor: 1 }, "the child");
  }),

  promise("a task whose key another unfinished one holds is not retried by hand", async (store, make) => {
    const [old, heir] = [make({ key: "k" }), make({ key: "k" })];
    await store.addGraph([old]);
    await settle(store, await claimOne(store, T0), T0, FAILED);
    await store.addGraph([heir]);

    same(await store.retry([old.id], T0), [], "put back while the key is held");
    await store.cancel({ ids: [heir.id], nowMs: T0, reason: "no" });
    same(await store.retry([heir.id, old.id], T0), [heir.id], "put back when it is free: the first only");
    same(await store.addGraph([make({ key: "k" })]), [{ id: heir.id, added: false }], "who holds the key");
  }),

  promise(
    "one that was cancelled while it waited, and is put back, waits for each of its parents again",
    async (store, make) => {
      const [one, two] = [make(), make()];
      const child = make({ job: "child", after: [one.id, two.id] });
      await store.addGraph([one, two, child]);
      await store.cancel({ ids: [child.id], nowMs: T0, reason: "no" });
      await store.retry([child.id], T0);

      const first = await settle(store, await claimOne(store, T0), T0);
      const second = await settle(store, await claimOne(store, T0), T0);

      same([first.unblocked, second.unblocked], [[], [child.id]], "unblocked by each parent");
    },
  ),

  promise(
    "one that waited for what it forked, and is put back, is not unblocked by that any more",
    async (store, make) => {
      const parent = make();
      const forking = make({ job: "forking", after: [parent.id], onParentFailure: "run" });
      const child = make({ job: "child" });
      await store.addGraph([parent, forking]);
      await settle(store, await claimOne(store, T0), T0, FAILED);
      await settle(store, await claimOne(store, T0, "forking"), T0, { kind: "forked", drafts: [child] });
      await store.cancel({ ids: [forking.id], nowMs: T0, reason: "no" });
      await store.retry([parent.id, forking.id], T0);

      const ended = await settle(store, await claimOne(store, T0, "child"), T0);

      same(ended.unblocked, [], "unblocked by what it had forked");
      same(await stateOf(store, forking), { kind: "blocked", waitingFor: 1 }, "its state");
    },
  ),

  promise(
    "recovering takes running tasks from other owners and keeps the attempt counted",
    async (store, make) => {
      const [theirs, mine] = [make({ input: [1] }), make({ job: "mine" })];
      await store.addGraph([theirs, mine]);
      const lost = await claimOne(store, T0);
      await claim(store, T0, { job: "mine", owner: "survivor" });

      const recovered = await store.recover({ nowMs: T0 + 3, lost: "others", owner: "survivor" });

      same(recovered, [{ ...lost, state: { kind: "ready", dueAtMs: T0 + 3 } }], "recovered");
      same(await kindsOf(store, [theirs, mine]), ["ready", "running"], "states");
      same((await settle(store, lost, T0 + 4)).accepted, false, "a late settlement of the lost one");
      same((await claimOne(store, T0 + 4)).attempt, 2, "the next attempt");
    },
  ),

  promise(
    "recovering expired leases takes what was not touched in time, whoever owns it",
    async (store, make) => {
      const [early, touched] = [make(), make()];
      await store.addGraph([early, touched]);
      await claim(store, T0, { leaseUntilMs: T0 + 10 });
      await store.touch("me", [touched.id], T0 + 100);

      same(
        await store.recover({ nowMs: T0 + 9, lost: "expired", owner: "me" }),
        [],
        "before the lease is over",
      );
      const recovered = await store.recover({ nowMs: T0 + 10, lost: "expired", owner: "me" });

      same(ids(recovered), [early.id], "recovered");
      same(await kindsOf(store, [early, touched]), ["ready", "running"], "states");
    },
  ),

  promise("pruning forgets what ended before, oldest first, at most so many", async (store, make) => {
    const drafts = [make(), make(), make(), make()];
    await store.addGraph([...drafts, make({ dueAtMs: T0 + 1e6 })]);
    for (const [at, task] of (await claim(store, T0)).entries()) await settle(store, task, T0 + at);

    same(await store.prune({ endedBeforeMs: T0 + 3, limit: 2 }), 2, "forgotten at first");
    same(await kindsOf(store, drafts), ["absent", "absent", "done", "done"], "states");
    same(await store.prune({ endedBeforeMs: T0 + 3, limit: 9 }), 1, "forgotten then");
    same(await store.prune({ endedBeforeMs: T0 + 3, limit: 9 }), 0, "forgotten when there is nothing more");
    same((await store.list({})).tasks.length, 2, "tasks left");
  }),

  promise(
    "pruning never forgets what is unfinished or what an unfinished task names",
    async (store, make) => {
      const [ended, other] = [make(), make({ job: "other" })];
      const child = make({ job: "child", after: [ended.id, other.id] });
      await store.addGraph([ended, other, child]);
      await settle(store, await claimOne(store, T0), T0);

      same(
        await store.prune({ endedBeforeMs: T0 + 1e9, limit: 100 }),
        0,
        "forgotten while a child is blocked",
      );
      await settle(store, await claimOne(store, T0, "other"), T0);
      const task = await claimOne(store, T0, "child");
      same(await store.prune({ endedBeforeMs: T0 + 1e9, limit: 100 }), 0, "forgotten while the child runs");
      same(task.after, [ended.id, other.id], "what the child waited for");
      await settle(store, task, T0);
      same(
        await store.prune({ endedBeforeMs: T0 + 1e9, limit: 100 }),
        3,
        "forgotten when the child has ended",
      );
    },
  ),

  promise("pruning can be kept to some last states", async (store, make) => {
    const [done, failed] = [make(), make()];
    await store.addGraph([done, failed]);
    await settle(store, await claimOne(store, T0), T0);
    await settle(store, await claimOne(store, T0), T0, FAILED);

    same(await store.prune({ endedBeforeMs: T0 + 1, limit: 9, states: ["done"] }), 1, "forgotten");
    same(await kindsOf(store, [done, failed]), ["absent", "failed"], "states");
  }),

  promise("a key and an id are free again when their task was forgotten", async (store, make) => {
    const draft = make({ key: "k" });
    await store.addGraph([draft]);
    await settle(store, await claimOne(store, T0), T0);
    await store.prune({ endedBeforeMs: T0 + 1, limit: 1 });

    same(await store.addGraph([draft]), [{ id: draft.id, added: true }], "adding it again");
    same(present((await store.get([draft.id]))[0], "it").attempt, 0, "its attempt");
  }),
];
