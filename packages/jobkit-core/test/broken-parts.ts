/** Parts of the queue in memory that each do one thing wrong, where no answer of a store can be bent to show it. */
import { isLast } from "../src/index.ts";
import { Deadlines } from "../src/queue/ram-deadlines.ts";
import { Entry } from "../src/queue/ram-entry.ts";
import { Sequence } from "../src/queue/ram-sequences.ts";
import { Shelf } from "../src/queue/ram-shelf.ts";
import { RamTasks } from "../src/queue/ram-tasks.ts";

/** Puts a wrong part in the place of the right one until it is disposed. */
export type Breaking = () => Disposable;

function replaced<T extends object, K extends keyof T>(
  owner: T,
  name: K,
  wrong: (right: T[K]) => T[K],
): Breaking {
  return () => {
    const right = owner[name];
    owner[name] = wrong(right);
    return { [Symbol.dispose]: () => void (owner[name] = right) };
  };
}

/** By what it does wrong: how a part is broken. */
export const brokenParts: Readonly<Record<string, Breaking>> = {
  "lets a more urgent task before the one that holds the sequence": replaced(
    Sequence.prototype,
    "hold",
    () => () => {},
  ),
  "lets go of a sequence while its task retries": replaced(
    RamTasks.prototype,
    "change",
    (right) =>
      function change(this: RamTasks, entry, state, nowMs) {
        right.call(this, entry, state, nowMs);
        if (state.kind === "retrying") entry.sequence?.leave(entry);
      },
  ),
  "lets go of a sequence while its task waits for what it forked": replaced(
    RamTasks.prototype,
    "waitFor",
    (right) =>
      function waitFor(this: RamTasks, entry, ids, nowMs) {
        right.call(this, entry, ids, nowMs);
        entry.sequence?.leave(entry);
      },
  ),
  "ignores deadlines": replaced(Deadlines.prototype, "firstPassed", () => () => undefined),
  "keeps the deadline of a task that is put back": replaced(
    RamTasks.prototype,
    "restart",
    (right) =>
      function restart(this: RamTasks, entry, alive, nowMs) {
        const { deadlineAtMs } = entry.draft;
        right.call(this, entry, alive, nowMs);
        entry.draft = { ...entry.draft, deadlineAtMs };
        if (deadlineAtMs !== null) this.deadlines.add(entry, deadlineAtMs);
      },
  ),
  "ignores parents when it puts a task back": replaced(
    RamTasks.prototype,
    "restart",
    (right) =>
      function restart(this: RamTasks, entry, alive, nowMs) {
        right.call(this, entry, alive, nowMs);
        if (entry.state.kind === "blocked") this.makeReady(entry, nowMs, nowMs);
      },
  ),
  "numbers claims anew when it puts a task back": replaced(
    RamTasks.prototype,
    "restart",
    (right) =>
      function restart(this: RamTasks, entry, alive, nowMs) {
        right.call(this, entry, alive, nowMs);
        entry.claim = 0;
      },
  ),
  "counts an attempt that forked": replaced(
    RamTasks.prototype,
    "waitFor",
    (right) =>
      function waitFor(this: RamTasks, entry, ids, nowMs) {
        entry.attempt += 1;
        right.call(this, entry, ids, nowMs);
      },
  ),
  "forgets what a task has forked": replaced(
    RamTasks.prototype,
    "waitFor",
    (right) =>
      function waitFor(this: RamTasks, entry, ids, nowMs) {
        right.call(this, entry, ids, nowMs);
        entry.after = entry.draft.after;
      },
  ),
  "forgets an idempotency key when its task has ended": replaced(
    Shelf.prototype,
    "idempotent",
    (right) =>
      function idempotent(this: Shelf, key) {
        const entry = right.call(this, key);
        return entry !== undefined && isLast(entry.state.kind) ? undefined : entry;
      },
  ),
  "frees a key that is held for longer when its task has ended": replaced(
    Shelf.prototype,
    "holder",
    (right) =>
      function holder(this: Shelf, key, nowMs) {
        const entry = right.call(this, key, nowMs);
        return entry !== undefined && isLast(entry.state.kind) ? undefined : entry;
      },
  ),
  "prunes tasks that unfinished ones name": replaced(
    Entry.prototype,
    "name",
    (right) =>
      function name(this: Entry, parents, alive) {
        right.call(this, parents, alive);
        for (const parent of parents) parent.namedBy = 0;
      },
  ),
  "goes on waiting for what was due before the clock was set back": replaced(
    Sequence.prototype,
    "stepBack",
    () => () => {},
  ),
};
