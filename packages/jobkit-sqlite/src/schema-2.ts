import type { Migration } from "./migration.ts";

/**
 * Version 2: what never changes (`task`) stands apart from what does (`life`), and life has sequences,
 * deadlines, forks, keys that outlive their task, and idempotency keys.
 */
export const version2: Migration = {
  version: 2,
  statements: [
    `CREATE TABLE task_2 (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      created_at REAL NOT NULL,
      asked_at REAL NOT NULL,
      policy TEXT NOT NULL,
      run TEXT NOT NULL,
      parent TEXT,
      parents INTEGER NOT NULL,
      labels TEXT,
      limits TEXT,
      input TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE life (
      seq INTEGER PRIMARY KEY,
      job TEXT NOT NULL,
      state TEXT NOT NULL,
      turn INTEGER,
      priority REAL NOT NULL,
      due_at REAL NOT NULL,
      attempt INTEGER NOT NULL,
      claim INTEGER NOT NULL,
      forks INTEGER NOT NULL,
      ties INTEGER NOT NULL,
      front INTEGER,
      waiting_for INTEGER,
      owner TEXT,
      started_at REAL,
      lease_until REAL,
      ended_at REAL,
      deadline_at REAL,
      sequence TEXT,
      key TEXT,
      key_until REAL,
      idempotency_key TEXT,
      detail TEXT
    ) STRICT`,
    `CREATE TABLE dependency_2 (
      child INTEGER NOT NULL,
      at INTEGER NOT NULL,
      parent TEXT NOT NULL,
      parent_seq INTEGER NOT NULL,
      hold INTEGER NOT NULL,
      PRIMARY KEY (child, at)
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID`,

    `INSERT INTO task_2 (seq, id, created_at, asked_at, policy, run, parent, parents, labels, limits, input)
      SELECT seq, id, created_at, due_at, policy, run, parent, parents, nullif(labels, '{}'), NULL, input
      FROM task ORDER BY seq`,
    // A parent is kept for an unfinished child from now on, not only for a blocked one. One whose child has
    // started may be forgotten already: then nothing names a row, and nothing is held.
    `INSERT INTO dependency_2 (child, at, parent, parent_seq, hold)
      SELECT child, at, dependency.parent, parent_seq,
        CASE WHEN hold > 0 THEN hold WHEN ended_at IS NULL THEN 1 ELSE 0 END
      FROM dependency JOIN task ON task.seq = child`,
    `INSERT INTO life (seq, job, state, turn, priority, due_at, attempt, claim, forks, ties, waiting_for, owner,
        started_at, lease_until, ended_at, key, detail)
      SELECT task.seq, job, state, turn, priority, due_at, attempt, claim, 0,
        EXISTS (SELECT 1 FROM dependency WHERE parent_seq = task.seq AND hold > 0 AND hold = 2)
          + 2 * (parents > 0),
        waiting_for, owner, started_at, lease_until, ended_at, key, nullif(detail, 'null')
      FROM task LEFT JOIN blocked USING (seq) ORDER BY task.seq`,
    // Numbers of forgotten tasks are never given again.
    `DELETE FROM sqlite_sequence WHERE name = 'task_2'`,
    `INSERT INTO sqlite_sequence (name, seq) SELECT 'task_2', seq FROM sqlite_sequence WHERE name = 'task'`,
    // Those that refer to `task` go first: dropping it would empty them.
    `DROP TABLE dependency`,
    `DROP TABLE blocked`,
    `DROP TABLE task`,
    `ALTER TABLE task_2 RENAME TO task`,
    `ALTER TABLE dependency_2 RENAME TO dependency`,

    `CREATE INDEX task_run ON task (run, seq)`,
    `CREATE INDEX life_state ON life (job, state, seq)`,
    `CREATE INDEX life_turn ON life (job, priority DESC, due_at, seq) WHERE turn = 0`,
    `CREATE INDEX life_later ON life (due_at, seq) WHERE turn = 1`,
    `CREATE INDEX life_later_of ON life (job, due_at) WHERE turn = 1`,
    `CREATE INDEX life_line ON life (sequence, priority DESC, due_at, seq) WHERE turn = 2`,
    `CREATE UNIQUE INDEX life_front ON life (sequence) WHERE front IS NOT NULL`,
    `CREATE UNIQUE INDEX life_key ON life (job, key) WHERE key IS NOT NULL AND ended_at IS NULL`,
    `CREATE INDEX life_key_window ON life (job, key, key_until)
      WHERE key_until IS NOT NULL AND ended_at IS NOT NULL`,
    `CREATE UNIQUE INDEX life_idempotency ON life (job, idempotency_key) WHERE idempotency_key IS NOT NULL`,
    `CREATE INDEX life_deadline ON life (deadline_at, seq)
      WHERE deadline_at IS NOT NULL AND owner IS NULL AND ended_at IS NULL`,
    `CREATE INDEX life_ended ON life (state, ended_at, seq) WHERE ended_at IS NOT NULL`,
    `CREATE INDEX dependency_parent ON dependency (parent_seq, hold) WHERE hold > 0`,
  ],
};
