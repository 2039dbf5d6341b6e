import type { Migration } from "./migration.ts";

/** Version 1: one row per task, which each change of state wrote anew. Released: not a letter changes. */
export const version1: Migration = {
  version: 1,
  statements: [
    `CREATE TABLE task (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        job TEXT NOT NULL,
        state TEXT NOT NULL,
        turn INTEGER,
        priority REAL NOT NULL,
        due_at REAL NOT NULL,
        attempt INTEGER NOT NULL,
        claim INTEGER NOT NULL,
        created_at REAL NOT NULL,
        policy TEXT NOT NULL,
        key TEXT,
        run TEXT NOT NULL,
        parent TEXT,
        parents INTEGER NOT NULL,
        owner TEXT,
        started_at REAL,
        lease_until REAL,
        ended_at REAL,
        labels TEXT NOT NULL,
        detail TEXT,
        input TEXT NOT NULL
      ) STRICT`,
    `CREATE INDEX task_state ON task (job, state, seq)`,
    `CREATE INDEX task_turn ON task (job, priority DESC, due_at, seq) WHERE turn = 0`,
    `CREATE INDEX task_later ON task (job, due_at) WHERE turn = 1`,
    `CREATE UNIQUE INDEX task_key ON task (job, key) WHERE key IS NOT NULL AND ended_at IS NULL`,
    `CREATE INDEX task_ended ON task (ended_at, seq) WHERE ended_at IS NOT NULL`,
    `CREATE TABLE dependency (
        child INTEGER NOT NULL REFERENCES task (seq) ON DELETE CASCADE,
        at INTEGER NOT NULL,
        parent TEXT NOT NULL,
        parent_seq INTEGER NOT NULL,
        hold INTEGER NOT NULL,
        PRIMARY KEY (child, at)
      ) STRICT, WITHOUT ROWID`,
    `CREATE INDEX dependency_parent ON dependency (parent_seq, hold) WHERE hold > 0`,
    `CREATE TABLE blocked (
        seq INTEGER PRIMARY KEY REFERENCES task (seq) ON DELETE CASCADE,
        waiting_for INTEGER NOT NULL
      ) STRICT`,
    `CREATE TABLE task_count (
        job TEXT NOT NULL,
        state TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (job, state)
      ) STRICT, WITHOUT ROWID`,
  ],
};
