import type { DatabaseSync } from "node:sqlite";
import type { TaskCount, TaskId, TaskStateKind } from "jobkit-core";
import { query, type StateRow, type TaskRow } from "./row.ts";

/** What StateRow names. */
const stateColumns = "seq, id, job, state, attempt, claim, owner, started_at, policy, due_at, key";

/**
 * Every statement that the queue runs. The hot ones touch one task or a bounded number of index entries; a test
 * holds them to that with EXPLAIN QUERY PLAN. `hold > 0` and `turn = 0` stand literally, because a partial index
 * serves only a query that repeats its condition. `LIMIT 0 + ?` and not `LIMIT ?`: SQLite plans a query anew at
 * every binding of a bare limit, which made a claim three times as dear (measured with 3.53).
 */
export const sql = {
  insertTask: `INSERT INTO task (id, job, state, turn, priority, due_at, attempt, claim, created_at, policy, key,
    run, parent, parents, ended_at, labels, detail, input)
    VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  insertDependency: `INSERT INTO dependency (child, at, parent, parent_seq, hold) VALUES (?, ?, ?, ?, ?)`,
  insertBlocked: `INSERT INTO blocked (seq, waiting_for) VALUES (?, ?)`,
  taskById: `SELECT * FROM task WHERE id = ?`,
  taskBySeq: `SELECT * FROM task WHERE seq = ?`,
  changeById: `SELECT ${stateColumns} FROM task WHERE id = ?`,
  changeBySeq: `SELECT ${stateColumns} FROM task WHERE seq = ?`,
  stateById: `SELECT state FROM task WHERE id = ?`,
  seqById: `SELECT seq FROM task WHERE id = ?`,
  holder: `SELECT id FROM task WHERE job = ? AND key = ? AND key IS NOT NULL AND ended_at IS NULL`,

  nextLater: `SELECT min(due_at) AS due FROM task WHERE job = ? AND turn = 1`,
  promote: `UPDATE task SET turn = 0 WHERE job = ? AND turn = 1 AND due_at <= ?`,
  heads: `SELECT id, job, priority, due_at FROM task WHERE job = ? AND turn = 0
    ORDER BY priority DESC, due_at, seq LIMIT 0 + ?`,
  claimable: `SELECT * FROM task WHERE job = ? AND turn = 0 AND due_at <= ?
    ORDER BY priority DESC, due_at, seq LIMIT 0 + ?`,
  /** Only after wall time has jumped back. */
  nextAhead: `SELECT min(due_at) AS due FROM task WHERE job = ? AND turn = 0 AND due_at > ?`,

  start: `UPDATE task SET state = 'running', turn = NULL, attempt = ?, claim = ?, owner = ?, started_at = ?,
    lease_until = ? WHERE seq = ?`,
  place: `UPDATE task SET state = ?, turn = ?, due_at = ?, attempt = ?, owner = NULL, started_at = NULL,
    lease_until = NULL, ended_at = NULL, detail = ? WHERE seq = ?`,
  end: `UPDATE task SET state = ?, turn = NULL, owner = NULL, started_at = ?, lease_until = NULL, ended_at = ?,
    detail = ? WHERE seq = ?`,
  touch: `UPDATE task SET lease_until = ? WHERE id = ? AND state = 'running' AND owner = ?`,

  children: `SELECT child FROM dependency WHERE parent_seq = ? AND hold > 0 AND hold = 2 ORDER BY child`,
  parentEnded: `UPDATE dependency SET hold = 1 WHERE parent_seq = ? AND hold > 0 AND hold = 2`,
  letParentsGo: `UPDATE dependency SET hold = 0 WHERE child = ?`,
  countDown: `UPDATE blocked SET waiting_for = waiting_for - 1 WHERE seq = ?`,
  waitingFor: `SELECT waiting_for AS n FROM blocked WHERE seq = ?`,
  unblock: `DELETE FROM blocked WHERE seq = ?`,
  parentsOf: `SELECT parent FROM dependency WHERE child = ? ORDER BY at`,

  counts: `SELECT job, state, count FROM task_count WHERE count > 0`,
  changeCount: `INSERT INTO task_count (job, state, count) VALUES (?, ?, ?)
    ON CONFLICT (job, state) DO UPDATE SET count = count + excluded.count`,

  running: `SELECT * FROM task WHERE job = ? AND state = 'running'`,
  prunable: `SELECT seq, job, state FROM task WHERE ended_at < ? AND NOT EXISTS
    (SELECT 1 FROM dependency WHERE parent_seq = task.seq AND hold > 0) ORDER BY ended_at, seq LIMIT 0 + ?`,
  forget: `DELETE FROM task WHERE seq = ?`,

  newest: `SELECT seq FROM task WHERE seq < ? ORDER BY seq DESC LIMIT 0 + ?`,
  oldest: `SELECT seq FROM task WHERE seq > ? ORDER BY seq LIMIT 0 + ?`,
  newestOf: `SELECT seq FROM task WHERE job = ? AND state = ? AND seq < ? ORDER BY seq DESC LIMIT 0 + ?`,
  oldestOf: `SELECT seq FROM task WHERE job = ? AND state = ? AND seq > ? ORDER BY seq LIMIT 0 + ?`,
} as const;

/** A head as the file has it. */
export interface HeadRow {
  readonly id: TaskId;
  readonly job: string;
  readonly priority: number;
  readonly due_at: number;
}

type Seq = { readonly seq: number };
type Due = { readonly due: number | null };

/** Prepare every statement once, for the life of the connection. */
export function prepareStatements(db: DatabaseSync) {
  return {
    insertTask: db.prepare(sql.insertTask),
    insertDependency: db.prepare(sql.insertDependency),
    insertBlocked: db.prepare(sql.insertBlocked),
    taskById: query<TaskRow>(db, sql.taskById),
    taskBySeq: query<TaskRow>(db, sql.taskBySeq),
    changeById: query<StateRow>(db, sql.changeById),
    changeBySeq: query<StateRow>(db, sql.changeBySeq),
    stateById: query<{ readonly state: TaskStateKind }>(db, sql.stateById),
    seqById: query<Seq>(db, sql.seqById),
    holder: query<{ readonly id: TaskId }>(db, sql.holder),
    nextLater: query<Due>(db, sql.nextLater),
    promote: db.prepare(sql.promote),
    heads: query<HeadRow>(db, sql.heads),
    claimable: query<TaskRow>(db, sql.claimable),
    nextAhead: query<Due>(db, sql.nextAhead),
    start: db.prepare(sql.start),
    place: db.prepare(sql.place),
    end: db.prepare(sql.end),
    touch: db.prepare(sql.touch),
    children: query<{ readonly child: number }>(db, sql.children),
    parentEnded: db.prepare(sql.parentEnded),
    letParentsGo: db.prepare(sql.letParentsGo),
    countDown: db.prepare(sql.countDown),
    waitingFor: query<{ readonly n: number }>(db, sql.waitingFor),
    unblock: db.prepare(sql.unblock),
    parentsOf: query<{ readonly parent: TaskId }>(db, sql.parentsOf),
    counts: query<TaskCount>(db, sql.counts),
    changeCount: db.prepare(sql.changeCount),
    running: query<TaskRow>(db, sql.running),
    prunable: query<Seq & { readonly job: string; readonly state: TaskStateKind }>(db, sql.prunable),
    forget: db.prepare(sql.forget),
    newest: query<Seq>(db, sql.newest),
    oldest: query<Seq>(db, sql.oldest),
    newestOf: query<Seq>(db, sql.newestOf),
    oldestOf: query<Seq>(db, sql.oldestOf),
  };
}

/** All prepared statements of a connection. */
export type Statements = ReturnType<typeof prepareStatements>;
