import { DatabaseSync } from "node:sqlite";
import { damaged } from "./errors.ts";
import { migrate, type MigrationTarget } from "./migrate.ts";

type Definitions = ReadonlyMap<string, string>;

/**
 * Prove that tables and indexes are those of the newest version: one letter that is damaged in a name or in the
 * condition of an index would lead every statement astray. What else stands in the file is nobody's business.
 * @throws as of a damaged page.
 */
export function mustBeWhole(db: MigrationTarget): void {
  const found = definitionsIn(db);
  for (const [name, definition] of definitionsOfNewest())
    if (found.get(name) !== definition)
      throw damaged(`the definition of ${name} is not that of this version`);
}

/** As a new file has them. Made anew at each opening, in about 1 ms. */
function definitionsOfNewest(): Definitions {
  const db = new DatabaseSync(":memory:");
  try {
    migrate(db, ":memory:");
    return definitionsIn(db);
  } finally {
    db.close();
  }
}

/** By name, without what SQLite may write in another way when it renames a table. */
function definitionsIn(db: MigrationTarget): Definitions {
  const rows = db.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").all();
  return new Map(
    rows.map((row) => [String(row["name"]), String(row["sql"]).replaceAll('"', "").replaceAll(/\s+/gu, " ")]),
  );
}
