import type { DatabaseSync } from "node:sqlite";
import { asValue, statements, type Sql } from "./database.ts";

/** An entity whose holders have changed since they were last related. */
export interface DirtyEntity {
  readonly name: string;
  /** How many nodes held it before the first change, counted to 2,000 at most. */
  readonly heldBefore: number;
}

/** Who holds which entity, and which nodes and entities have changed since they were last related. */
export class EntityIndex {
  readonly #sql: Sql;

  constructor(database: DatabaseSync) {
    this.#sql = statements(database);
  }

  /** The entities of a node, in order of their names. */
  of(node: number): readonly string[] {
    return this.#sql("SELECT name FROM entity WHERE node = ? ORDER BY name")
      .all(node)
      .map((row) => String(row["name"]));
  }

  /** Ids of the nodes that hold an entity, ascending, at most `limit`. */
  holders(name: string, limit: number): readonly number[] {
    const rows = this.#sql("SELECT node FROM entity WHERE name = ? ORDER BY node LIMIT ?").all(name, limit);
    return rows.map((row) => Number(row["node"]));
  }

  /** Nodes that changed, lowest id first, at most `limit`. Forgotten ones are among them. */
  dirtyNodes(limit: number): readonly number[] {
    const rows = this.#sql("SELECT node FROM dirty_node ORDER BY node LIMIT ?").all(limit);
    return rows.map((row) => Number(row["node"]));
  }

  /** Has a node changed since it was last related? */
  isDirty(node: number): boolean {
    return this.#sql("SELECT 1 FROM dirty_node WHERE node = ?").get(node) !== undefined;
  }

  /** Entities whose holders changed, by name, at most `limit`. */
  dirtyEntities(limit: number): readonly DirtyEntity[] {
    const rows = this.#sql(
      "SELECT name, held_before AS heldBefore FROM dirty_entity ORDER BY name LIMIT ?",
    ).all(limit);
    return rows.map((row) => asValue<DirtyEntity>(row));
  }

  /** Nodes and entities still to be related. */
  dirtyCount(): number {
    const row = this.#sql(
      "SELECT (SELECT count(*) FROM dirty_node) + (SELECT count(*) FROM dirty_entity) AS n",
    ).get();
    return Number(row?.["n"]);
  }

  /** These have been related. */
  clean(nodes: readonly number[], entities: readonly DirtyEntity[]): void {
    for (const node of nodes) this.#sql("DELETE FROM dirty_node WHERE node = ?").run(node);
    for (const entity of entities) this.#sql("DELETE FROM dirty_entity WHERE name = ?").run(entity.name);
  }

  /** Everything has to be related again, because the limits have changed. */
  dirtyAll(): void {
    this.#sql("INSERT OR IGNORE INTO dirty_node SELECT id FROM node").run();
  }
}
