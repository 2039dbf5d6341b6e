/**
 * A queue as simple as it can be said: lists, scans, no index. It is right by being short, and the random runs
 * hold every store to it. Never use it for work.
 */
import { jobkitError } from "../../base/error-table.ts";
import type { TaskId } from "../../base/ids.ts";
import { planGraph, parentFailure } from "../../queue/graph-plan.ts";
import type { Added, Settled, Settlement, TaskDraft } from "../../queue/queue-store.ts";
import { isLast, mayFollow, type TaskState } from "../../task/state.ts";

/** A task of the model. */
export interface ModelTask {
  readonly draft: TaskDraft;
  attempt: number;
  claim: number;
  state: TaskState;
  /** Parents whose end it has not seen yet. */
  waiting: TaskId[];
}

/** The reference: every method is the plain reading of what QueueStore promises. */
export class QueueModel {
  tasks: ModelTask[] = [];

  find(id: TaskId): ModelTask | undefined {
    return this.tasks.find(({ draft }) => draft.id === id);
  }

  holder(job: string, key: string | null): ModelTask | undefined {
    if (key === null) return undefined;
    return this.tasks.find(
      ({ draft, state }) => draft.job === job && draft.key === key && !isLast(state.kind),
    );
  }

  add(drafts: readonly TaskDraft[]): readonly Added[] {
    const plan = planGraph(drafts, {
      stateOf: (id) => this.find(id)?.state.kind ?? null,
      holderOf: (job, key) => this.holder(job, key)?.draft.id ?? null,
    });
    for (const { draft, beginning, parentEnded } of plan.tasks) {
      const waiting =
        beginning.kind === "blocked" ? draft.after.filter((_, at) => parentEnded[at] !== true) : [];
      const endedAtMs = draft.createdAtMs;
      let state: TaskState;
      if (beginning.kind === "ready") state = { kind: "ready", dueAtMs: draft.dueAtMs };
      else if (beginning.kind === "skipped") state = { ...beginning, endedAtMs };
      else if (beginning.kind === "failed") state = { ...beginning, endedAtMs, startedAtMs: null };
      else state = beginning;
      this.tasks.push({ draft, attempt: 0, claim: 0, state, waiting });
    }
    return plan.added;
  }

  due(job: string, nowMs: number): readonly ModelTask[] {
    const dueAt = ({ state }: ModelTask): number =>
      "dueAtMs" in state ? state.dueAtMs : Number.POSITIVE_INFINITY;
    return this.tasks
      .filter((task) => task.draft.job === job && dueAt(task) <= nowMs)
      .toSorted((a, b) => b.draft.priority - a.draft.priority || dueAt(a) - dueAt(b));
  }

  claim(job: string, limit: number, owner: string, nowMs: number): readonly TaskId[] {
    return this.due(job, nowMs)
      .slice(0, limit)
      .map((task) => {
        task.attempt += 1;
        task.claim += 1;
        move(task, { kind: "running", owner, startedAtMs: nowMs, leaseUntilMs: nowMs + 60_000 });
        return task.draft.id;
      });
  }

  settle({ id, owner, claim, nowMs, outcome }: Settlement): Settled {
    const task = this.find(id);
    if (task?.state.kind !== "running" || task.state.owner !== owner || task.claim !== claim)
      return { id, accepted: false, unblocked: [], ended: [] };
    const times = { startedAtMs: task.state.startedAtMs, endedAtMs: nowMs };
    if (outcome.kind === "retrying") move(task, { ...outcome });
    else if (outcome.kind === "interrupted") {
      task.attempt -= 1;
      move(task, { kind: "ready", dueAtMs: nowMs });
    } else return this.end(task, { ...outcome, ...times }, nowMs);
    return { id, accepted: true, unblocked: [], ended: [] };
  }

  cancel(id: TaskId, nowMs: number, reason: string): Settled | string {
    const task = this.find(id);
    if (task === undefined) return "unknown";
    if (isLast(task.state.kind)) return "over";
    if (task.state.kind === "running") return "running";
    return this.end(task, { kind: "cancelled", startedAtMs: null, endedAtMs: nowMs, reason }, nowMs);
  }

  retry(id: TaskId, nowMs: number): boolean {
    const task = this.find(id);
    if (task === undefined || !isLast(task.state.kind) || task.state.kind === "done") return false;
    if (this.holder(task.draft.job, task.draft.key) !== undefined) return false;
    task.attempt = 0;
    move(task, { kind: "ready", dueAtMs: nowMs });
    return true;
  }

  recover(owner: string, nowMs: number): readonly TaskId[] {
    const lost = this.tasks.filter(({ state }) => state.kind === "running" && state.owner !== owner);
    for (const task of lost) move(task, { kind: "ready", dueAtMs: nowMs });
    return lost.map(({ draft }) => draft.id);
  }

  prune(beforeMs: number): number {
    const named = new Set(
      this.tasks.flatMap(({ draft, state }) => (state.kind === "blocked" ? draft.after : [])),
    );
    const kept = this.tasks.filter(
      ({ draft, state }) => !("endedAtMs" in state) || state.endedAtMs >= beforeMs || named.has(draft.id),
    );
    const forgotten = this.tasks.length - kept.length;
    this.tasks = kept;
    return forgotten;
  }

  end(task: ModelTask, state: TaskState, nowMs: number): Settled {
    const unblocked: TaskId[] = [];
    const ended: { id: TaskId; kind: "skipped" | "failed" }[] = [];
    move(task, state);
    const over = [task];
    for (const parent of over)
      for (const child of this.tasks) {
        if (child.state.kind !== "blocked" || !child.waiting.includes(parent.draft.id)) continue;
        const { id, dueAtMs, onParentFailure } = child.draft;
        child.waiting = child.waiting.filter((waited) => waited !== parent.draft.id);
        const well = parent.state.kind === "done" || onParentFailure === "run";
        if (well && child.waiting.length > 0)
          child.state = { kind: "blocked", waitingFor: child.waiting.length };
        else if (well) {
          move(child, { kind: "ready", dueAtMs: Math.max(dueAtMs, nowMs) });
          unblocked.push(id);
        } else {
          const error = parentFailure(parent.draft.id, parent.state.kind);
          if (onParentFailure === "skip")
            move(child, { kind: "skipped", endedAtMs: nowMs, because: parent.draft.id });
          else move(child, { kind: "failed", startedAtMs: null, endedAtMs: nowMs, error });
          ended.push({ id, kind: onParentFailure === "skip" ? "skipped" : "failed" });
          over.push(child);
        }
      }
    return { id: task.draft.id, accepted: true, unblocked, ended };
  }
}

function move(task: ModelTask, state: TaskState): void {
  if (!mayFollow(task.state.kind, state.kind))
    throw jobkitError(
      "TRANSITION_INVALID",
      `moving a task of the model from ${task.state.kind} to ${state.kind}`,
    );
  task.state = state;
}
