import type { Sql } from "./database.ts";

/** Most sentences told of one kind of fault. */
const TOLD_MAX = 10;

interface Check {
  readonly says: (row: Readonly<Record<string, unknown>>) => string;
  readonly sql: string;
}

/** What must be true of the tables, as queries for what breaks it. */
const checks: readonly Check[] = [
  {
    sql: "SELECT low, high, type FROM link WHERE strength > 0 AND (low NOT IN (SELECT id FROM node) OR high NOT IN (SELECT id FROM node))",
    says: (row) =>
      `the ${String(row["type"])} link of nodes ${String(row["low"])} and ${String(row["high"])} has lost an end`,
  },
  {
    sql: `SELECT n.id, n.key FROM node n LEFT JOIN version v ON v.node = n.id AND v.version = n.version
      WHERE v.node IS NULL OR v.content IS NOT n.content OR v.key <> n.key`,
    says: (row) => `node ${String(row["id"])} (${String(row["key"])}) differs from its latest version`,
  },
  {
    sql: "SELECT id, revision FROM node WHERE revision NOT IN (SELECT number FROM revision)",
    says: (row) =>
      `node ${String(row["id"])} was written by revision ${String(row["revision"])}, which is not there`,
  },
  {
    sql: "SELECT id FROM node WHERE id NOT IN (SELECT rowid FROM words)",
    says: (row) => `node ${String(row["id"])} is missing from the word index`,
  },
  {
    sql: "SELECT rowid AS id FROM words WHERE rowid NOT IN (SELECT id FROM node)",
    says: (row) => `the word index holds node ${String(row["id"])}, which is not there`,
  },
  {
    sql: "SELECT DISTINCT node FROM entity WHERE node NOT IN (SELECT id FROM node)",
    says: (row) => `entities are kept for node ${String(row["node"])}, which is not there`,
  },
  {
    sql: "SELECT mined FROM receipt WHERE mined NOT IN (SELECT id FROM mined)",
    says: (row) => `a receipt belongs to mined memory ${String(row["mined"])}, which is not there`,
  },
];

/** What is wrong with a store, one sentence each, at most ten of a kind; empty where nothing is. */
export function checkStore(sql: Sql): readonly string[] {
  const damage = sql("PRAGMA integrity_check(10)")
    .all()
    .map((row) => String(row["integrity_check"]))
    .filter((line) => line !== "ok")
    .map((line) => `the file is damaged: ${line}`);
  // With a damaged file the other queries would only repeat it, or fail.
  if (damage.length > 0) return damage;
  return checks.flatMap((check) => sql(`${check.sql} LIMIT ${TOLD_MAX}`).all().map(check.says));
}
