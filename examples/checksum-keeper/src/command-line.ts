import { type CliWorld, runCli } from "jobkit-daemon";
import { keeper } from "./app.ts";
import { changedCommand } from "./changed-command.ts";

/** The whole command line. @param world default: that of this process. @returns the exit code. */
export async function runKeeper(world?: CliWorld): Promise<number> {
  return await runCli({
    ...(world === undefined ? {} : { world }),
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
}
