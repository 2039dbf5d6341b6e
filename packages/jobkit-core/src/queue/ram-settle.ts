import type { TaskId } from "../base/ids.ts";
import { describeError } from "../base/errors.ts";
import { assertNever } from "../base/never.ts";
import type { TaskFailure, TaskState } from "../task/state.ts";
import type { EndedTask, Outcome, Settled, Settlement, TaskDraft } from "./queue-store.ts";
import { copyJson, type Entry } from "./ram-entry.ts";
import type { Consequences, RamTasks, Stored } from "./ram-tasks.ts";

const NO_IDS: readonly TaskId[] = Object.freeze([]);
const NONE_ENDED: readonly EndedTask[] = Object.freeze([]);

/** Record how one attempt ended. A settlement that is not of the running claim changes nothing. */
export function settleOne(
  tasks: RamTasks,
  { id, owner, claim, nowMs }: Settlement,
  outcome: Outcome,
): Settled {
  const entry = tasks.running.near(id) ?? tasks.find(id);
  const running = entry?.state.kind === "running" ? entry.state : null;
  if (entry === undefined || running === null || running.owner !== owner || entry.claim !== claim)
    return { id, accepted: false, unblocked: NO_IDS, ended: NONE_ENDED };
  const { startedAtMs } = running;
  switch (outcome.kind) {
    case "done":
      return end(tasks, entry, tasks.states.done(startedAtMs, nowMs, outcome.result), nowMs);
    case "failed":
      return end(
        tasks,
        entry,
        { kind: "failed", startedAtMs, endedAtMs: nowMs, error: outcome.error },
        nowMs,
      );
    case "cancelled":
      return end(
        tasks,
        entry,
        { kind: "cancelled", startedAtMs, endedAtMs: nowMs, reason: outcome.reason },
        nowMs,
      );
    case "retrying":
      tasks.change(entry, { kind: "retrying", dueAtMs: outcome.dueAtMs, error: outcome.error }, nowMs);
      break;
    case "interrupted":
      entry.attempt -= 1;
      tasks.makeReady(entry, nowMs, nowMs);
      break;
    case "forked": {
      const added = addChildren(tasks, entry, outcome.drafts);
      if (isFailure(added))
        return {
          ...end(tasks, entry, { kind: "failed", startedAtMs, endedAtMs: nowMs, error: added }, nowMs),
          forked: added,
        };
      return forked(tasks, entry, added, nowMs);
    }
    default:
      return assertNever(outcome);
  }
  return { id, accepted: true, unblocked: NO_IDS, ended: NONE_ENDED };
}

function end(tasks: RamTasks, entry: Entry, state: TaskState, nowMs: number): Settled {
  return accepted(entry.draft.id, tasks.end(entry, state, nowMs));
}

/** What a change of one task came to. */
export function accepted(id: TaskId, { unblocked, ended }: Consequences): Settled {
  return { id, accepted: true, unblocked, ended };
}

/** The outcome with a result that shares nothing with the caller's. @throws where it cannot be copied. */
export function ownOutcome(outcome: Outcome): Outcome {
  if (outcome.kind !== "done" || typeof outcome.result !== "object" || outcome.result === null)
    return outcome;
  return { kind: "done", result: copyJson(outcome.result) };
}

function forked(tasks: RamTasks, entry: Entry, { added }: Stored, nowMs: number): Settled {
  const { id } = entry.draft;
  entry.attempt -= 1;
  entry.forks += 1;
  tasks.waitFor(
    entry,
    added.map((one) => one.id),
    nowMs,
  );
  const unblocked = entry.state.kind === "ready" ? [id] : NO_IDS;
  return { id, accepted: true, unblocked, ended: NONE_ENDED, forked: added };
}

function addChildren(tasks: RamTasks, entry: Entry, drafts: readonly TaskDraft[]): Stored | TaskFailure {
  try {
    return tasks.add(drafts, entry);
  } catch (error) {
    return describeError(error);
  }
}

function isFailure(added: Stored | TaskFailure): added is TaskFailure {
  return "code" in added;
}
