// Writes the pages that are derived from the tables in the code. `--check` only says which are stale.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  errorsMarkdown,
  eventsMarkdown,
  healthRules,
  jobkitError,
  jobkitEvents,
  rulesMarkdown,
  settingsMarkdown,
} from "jobkit-core";
import {
  cliError,
  configJsonSchema,
  daemonError,
  daemonEvents,
  daemonSettings,
  shellError,
} from "jobkit-daemon";
import { sqliteError } from "jobkit-sqlite";
import { allSettings } from "../apps/poc-memory/src/app.ts";
import { memoryEvents } from "../apps/poc-memory/src/events.ts";
import { storeError } from "../apps/poc-memory/src/store/errors.ts";
import { transcriptError } from "../apps/poc-memory/src/transcript/errors.ts";
import { withStateDiagram } from "./state-diagram.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Written by hand, but for the diagram in it. */
const TASK_LIFE = "docs/core/task-life.md";

/** Path from the root to what must stand there. */
function pages(): ReadonlyMap<string, string> {
  const errors = { ...daemonError.table, ...shellError.table, ...cliError.table };
  const schema = configJsonSchema({ ...daemonSettings, ...allSettings }, "poc-memory");
  return new Map([
    [
      "docs/events.md",
      eventsMarkdown([
        { title: "jobkit-core", intro: "Tasks, pools, and the stream itself.", table: jobkitEvents },
        { title: "jobkit-daemon", intro: "The shell around them.", table: daemonEvents },
        { title: "poc-memory", intro: "The application.", table: memoryEvents },
      ]),
    ],
    [
      "docs/errors.md",
      errorsMarkdown([
        { title: "jobkit-core", intro: "", table: jobkitError.table },
        { title: "jobkit-sqlite", intro: "", table: sqliteError.table },
        { title: "jobkit-daemon", intro: "", table: errors },
        { title: "poc-memory", intro: "", table: { ...storeError.table, ...transcriptError.table } },
      ]),
    ],
    [
      "docs/settings.md",
      settingsMarkdown(
        [
          { title: "jobkit-daemon", intro: "Every daemon has these.", table: daemonSettings },
          { title: "poc-memory", intro: "The application's own.", table: allSettings },
        ],
        "POC_MEMORY",
      ),
    ],
    ["docs/rules.md", rulesMarkdown([{ title: "jobkit-core", intro: "", rules: healthRules }])],
    [TASK_LIFE, withStateDiagram(readFileSync(join(root, TASK_LIFE), "utf8"))],
    ["docs/config.schema.json", `${JSON.stringify(schema, null, 2)}\n`],
  ]);
}

const check = process.argv.includes("--check");
for (const [path, text] of pages()) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  if (check) {
    console.error(`${path} is stale: run pnpm codegen`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`${path} written`);
  }
}
