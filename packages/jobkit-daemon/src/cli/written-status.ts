import { describeError } from "jobkit-core";
import { join } from "node:path";
import { dataNames } from "../paths.ts";
import { type ReadStatus, readStatusFile } from "../status/status-file.ts";
import { cleanLine } from "./clean-text.ts";
import type { Cli } from "./cli.ts";

/** The status that the running or last daemon left; `null` where there is none, or none that can be read. */
export async function readWritten(cli: Cli): Promise<ReadStatus | null> {
  const path = join((await cli.place()).paths.dataDir, dataNames.status);
  try {
    return await readStatusFile(path, cli.clock.now());
  } catch (error) {
    // It is derived, and written anew by the next daemon; everything else can still be told.
    cli.out.talk(
      `The status file cannot be read and is left out: ${cleanLine(describeError(error).message)}`,
    );
    return null;
  }
}
