/** Where transcripts are looked for when nobody says where: the agents' own folders, else the examples. */
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What of the environment decides. */
export interface RootsWorld {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The folders to read, and why these. */
export interface Roots {
  readonly paths: readonly string[];
  readonly chosen: "named" | "own" | "examples";
}

/** The example sessions that the application carries; beside src and beside dist alike. */
const EXAMPLES = fileURLToPath(new URL("../examples/sessions", import.meta.url));

/** Choose the transcript folders: those that were named, else the person's own, else the examples. Absolute. */
export function chooseRoots(named: readonly string[], world: RootsWorld): Roots {
  if (named.length > 0) return { paths: named.map((path) => resolve(path)), chosen: "named" };
  const own = ownFolders(world).filter(holdsSessions);
  return own.length > 0 ? { paths: own, chosen: "own" } : { paths: [EXAMPLES], chosen: "examples" };
}

/** The folders of the agents whose format is read. */
function ownFolders({ home, env }: RootsWorld): readonly string[] {
  const claude = env["CLAUDE_CONFIG_DIR"];
  return [join(claude === undefined || claude === "" ? join(home, ".claude") : claude, "projects")];
}

/** Does any project folder hold a session? One look at each folder, no file is opened. */
function holdsSessions(folder: string): boolean {
  if (!existsSync(folder)) return false;
  try {
    return readdirSync(folder, { withFileTypes: true }).some(
      (entry) =>
        entry.isDirectory() && readdirSync(join(folder, entry.name)).some((name) => name.endsWith(".jsonl")),
    );
  } catch {
    // Not readable for us: the scan will say so, with the path, instead of quietly mining the examples.
    return true;
  }
}
