/**
 * A queue as simple as it can be said: lists, scans, no index. It is right by being short, and the random runs
 * hold every store to it. Never use it for work.
 */
import { jobkitError } from "../../base/error-table.ts";
import type { TaskId } from "../../base/ids.ts";
import { refuseForkCircle } from "../../queue/fork-circle.ts";
import { planGraph, parentFailure } from "../../queue/graph-plan.ts";
import { describeError } from "../../base/errors.ts";
import type { Added, EndedTask, Outcome, Settled, Settlement, TaskDraft } from "../../queue/queue-store.ts";
import { isLast, mayFollow, type TaskState } from "../../task/state.ts";

/** A task of the model. */
export interface ModelTask {
  readonly draft: TaskDraft;
  attempt: number;
  claim: number;
  forks: number;
  state: TaskState;
  /** What it has to wait for: its parents, then what it forked. */
  after: readonly TaskId[];
  /** Those of them whose end it has not seen yet. */
  waiting: TaskId[];
  /** It has been claimed and has not ended: it keeps its sequence. */
  held: boolean;
}

/** The reference: every method is the plain reading of what QueueStore promises. */
export class QueueModel {
  tasks: ModelTask[] = [];

  find(id: TaskId): ModelTask | undefined {
    return this.tasks.find(({ draft }) => draft.id === id);
  }

  holder(job: string, key: string | null, nowMs: number): ModelTask | undefined {
    if (key === null) return undefined;
    const holds = ({ draft, state }: ModelTask): boolean => !isLast(state.kind) || draft.keyUntilMs > nowMs;
    // The youngest: an older one that ended long ago may have the same key.
    return this.tasks.findLast((task) => task.draft.job === job && task.draft.key === key && holds(task));
  }

