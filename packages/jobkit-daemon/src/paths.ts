/**
 * Where an instance keeps its things. Never under TMPDIR: two programs with different ones would see two daemons.
 * Pure: nothing is made or looked at here.
 */
import { createHash } from "node:crypto";
import { basename, isAbsolute, join, resolve } from "node:path";
import { daemonError } from "./errors.ts";

/** What {@link resolvePaths} goes by. */
export interface PathsRequest {
  /** Name of the application: kebab-case, 1 to 40 characters. */
  readonly app: string;
  /** `--data`. Relative to `cwd`. */
  readonly data?: string | null;
  /** `--config`. Relative to `cwd`. */
  readonly config?: string | null;
  /** Reads <APP>_DATA, <APP>_CONFIG, XDG_STATE_HOME, XDG_CONFIG_HOME, XDG_RUNTIME_DIR, HOME. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home folder as the system knows it; used where HOME is absent. */
  readonly home?: string | null;
  readonly cwd: string;
}

/** Where things are, all absolute. */
export interface Paths {
  readonly dataDir: string;
  readonly configFile: string;
  /** A person named the configuration file, so it must exist. */
  readonly configNamed: boolean;
  /** Private folder of sockets. Equal to `dataDir` where the session has no runtime folder. */
  readonly runtimeDir: string;
  /** Unique for this data folder: two instances of one application do not meet. Not checked: see {@link checkSocketPath}. */
  readonly socketPath: string;
}

/** Names of the shell's files inside the data folder. */
export const dataNames = {
  lock: "lock",
  instance: "instance.json",
  events: "events",
  status: "status.json",
  metrics: "metrics.prom",
  queue: "queue.db",
} as const;

/** Longest path of a Unix socket in bytes on every system we know: sun_path without its final NUL. */
const SOCKET_PATH_BYTES_MAX = 103;

const APP_NAME = /^[a-z][a-z0-9-]{0,39}$/;
const INSTANCE_DIGITS = 12;

/** The prefix of an application's environment variables: `checksum-keeper` to `CHECKSUM_KEEPER`. */
export function variablePrefix(app: string): string {
  return app.toUpperCase().replaceAll("-", "_");
}

/** Variables with the application's prefix that name places and are no settings. */
export function pathVariables(app: string): readonly string[] {
  return [`${variablePrefix(app)}_DATA`, `${variablePrefix(app)}_CONFIG`];
}

/**
 * Data folder: flag, then <APP>_DATA, then $XDG_STATE_HOME/<app>, then ~/.local/state/<app>.
 * Configuration: flag, then <APP>_CONFIG, then $XDG_CONFIG_HOME/<app>/config.yaml, then ~/.config/<app>/config.yaml.
 * Sockets: $XDG_RUNTIME_DIR/<app>/, else the data folder. XDG variables that are not absolute are ignored, as
 * the XDG base directory specification 0.8 demands.
 * @throws HOME_UNKNOWN, PATH_INVALID; RangeError when `app` is no name.
 */
export function resolvePaths(request: PathsRequest): Paths {
  const { app, env, cwd } = request;
  if (!APP_NAME.test(app))
    throw new RangeError(`application ${JSON.stringify(app)}: a name is 1 to 40 of a-z 0-9 -`);
  const [dataVariable = "", configVariable = ""] = pathVariables(app);
  const named = (what: string, flag: string | null | undefined, variable: string): string | null => {
    const text = flag ?? (env[variable] === "" ? undefined : env[variable]);
    if (text === undefined || text === null) return null;
    if (text === "" || text.includes("\0"))
      throw daemonError("PATH_INVALID", `reading the path of the ${what}`);
    return resolve(cwd, text);
  };
  const under = (variable: string, ...fallback: string[]): string => {
    const root = env[variable];
    if (root !== undefined && isAbsolute(root)) return root;
    const home = [env["HOME"], request.home].find((one) => typeof one === "string" && isAbsolute(one));
    if (home === undefined || home === null)
      throw daemonError("HOME_UNKNOWN", "choosing a data folder", {
        next: `Give --data DIR, or set ${dataVariable}.`,
      });
    return join(home, ...fallback);
  };
  const dataDir =
    named("data folder", request.data, dataVariable) ?? join(under("XDG_STATE_HOME", ".local", "state"), app);
  const config = named("configuration file", request.config, configVariable);
  const configFile = config ?? defaultConfig(dataDir, app, () => under("XDG_CONFIG_HOME", ".config"));
  const runtimeRoot = env["XDG_RUNTIME_DIR"];
  const runtimeDir = runtimeRoot !== undefined && isAbsolute(runtimeRoot) ? join(runtimeRoot, app) : dataDir;
  const socketPath = join(runtimeDir, `${instanceName(dataDir)}.sock`);
  return { dataDir, configFile, configNamed: config !== null, runtimeDir, socketPath };
}

/** Without a home folder there is no default configuration either: the one beside the data is looked for. */
function defaultConfig(dataDir: string, app: string, configHome: () => string): string {
  try {
    return join(configHome(), app, "config.yaml");
  } catch {
    // HOME_UNKNOWN is no reason to refuse here: the data folder was named, so there is a place to look.
    return join(dataDir, "config.yaml");
  }
}

/** Name of the instance of a data folder: its last part for people, a hash of the whole so that twins differ. */
export function instanceName(dataDir: string): string {
  const hash = createHash("sha256").update(dataDir).digest("hex").slice(0, INSTANCE_DIGITS);
  const last = basename(dataDir)
    .replaceAll(/[^a-zA-Z0-9._-]/g, "_")
    .slice(0, 16);
  return last === "" ? hash : `${last}-${hash}`;
}

/**
 * Check that a socket can be bound at `path`.
 * @throws SOCKET_PATH_TOO_LONG with its length.
 */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_BYTES_MAX)
    throw daemonError("SOCKET_PATH_TOO_LONG", `placing the socket at ${path}, which is ${bytes} bytes`);
}
