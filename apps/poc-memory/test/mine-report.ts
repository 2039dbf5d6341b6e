/**
 * For people: prints what is mined from the transcripts below a folder, or from one file, segment by segment.
 * `pnpm exec node --conditions=@jobkit/source test/mine-report.ts FOLDER_OR_FILE…`
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { argv, stdout } from "node:process";
import { mineFile } from "./mine-sessions.ts";

for (const path of argv.slice(2).flatMap(filesBelow)) {
  stdout.write(`\n######## ${path}\n`);
  for (const { state, memories } of await mineFile(path)) {
    stdout.write(
      `\n--- segment ${String(state.place.segment)}: ${String(memories.length)} memories, ${String(JSON.stringify(state).length)} characters of state\n`,
    );
    for (const { category, key, content, entities, receipts } of memories) {
      const lines = receipts.map((receipt) => String(receipt.line)).join(", ");
      stdout.write(`\n[${category}] ${key}\n${content}\n  about: ${entities.join(" ")}\n  lines: ${lines}\n`);
    }
  }
}

function filesBelow(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".jsonl"))
    .toSorted()
    .map((name) => join(path, name));
}
