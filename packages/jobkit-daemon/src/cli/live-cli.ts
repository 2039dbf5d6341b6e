/** The {@link Cli} of a real command line. */
import { homedir } from "node:os";
import type { Clock, Random, SettingTable } from "jobkit-core";
import { systemClock, SystemRandom } from "jobkit-core/system";
import type { App } from "../app.ts";
import { type Paths, type PathsRequest, resolvePaths } from "../paths.ts";
import { openPlace, type Place } from "../place.ts";
import type { Cli } from "./cli.ts";
import { cliError } from "./errors.ts";
import { type GlobalFlag, type GlobalsGiven, settingsGiven } from "./globals.ts";
import { Output } from "./output.ts";
import type { CliWorld } from "./world.ts";

/** What a {@link LiveCli} is made of. */
export interface LiveCliOptions {
  readonly app: App<SettingTable>;
  readonly world: CliWorld;
  readonly globals: GlobalsGiven;
  readonly flags: readonly GlobalFlag[];
}

const STDIN_BYTES_MAX = 64 * 1024 * 1024;

export class LiveCli implements Cli {
  readonly app: App<SettingTable>;
  readonly out: Output;
  readonly env: Cli["env"];
  readonly clock: Clock = systemClock;
  readonly random: Random = new SystemRandom();
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | null;
  readonly isProcess: boolean;
  readonly #world: CliWorld;
  readonly #given: GlobalsGiven["given"];
  #place: Promise<Place> | null = null;
  #exitCode = 0;

  constructor({ app, world, globals, flags }: LiveCliOptions) {
    this.app = app;
    this.#world = world;
    this.#given = globals.given;
    this.env = world.env;
    this.overrides = settingsGiven(globals, flags);
    this.signal = world.signal ?? null;
    this.isProcess = world.isProcess;
    this.out = new Output({
      stdout: world.stdout,
      stderr: world.stderr,
      env: world.env,
      json: globals.given.has("json"),
      quiet: globals.given.has("quiet"),
      noColor: globals.given.has("no-color"),
    });
  }

  /** What {@link Cli.exitWith} was told last; 0 where it was not. */
  get exitCode(): number {
    return this.#exitCode;
  }

  place(): Promise<Place> {
    this.#place ??= openPlace({ app: this.app, overrides: this.overrides, ...this.#where() });
    return this.#place;
  }

  paths(): Paths {
    return resolvePaths({ app: this.app.name, ...this.#where() });
  }

  flag(name: string): readonly string[] {
    return this.#given.get(name) ?? [];
  }

  async readStdin(): Promise<string> {
    const { stdin } = this.#world;
    if (stdin === null)
      throw cliError("USAGE_WRONG", "reading stdin, which is a terminal", {
        next: "Pipe the text into the command.",
      });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of stdin) {
      bytes += chunk.length;
      if (bytes > STDIN_BYTES_MAX)
        throw cliError("USAGE_WRONG", `reading more than ${STDIN_BYTES_MAX} bytes of stdin`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  exitWith(code: number): void {
    this.#exitCode = code;
  }

  #where(): Omit<PathsRequest, "app"> {
    return {
      data: this.flag("data")[0] ?? null,
      config: this.flag("config")[0] ?? null,
      env: this.env,
      home: homedir(),
      cwd: process.cwd(),
    };
  }
}
