/** A process that takes the lock of a queue file, says so, and keeps it until it is killed. Arguments: queue file. */
import { writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const db = new DatabaseSync(process.argv[2] ?? "", { timeout: 60_000 });
db.exec("BEGIN IMMEDIATE");
writeSync(1, "locked\n");
setInterval(() => {}, 60_000);
