/** What a command is handed. An application's own commands get the same. */
import type { Command, CommandContext, RouteMap } from "@stricli/core";
import type { Clock, Random, SettingTable } from "jobkit-core";
import type { App } from "../app.ts";
import type { Output } from "./output.ts";
import type { Paths } from "../paths.ts";
import type { Place } from "../place.ts";

/** `this` of every command. */
export interface CliContext extends CommandContext {
  readonly cli: Cli;
}

/** A command, or a group of commands, that an application mounts beside the generic ones. */
export type CliRoute = Command<CliContext> | RouteMap<CliContext>;

/** The world of one command. */
export interface Cli {
  readonly app: App<SettingTable>;
  readonly out: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: Random;
  /** Settings given on the command line, by dotted name. */
  readonly overrides: Readonly<Record<string, unknown>>;
  /** Interrupts a command that waits; `null` where only the process itself can be interrupted. */
  readonly signal: AbortSignal | null;
  /** This is the command of a whole process, so a daemon may obey the process's signals. */
  readonly isProcess: boolean;
  /** Where the instance is and what its settings are; read on first use. @throws CONFIG_INVALID. */
  place(): Promise<Place>;
  /** Where the instance is, also where its configuration has mistakes. @throws HOME_UNKNOWN, PATH_INVALID. */
  paths(): Paths;
  /** Values of a global flag that the application declared, as given; empty where it was not. */
  flag(name: string): readonly string[];
  /** The whole of stdin as text. @throws USAGE_WRONG where it is a terminal or larger than 64 MiB. */
  readStdin(): Promise<string>;
  /** End with this code although nothing was thrown. */
  exitWith(code: number): void;
}
