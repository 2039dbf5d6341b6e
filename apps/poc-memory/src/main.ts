import { homedir } from "node:os";
import { runCli } from "jobkit-daemon";
import { memoryApp } from "./app.ts";
import { memoryCommands } from "./commands/commands.ts";

// From a checkout the program is a script of the project; a person who came by `pnpm poc` is told so.
const typed =
  process.env["npm_lifecycle_event"] === undefined ? "poc-memory" : "npx -y pnpm@12 -s poc-memory";

// The whole program: an application, its own commands beside the generic ones, one exit code.
await runCli({
  app: memoryApp({ home: homedir(), env: process.env, typed }),
  commands: memoryCommands,
  flags: [
    {
      name: "transcripts",
      takes: "value",
      many: true,
      placeholder: "DIR",
      doc: "Folder that holds transcripts; replaces the standard ones.",
      setting: "transcripts.roots",
    },
  ],
  examples: [
    ["up --once", "read everything that is new, then end"],
    ["search flaky test timezone", "what is known about that"],
    ["journal tail", "what happened lately"],
    ["health", "is the graph in good shape, and why not"],
  ],
});
