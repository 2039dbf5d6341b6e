#!/usr/bin/env node
import { runCli } from "jobkit-daemon";
import { keeper } from "./app.ts";
import { changedCommand } from "./changed-command.ts";

await runCli({
  app: keeper,
  commands: { changed: changedCommand() },
  flags: [
    {
      name: "folder",
      takes: "value",
      many: true,
      placeholder: "DIR",
      doc: "Watch this folder; may be given again.",
      setting: "keeper.folders",
    },
  ],
  examples: [
    ["up --once --folder ~/photos", "hash what is new or changed, then end"],
    ["changed", "which files became others"],
  ],
});
