import type { PlannedTask, TaskDraft, TaskState, TaskStateKind } from "jobkit-core";
import { asGiven } from "./errors.ts";
import { detailOf } from "./row.ts";
import type { Standing } from "./standings.ts";
import type { Statements } from "./statements.ts";

/** What a new life is given beside what the plan says. */
export interface NewLife {
  readonly ties: number;
  /** Asked only of a task that is ready. */
  readonly standing: () => Standing;
}

const NOWHERE: Standing = { turn: null, front: null };

/** Store what never changes of a task. @returns its number, in order of adding. */
export function insertTask(run: Statements, draft: TaskDraft): number {
  const { id, createdAtMs, onParentFailure, parent, after, labels, limits, input } = draft;
  const { lastInsertRowid } = asGiven(() =>
    run.insertTask.run(
      id,
      createdAtMs,
      draft.dueAtMs,
      onParentFailure,
      draft.run,
      parent,
      after.length,
      isEmpty(labels) ? null : JSON.stringify(labels),
      limits === null ? null : JSON.stringify(limits),
      JSON.stringify(input),
    ),
  );
  return Number(lastInsertRowid);
}

/** Store how a task begins. @returns the state it begins in. */
export function insertLife(
  run: Statements,
  seq: number,
  { draft, beginning }: PlannedTask,
  { ties, standing }: NewLife,
): TaskStateKind {
  const state = beginningState(draft, beginning);
  const { turn, front } = state.kind === "ready" ? standing() : NOWHERE;
  asGiven(() =>
    run.insertLife.run(
      seq,
      draft.job,
      state.kind,
      turn,
      draft.priority,
      draft.dueAtMs,
      ties,
      front,
      state.kind === "blocked" ? state.waitingFor : null,
      "endedAtMs" in state ? state.endedAtMs : null,
      draft.deadlineAtMs,
      draft.sequence,
      draft.key,
      draft.keyUntilMs === 0 ? null : draft.keyUntilMs,
      draft.idempotencyKey,
      detailOf(state),
    ),
  );
  return state.kind;
}

function beginningState(draft: TaskDraft, beginning: PlannedTask["beginning"]): TaskState {
  const endedAtMs = draft.createdAtMs;
  if (beginning.kind === "ready") return { kind: "ready", dueAtMs: draft.dueAtMs };
  if (beginning.kind === "skipped") return { ...beginning, endedAtMs };
  if (beginning.kind === "failed") return { ...beginning, endedAtMs, startedAtMs: null };
  return beginning;
}

function isEmpty(labels: Readonly<Record<string, string>>): boolean {
  for (const _name in labels) return false;
  return true;
}