  add(drafts: readonly TaskDraft[], parent: ModelTask | null = null): readonly Added[] {
    const plan = planGraph(drafts, {
      stateOf: (id) => this.find(id)?.state.kind ?? null,
      holderOf: (job, key, nowMs) => this.holder(job, key, nowMs)?.draft.id ?? null,
      idempotentOf: (job, key) =>
        this.tasks.find(({ draft }) => draft.job === job && draft.idempotencyKey === key)?.draft.id ?? null,
    });
    if (parent !== null)
      refuseForkCircle(parent.draft, plan, (id) => {
        const task = this.find(id);
        if (task === undefined || isLast(task.state.kind)) return null;
        return { after: task.after, sequence: task.draft.sequence };
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
      const numbers = { attempt: 0, claim: 0, forks: 0, held: false };
      this.tasks.push({ draft, ...numbers, state, after: draft.after, waiting });
    }
    return plan.added;
  }

  /** The claimable tasks of a job, in starting order: of a sequence the one that holds it, or else the first. */
  due(job: string, nowMs: number): readonly ModelTask[] {
    const due = this.#due(nowMs);
    const first = ({ draft, held }: ModelTask): boolean => {
      const leading = due.find((other) => other.draft.sequence === draft.sequence);
      const taken = this.tasks.some((other) => other.draft.sequence === draft.sequence && other.held);
      return held || (!taken && leading?.draft.id === draft.id);
    };
    return due.filter((task) => task.draft.job === job && (task.draft.sequence === null || first(task)));
  }

  claim(job: string, limit: number, owner: string, nowMs: number): readonly TaskId[] {
    const claimed: TaskId[] = [];
    while (claimed.length < limit) {
      const [task] = this.due(job, nowMs);
      if (task === undefined) break;
      task.attempt += 1;
      task.claim += 1;
      task.held = true;
      move(task, { kind: "running", owner, startedAtMs: nowMs, leaseUntilMs: nowMs + 60_000 });
      claimed.push(task.draft.id);
    }
    return claimed;
  }

  settle({ id, owner, claim, nowMs, outcome }: Settlement): Settled {
    const task = this.find(id);
    if (task?.state.kind !== "running" || task.state.owner !== owner || task.claim !== claim)
      return { id, accepted: false, unblocked: [], ended: [] };
    const times = { startedAtMs: task.state.startedAtMs, endedAtMs: nowMs };
    switch (outcome.kind) {
      case "retrying":
        move(task, { ...outcome });
        return { id, accepted: true, unblocked: [], ended: [] };
      case "interrupted":
        task.attempt -= 1;
        move(task, { kind: "ready", dueAtMs: nowMs });
        return { id, accepted: true, unblocked: [], ended: [] };
      case "forked":
        return this.#fork(task, outcome, nowMs);
      case "done":
      case "failed":
      case "cancelled":
        return this.end(task, { ...outcome, ...times }, nowMs);
    }
  }

  expire(nowMs: number): readonly Settled[] {
    const expired: Settled[] = [];
    for (;;) {
      const passed = this.tasks.filter(
        ({ draft, state }) =>
          !isLast(state.kind) && state.kind !== "running" && (draft.deadlineAtMs ?? Infinity) <= nowMs,
      );
      const [task] = passed.toSorted((a, b) => (a.draft.deadlineAtMs ?? 0) - (b.draft.deadlineAtMs ?? 0));
      if (task === undefined) return expired;
      const error = { code: "TASK_EXPIRED", message: "" };
      expired.push(this.end(task, { kind: "failed", startedAtMs: null, endedAtMs: nowMs, error }, nowMs));
    }
  }

  cancel(id: TaskId, nowMs: number, reason: string): Settled | string {
    const task = this.find(id);
    if (task === undefined) return "unknown";
    if (isLast(task.state.kind)) return "over";
    if (task.state.kind === "running") return "running";
    return this.end(task, { kind: "cancelled", startedAtMs: null, endedAtMs: nowMs, reason }, nowMs);
  }

  retry(ids: readonly TaskId[], nowMs: number): readonly TaskId[] {
    const again: ModelTask[] = [];
    for (const id of ids) {
      const task = this.find(id);
      if (task === undefined || !isLast(task.state.kind) || task.state.kind === "done") continue;
      const { job, key } = task.draft;
      const holder = this.holder(job, key, nowMs);
      const twin = again.some(({ draft }) => key !== null && draft.job === job && draft.key === key);
      if ((holder !== undefined && holder !== task) || twin || again.includes(task)) continue;
      again.push(task);
    }
    const ended = (id: TaskId): boolean => isLast(this.find(id)?.state.kind ?? "done");
    const waitings = again.map(({ draft }) =>
      draft.after.filter((id) => !ended(id) || again.some((other) => other.draft.id === id)),
    );
    for (const [at, task] of again.entries()) {
      const waiting = waitings[at] ?? [];
      const { draft } = task;
      const fresh = { ...draft, deadlineAtMs: null };
      Object.assign(task, { draft: fresh, attempt: 0, forks: 0, after: draft.after, waiting });
      const ready: TaskState = { kind: "ready", dueAtMs: nowMs };
      move(task, waiting.length === 0 ? ready : { kind: "blocked", waitingFor: waiting.length });
    }
    return again.map(({ draft }) => draft.id);
  }

  recover(owner: string, nowMs: number): readonly TaskId[] {
    const lost = this.tasks.filter(({ state }) => state.kind === "running" && state.owner !== owner);
    for (const task of lost) move(task, { kind: "ready", dueAtMs: nowMs });
    return lost.map(({ draft }) => draft.id);
  }

  prune(beforeMs: number): number {
    const named = new Set(this.tasks.flatMap(({ after, state }) => (isLast(state.kind) ? [] : after)));
    const kept = this.tasks.filter(
      ({ draft, state }) => !("endedAtMs" in state) || state.endedAtMs >= beforeMs || named.has(draft.id),
    );
    const forgotten = this.tasks.length - kept.length;
    this.tasks = kept;
    return forgotten;
  }

  end(task: ModelTask, state: TaskState, nowMs: number): Settled {
    const unblocked: TaskId[] = [];
    const ended: EndedTask[] = [];
    move(task, state);
    const over = [task];
    for (const parent of over)
      for (const child of this.tasks) {
        if (child.state.kind !== "blocked" || !child.waiting.includes(parent.draft.id)) continue;
        const { id, dueAtMs, onParentFailure } = child.draft;
        child.waiting = child.waiting.filter((waited) => waited !== parent.draft.id);
        const well = parent.state.kind === "done" || onParentFailure === "run" || child.forks > 0;
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

  #fork(task: ModelTask, { drafts }: Extract<Outcome, { kind: "forked" }>, nowMs: number): Settled {
    const { id } = task.draft;
    const startedAtMs = task.state.kind === "running" ? task.state.startedAtMs : nowMs;
    try {
      const forked = this.add(drafts, task);
      // A draft may meet, by its key, the very task that forks it: nothing waits for itself.
      const met = new Set(forked.map((one) => one.id).filter((one) => one !== id));
      const more = [...met].filter((one) => !task.after.includes(one));
      task.after = [...task.after, ...more];
      task.attempt -= 1;
      task.forks += 1;
      task.waiting = task.after.filter((one) => !isLast(this.find(one)?.state.kind ?? "done"));
      if (task.waiting.length > 0) move(task, { kind: "blocked", waitingFor: task.waiting.length });
      else move(task, { kind: "ready", dueAtMs: nowMs });
      return { id, accepted: true, unblocked: task.waiting.length > 0 ? [] : [id], ended: [], forked };
    } catch (error) {
      const why = describeError(error);
      const state: TaskState = { kind: "failed", startedAtMs, endedAtMs: nowMs, error: why };
      return { ...this.end(task, state, nowMs), forked: why };
    }
  }

  /** Every due task, in starting order. */
  #due(nowMs: number): readonly ModelTask[] {
    const dueAt = ({ state }: ModelTask): number =>
      "dueAtMs" in state ? state.dueAtMs : Number.POSITIVE_INFINITY;
    return this.tasks
      .filter((task) => dueAt(task) <= nowMs)
      .toSorted((a, b) => b.draft.priority - a.draft.priority || dueAt(a) - dueAt(b));
  }
}

function move(task: ModelTask, state: TaskState): void {
  if (!mayFollow(task.state.kind, state.kind))
    throw jobkitError(
      "TRANSITION_INVALID",
      `moving a task of the model from ${task.state.kind} to ${state.kind}`,
    );
  task.state = state;
  if (isLast(state.kind)) task.held = false;
}
