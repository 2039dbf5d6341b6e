import type { Outcome } from "../../queue/queue-store.ts";
import {
  claim,
  claimOne,
  FAILED,
  ids,
  look,
  promise,
  same,
  settle,
  T0,
  turn,
  roomFor,
  settlement,
} from "./kit.ts";

const error = { code: "INTERNAL", message: "it broke" };

/** Tasks of one sequence run one at a time. */
export const sequences = [
  promise(
    "of a sequence one task is claimed at a time, others and no sequence side by side",
    async (store, make) => {
      const [a1, a2] = [make({ sequence: "a" }), make({ sequence: "a", job: "other" })];
      const [b1, free1, free2] = [make({ sequence: "b" }), make(), make()];
      await store.addGraph([a1, a2, b1, free1, free2]);
      const room = roomFor({ work: 9, other: 9 });

      const first = await turn(store, T0, { room });
      same(ids(first.claimed), ids([a1, b1, free1, free2]), "claimed at first");
      same((await turn(store, T0, { room })).claimed, [], "claimed while the first runs");
      const [task] = first.claimed;
      const settlements = task === undefined ? [] : [settlement(task, T0 + 1)];
      const next = await turn(store, T0 + 1, { room, settlements });

      same(ids(next.claimed), [a2.id], "claimed in the turn that ends the first");
    },
  ),

  promise(
    "a task keeps its sequence until it has ended: while it retries, is interrupted or recovered",
    async (store, make) => {
      const [first, second] = [make({ sequence: "s" }), make({ sequence: "s" })];
      await store.addGraph([first, second]);
      const outcomes: Outcome[] = [{ kind: "retrying", dueAtMs: T0 + 50, error }, { kind: "interrupted" }];

      for (const outcome of outcomes) {
        const task = await claimOne(store, T0 + 50);
        same(task.id, first.id, "claimed");
        await settle(store, task, T0 + 10, outcome);
        same(await claim(store, T0 + 9), [], "claimed while the first waits");
      }
      await claimOne(store, T0 + 50);
      await store.recover({ nowMs: T0 + 60, lost: "others", owner: "heir" });
      const last = await claimOne(store, T0 + 60);
      same(last.id, first.id, "claimed after recovery");
      await settle(store, last, T0 + 60, FAILED);

      same(ids(await claim(store, T0 + 60)), [second.id], "claimed when it has ended, however");
    },
  ),

  promise("a task keeps its sequence while it waits for what it forked", async (store, make) => {
    const [first, second] = [make({ sequence: "s" }), make({ sequence: "s", priority: 1, dueAtMs: T0 + 1 })];
    const child = make({ job: "child" });
    await store.addGraph([first, second]);
    await settle(store, await claimOne(store, T0), T0 + 1, { kind: "forked", drafts: [child] });

    same(await claim(store, T0 + 1), [], "claimed while the first waits");
    await settle(store, await claimOne(store, T0 + 1, "child"), T0 + 2);
    const back = await claimOne(store, T0 + 2);
    same(back.id, first.id, "claimed when the child has ended");
    await settle(store, back, T0 + 3);

    same(ids(await claim(store, T0 + 3)), [second.id], "claimed when the first has ended");
  }),

  promise(
    "the next of a sequence is the first in starting order of those that are due",
    async (store, make) => {
      const holder = make({ sequence: "s" });
      await store.addGraph([holder]);
      const task = await claimOne(store, T0);
      const [plain, urgent] = [make({ sequence: "s" }), make({ sequence: "s", priority: 5 })];
      const [later, blocked] = [
        make({ sequence: "s", dueAtMs: T0 + 99 }),
        make({ sequence: "s", after: [plain.id] }),
      ];
      await store.addGraph([later, plain, urgent, blocked]);

      const order: string[] = [];
      let running = task;
      for (let at = 0; at < 3; at += 1) {
        await settle(store, running, T0 + at);
        running = await claimOne(store, T0 + at);
        order.push(running.id);
      }

      same(order, [urgent.id, plain.id, blocked.id], "in order");
      await settle(store, running, T0 + 99);
      same((await claimOne(store, T0 + 99)).id, later.id, "the last, when it is due");
    },
  ),

  promise(
    "when the clock was set back, one of a sequence that is not due any more is passed over",
    async (store, make) => {
      const holder = make({ sequence: "s", job: "holder" });
      const urgent = make({ sequence: "s", job: "other", priority: 5, dueAtMs: T0 + 10 });
      const plain = make({ sequence: "s" });
      await store.addGraph([holder, urgent, plain]);
      const room = roomFor({ work: 9, other: 9 });
      const task = await claimOne(store, T0, "holder");
      for (const nowMs of [T0 + 20, T0 + 4])
        same((await turn(store, nowMs, { room })).claimed, [], "claimed while the first runs");

      const { claimed } = await turn(store, T0 + 5, { room, settlements: [settlement(task, T0 + 5)] });

      same(ids(claimed), [plain.id], "claimed when it has ended");
    },
  ),

  promise(
    "when the clock was set back, the first of a sequence makes way for one that is still due",
    async (store, make) => {
      const urgent = make({ sequence: "s", job: "other", priority: 5, dueAtMs: T0 + 10 });
      const plain = make({ sequence: "s" });
      await store.addGraph([plain, urgent]);
      same((await look(store, T0 + 20, ["other", "work"])).waiting, ["other"], "claimable at first");

      const { claimed } = await turn(store, T0 + 5, { room: roomFor({ work: 9, other: 9 }) });

      same(ids(claimed), [plain.id], "claimed when the clock was set back");
    },
  ),

  promise("who leaves a sequence without having run makes way", async (store, make) => {
    const [front, second, third] = [
      make({ sequence: "s" }),
      make({ sequence: "s" }),
      make({ sequence: "s" }),
    ];
    await store.addGraph([front, second, third]);

    await store.cancel({ ids: [second.id], nowMs: T0, reason: "no" });
    await store.cancel({ ids: [front.id], nowMs: T0, reason: "no" });

    same(ids(await claim(store, T0)), [third.id], "claimed");
    await store.retry([front.id], T0);
    same(await claim(store, T0), [], "claimed while the third runs");
  }),
];
