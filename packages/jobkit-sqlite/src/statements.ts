import type { DatabaseSync } from "node:sqlite";
import type { TaskCount, TaskId, TaskStateKind } from "jobkit-core";
import {
  lifeColumns,
  query,
  states,
  taskColumns,
  tuples,
  type LifeRow,
  type Query,
  type TaskRow,
} from "./row.ts";

const wholeTask = `SELECT ${taskColumns} FROM life CROSS JOIN task ON task.seq = life.seq`;
const wholeLife = `SELECT ${lifeColumns} FROM life CROSS JOIN task ON task.seq = life.seq`;

const sequenceColumns = "seq, job, sequence, front, priority, due_at";

/**
 * Every statement that the queue runs. The hot ones touch one task or a bounded number of index entries; a test
 * holds them to that with EXPLAIN QUERY PLAN. Conditions of partial indexes stand literally, because such an
 * index serves only a query that repeats its condition. `LIMIT 0 + ?` and not `LIMIT ?`: SQLite plans a query
 * anew at every binding of a bare limit, which made a claim three times as dear (measured with 3.53).
 */
export const sql = {
  insertTask: `INSERT INTO task (id, created_at, asked_at, policy, run, parent, parents, labels, limits, input)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  insertLife: `INSERT INTO life (seq, job, state, turn, priority, due_at, attempt, claim, forks, ties, front,
    waiting_for, ended_at, deadline_at, sequence, key, key_until, idempotency_key, detail)
    VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  insertDependency: `INSERT INTO dependency (child, at, parent, parent_seq, hold) VALUES (?, ?, ?, ?, ?)`,
  taskById: `SELECT ${taskColumns} FROM task CROSS JOIN life ON life.seq = task.seq WHERE task.id = ?`,
  taskBySeq: `${wholeTask} WHERE life.seq = ?`,
  lifeById: `SELECT ${lifeColumns} FROM task CROSS JOIN life ON life.seq = task.seq WHERE task.id = ?`,
  lifeBySeq: `${wholeLife} WHERE life.seq = ?`,
  stateById: `SELECT state FROM task CROSS JOIN life ON life.seq = task.seq WHERE task.id = ?`,
  seqById: `SELECT seq FROM task WHERE id = ?`,
  holder: `SELECT id FROM life CROSS JOIN task ON task.seq = life.seq
    WHERE life.job = ? AND life.key = ? AND life.key IS NOT NULL AND life.ended_at IS NULL`,
  holderAfterEnd: `SELECT id FROM life CROSS JOIN task ON task.seq = life.seq WHERE life.job = ? AND life.key = ?
    AND life.key_until > ? AND life.key_until IS NOT NULL AND life.ended_at IS NOT NULL
    ORDER BY life.key_until DESC LIMIT 1`,
  idempotent: `SELECT id FROM life CROSS JOIN task ON task.seq = life.seq
    WHERE life.job = ? AND life.idempotency_key = ? AND life.idempotency_key IS NOT NULL`,

  claimable: `${wholeTask} WHERE life.job = ? AND life.turn = 0
    ORDER BY life.priority DESC, life.due_at, life.seq`,
  nextLater: `SELECT min(due_at) AS due FROM life WHERE turn = 1`,
  nextLaterOf: `SELECT min(due_at) AS due FROM life WHERE job = ? AND turn = 1`,
  promote: `UPDATE life SET turn = 0 WHERE turn = 1 AND due_at <= ? AND sequence IS NULL`,
  dueInSequence: `SELECT ${sequenceColumns} FROM life
    WHERE turn = 1 AND due_at <= ? AND sequence IS NOT NULL ORDER BY due_at, seq`,
  /** These five only after wall time has jumped back. */
  demote: `UPDATE life SET turn = 1 WHERE job = ? AND turn = 0 AND due_at > ? AND sequence IS NULL`,
  nextJob: `SELECT min(job) AS job FROM life WHERE turn = 0 AND job > ?`,
  aheadInSequence: `SELECT ${sequenceColumns} FROM life
    WHERE job = ? AND turn = 0 AND due_at > ? AND sequence IS NOT NULL`,
  nextLine: `SELECT min(sequence) AS sequence FROM life WHERE turn = 2 AND sequence > ?`,
  leaveLine: `UPDATE life SET turn = 1 WHERE sequence = ? AND turn = 2 AND due_at > ?`,

  frontOf: `SELECT ${sequenceColumns} FROM life WHERE sequence = ? AND front IS NOT NULL`,
  nextInLine: `SELECT ${sequenceColumns} FROM life WHERE sequence = ? AND turn = 2
    ORDER BY priority DESC, due_at, seq LIMIT 1`,
  stand: `UPDATE life SET turn = ?, front = ? WHERE seq = ?`,

  start: `UPDATE life SET state = 'running', turn = NULL, attempt = attempt + 1, claim = claim + 1,
    front = front | 2, owner = ?, started_at = ?, lease_until = ? WHERE seq = ?`,
  place: `UPDATE life SET state = ?, turn = ?, front = ?, due_at = ?, attempt = ?, forks = ?, waiting_for = ?,
    ties = ?, deadline_at = ?, owner = NULL, started_at = NULL, lease_until = NULL, ended_at = NULL, detail = ?
    WHERE seq = ?`,
  waitFor: `UPDATE life SET waiting_for = ? WHERE seq = ?`,
  end: `UPDATE life SET state = ?, turn = NULL, front = NULL, waiting_for = NULL, owner = NULL, started_at = ?,
    lease_until = NULL, ended_at = ?, detail = ? WHERE seq = ?`,
  /** All of a settlement where the end of the task concerns nobody else, and its claim is the running one. */
  endAlone: `UPDATE life SET state = ?, owner = NULL, lease_until = NULL, ended_at = ?, detail = ?
    WHERE seq = ? AND claim = ? AND owner = ? AND ties = 0`,
  touch: `UPDATE life SET lease_until = ? WHERE seq = ? AND owner = ?`,
  isWaitedFor: `UPDATE life SET ties = ties | 1 WHERE seq = ? AND ties & 1 = 0`,

  children: `SELECT child FROM dependency WHERE parent_seq = ? AND hold > 0 AND hold = 2 ORDER BY child`,
  parentEnded: `UPDATE dependency SET hold = 1 WHERE parent_seq = ? AND hold > 0 AND hold = 2`,
  letParentsGo: `UPDATE dependency SET hold = 0 WHERE child = ?`,
  holdParent: `UPDATE dependency SET hold = ? WHERE child = ? AND at = ?`,
  parentsOf: `SELECT at, parent, parent_seq AS seq FROM dependency WHERE child = ? ORDER BY at`,
  letChildrenGo: `DELETE FROM dependency WHERE child = ? AND at >= ?`,
  isLiving: `SELECT ended_at IS NULL AS living FROM life WHERE seq = ?`,

  firstDeadline: `${wholeLife} WHERE life.deadline_at IS NOT NULL AND life.owner IS NULL
    AND life.ended_at IS NULL ORDER BY life.deadline_at, life.seq LIMIT 1`,
  nextDeadline: `SELECT min(deadline_at) AS due FROM life
    WHERE deadline_at IS NOT NULL AND owner IS NULL AND ended_at IS NULL`,

  counts: `SELECT job, state, count FROM task_count WHERE count > 0`,
  changeCount: `INSERT INTO task_count (job, state, count) VALUES (?, ?, ?)
    ON CONFLICT (job, state) DO UPDATE SET count = count + excluded.count`,

  running: `${wholeLife} WHERE life.job = ? AND life.state = 'running' ORDER BY life.seq`,
  prunable: `SELECT seq, job, ended_at FROM life WHERE state = ? AND ended_at < ? AND ended_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM dependency WHERE parent_seq = life.seq AND hold > 0)
    ORDER BY ended_at, seq LIMIT 0 + ?`,
  forgetTask: `DELETE FROM task WHERE seq = ?`,
  forgetLife: `DELETE FROM life WHERE seq = ?`,

  newest: `SELECT seq FROM task WHERE seq < ? ORDER BY seq DESC LIMIT 0 + ?`,
  oldest: `SELECT seq FROM task WHERE seq > ? ORDER BY seq LIMIT 0 + ?`,
  newestOf: `SELECT seq FROM life WHERE job = ? AND state = ? AND seq < ? ORDER BY seq DESC LIMIT 0 + ?`,
  oldestOf: `SELECT seq FROM life WHERE job = ? AND state = ? AND seq > ? ORDER BY seq LIMIT 0 + ?`,
  newestOfRun: `SELECT task.seq AS seq, job, state FROM task CROSS JOIN life ON life.seq = task.seq
    WHERE run = ? AND task.seq < ? ORDER BY task.seq DESC`,
  oldestOfRun: `SELECT task.seq AS seq, job, state FROM task CROSS JOIN life ON life.seq = task.seq
    WHERE run = ? AND task.seq > ? ORDER BY task.seq`,

  mark: `SELECT value FROM mark WHERE name = ?`,
  setMark: `INSERT INTO mark (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  forgetMark: `DELETE FROM mark WHERE name = ?`,
} as const;

type Seq = { readonly seq: number };
type Due = { readonly due: number | null };

/** A claimable task as its sequence sees it. */
export interface SequenceRow {
  readonly seq: number;
  readonly job: string;
  readonly sequence: string | null;
  readonly front: number | null;
  readonly priority: number;
  readonly due_at: number;
}

/** A parent as a child names it. */
export interface ParentRow {
  readonly at: number;
  readonly parent: TaskId;
  readonly seq: number;
}

/** A task as a list picks it. */
export interface ListedRow {
  readonly seq: number;
  readonly job: string;
  readonly state: TaskStateKind;
}

/** Prepare every statement once, for the life of the connection. */
export function prepareStatements(db: DatabaseSync) {
  return {
    insertTask: db.prepare(sql.insertTask),
    insertLife: db.prepare(sql.insertLife),
    insertDependency: db.prepare(sql.insertDependency),
    taskById: tuples<TaskRow>(db, sql.taskById),
    taskBySeq: tuples<TaskRow>(db, sql.taskBySeq),
    lifeById: states<LifeRow>(db, sql.lifeById),
    lifeBySeq: states<LifeRow>(db, sql.lifeBySeq),
    stateById: states<{ readonly state: TaskStateKind }>(db, sql.stateById),
    seqById: query<Seq>(db, sql.seqById),
    holder: query<{ readonly id: TaskId }>(db, sql.holder),
    holderAfterEnd: query<{ readonly id: TaskId }>(db, sql.holderAfterEnd),
    idempotent: query<{ readonly id: TaskId }>(db, sql.idempotent),
    /** One for each job that is looked through at the same time. */
    newClaimable: (): Query<TaskRow> => tuples<TaskRow>(db, sql.claimable),
    nextLater: query<Due>(db, sql.nextLater),
    nextLaterOf: query<Due>(db, sql.nextLaterOf),
    promote: db.prepare(sql.promote),
    dueInSequence: query<SequenceRow>(db, sql.dueInSequence),
    demote: db.prepare(sql.demote),
    nextJob: query<{ readonly job: string | null }>(db, sql.nextJob),
    aheadInSequence: query<SequenceRow>(db, sql.aheadInSequence),
    nextLine: query<{ readonly sequence: string | null }>(db, sql.nextLine),
    leaveLine: db.prepare(sql.leaveLine),
    frontOf: query<SequenceRow>(db, sql.frontOf),
    nextInLine: query<SequenceRow>(db, sql.nextInLine),
    stand: db.prepare(sql.stand),
    start: db.prepare(sql.start),
    place: db.prepare(sql.place),
    waitFor: db.prepare(sql.waitFor),
    end: db.prepare(sql.end),
    endAlone: db.prepare(sql.endAlone),
    touch: db.prepare(sql.touch),
    isWaitedFor: db.prepare(sql.isWaitedFor),
    children: query<{ readonly child: number }>(db, sql.children),
    parentEnded: db.prepare(sql.parentEnded),
    letParentsGo: db.prepare(sql.letParentsGo),
    holdParent: db.prepare(sql.holdParent),
    parentsOf: query<ParentRow>(db, sql.parentsOf),
    letChildrenGo: db.prepare(sql.letChildrenGo),
    isLiving: query<{ readonly living: number }>(db, sql.isLiving),
    firstDeadline: states<LifeRow>(db, sql.firstDeadline),
    nextDeadline: query<Due>(db, sql.nextDeadline),
    counts: query<TaskCount>(db, sql.counts),
    changeCount: db.prepare(sql.changeCount),
    running: states<LifeRow>(db, sql.running),
    prunable: query<Seq & { readonly job: string; readonly ended_at: number }>(db, sql.prunable),
    forgetTask: db.prepare(sql.forgetTask),
    forgetLife: db.prepare(sql.forgetLife),
    newest: query<Seq>(db, sql.newest),
    oldest: query<Seq>(db, sql.oldest),
    newestOf: query<Seq>(db, sql.newestOf),
    oldestOf: query<Seq>(db, sql.oldestOf),
    newestOfRun: query<ListedRow>(db, sql.newestOfRun),
    oldestOfRun: query<ListedRow>(db, sql.oldestOfRun),
    mark: query<{ readonly value: string }>(db, sql.mark),
    setMark: db.prepare(sql.setMark),
    forgetMark: db.prepare(sql.forgetMark),
  };
}

/** All prepared statements of a connection. */
export type Statements = ReturnType<typeof prepareStatements>;
