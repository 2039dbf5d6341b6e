import type { Sql } from "./database.ts";
import type { Fact } from "./memory-store.ts";
import { NODE_COLUMNS, toNode, type LinkRow } from "./rows.ts";

/**
 * Facts with a revision above `since`, in the order of revisions, whole revisions only. Of each node and link only
 * its latest state is told, at the revision that made it: whoever applies all facts in order ends with what is true now.
 */
export function readFacts(sql: Sql, since: number, limit: number): readonly Fact[] {
  const until = lastRevision(sql, since, Math.max(1, Math.floor(limit)));
  const facts = [
    ...nodeFacts(sql, since, until),
    ...linkFacts(sql, since, until),
    ...goneFacts(sql, since, until),
  ];
  // The sort is stable: inside a revision nodes come before links, and links before what is forgotten.
  return facts.toSorted((a, b) => a.revision - b.revision);
}

/** The revision of the limit-th fact; all facts up to and with it are told. */
function lastRevision(sql: Sql, since: number, limit: number): number {
  const row = sql(`SELECT max(revision) AS revision FROM (
      SELECT revision FROM (SELECT revision FROM node WHERE revision > ?1 ORDER BY revision LIMIT ?2)
      UNION ALL SELECT revision FROM (SELECT revision FROM link WHERE revision > ?1 ORDER BY revision LIMIT ?2)
      UNION ALL SELECT revision FROM (SELECT revision FROM version WHERE content IS NULL AND revision > ?1
        AND node NOT IN (SELECT id FROM node) ORDER BY revision LIMIT ?2)
      ORDER BY revision LIMIT ?2)`).get(since, limit);
  return Number(row?.["revision"] ?? since);
}

function nodeFacts(sql: Sql, since: number, until: number): readonly Fact[] {
  const rows = sql(
    `SELECT ${NODE_COLUMNS} FROM node WHERE revision > ? AND revision <= ? ORDER BY revision, id`,
  );
  return rows.all(since, until).map((row) => {
    const node = toNode(row);
    return { kind: "node", revision: node.revision, node };
  });
}

function linkFacts(sql: Sql, since: number, until: number): readonly Fact[] {
  const rows = sql(
    "SELECT * FROM link WHERE revision > ? AND revision <= ? ORDER BY revision, low, high, type",
  );
  return (rows.all(since, until) as unknown as LinkRow[]).map((row) => ({
    kind: "link",
    revision: row.revision,
    from: row.forward === 1 ? row.low : row.high,
    to: row.forward === 1 ? row.high : row.low,
    type: row.type,
    strength: row.strength,
  }));
}

/** Only nodes that are still gone: one that came back is told by its node fact. */
function goneFacts(sql: Sql, since: number, until: number): readonly Fact[] {
  const rows = sql(`SELECT node AS id, max(revision) AS revision FROM version
    WHERE content IS NULL AND revision > ? AND revision <= ? AND node NOT IN (SELECT id FROM node)
    GROUP BY node ORDER BY revision, node`);
  return rows
    .all(since, until)
    .map((row) => ({ kind: "forgotten", revision: Number(row["revision"]), id: Number(row["id"]) }));
}
