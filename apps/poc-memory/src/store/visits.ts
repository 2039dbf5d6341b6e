import type { DatabaseSync } from "node:sqlite";
import { asValue, statements, type Sql } from "./database.ts";

/** How looking at a node ended. */
export type VisitOutcome = "processed" | "skipped" | "modified";

/** The latest look of one agent at one node. */
export interface Visit {
  readonly node: number;
  readonly agent: string;
  /** Wall time in ms since 1970. */
  readonly atMs: number;
  readonly outcome: VisitOutcome;
}

/** Which agent has looked at which node, the latest time only. Write a visit after the look succeeded, never before. */
export class Visits {
  readonly #sql: Sql;

  constructor(database: DatabaseSync) {
    this.#sql = statements(database);
  }

  /** Remember a look; an older one of the same agent at the same node is replaced. */
  record(visit: Visit): void {
    this.#sql("INSERT OR REPLACE INTO visit (node, agent, at, outcome) VALUES (?, ?, ?, ?)").run(
      visit.node,
      visit.agent,
      visit.atMs,
      visit.outcome,
    );
  }

  /** The latest look of an agent at a node, `null` where there was none. */
  last(node: number, agent: string): Visit | null {
    const row = this.#sql(
      "SELECT node, agent, at AS atMs, outcome FROM visit WHERE node = ? AND agent = ?",
    ).get(node, agent);
    return row === undefined ? null : asValue<Visit>(row);
  }

  /** When an agent looked last, by node; nodes at which it never looked are absent. */
  latest(agent: string): ReadonlyMap<number, number> {
    const rows = this.#sql("SELECT node, at FROM visit WHERE agent = ?").all(agent);
    return new Map(rows.map((row) => [Number(row["node"]), Number(row["at"])]));
  }

  /** Ids of the nodes at which an agent has looked at or after a time. */
  since(agent: string, atMs: number): ReadonlySet<number> {
    const rows = this.#sql("SELECT node FROM visit WHERE agent = ? AND at >= ?").all(agent, atMs);
    return new Set(rows.map((row) => Number(row["node"])));
  }
}
