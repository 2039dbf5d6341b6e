import { expect, test } from "vitest";
import { openConnection } from "../src/connection.ts";
import { sql } from "../src/statements.ts";

test.each(Object.entries(sql))("%s never scans or sorts the tasks", (_name, statement) => {
  const db = openConnection(":memory:");
  const values = Array.from(statement.matchAll(/\?/g), () => 1);

  const plan = db
    .prepare(`EXPLAIN QUERY PLAN ${statement}`)
    .all(...values)
    .map((row) => String(row["detail"]));
  db.close();

  // task_count has one row per job and state; everything else is sought.
  expect(plan.filter((step) => /SCAN (?!task_count)|TEMP B-TREE/.test(step))).toEqual([]);
});
