/** The command line of an application: the generic commands, its own beside them, one exit code at the end. */
import { buildApplication, buildRouteMap, run, text_en, type ApplicationText } from "@stricli/core";
import type { SettingTable } from "jobkit-core";
import type { App } from "../app.ts";
import { cleanText } from "./clean-text.ts";
import type { CliContext, CliRoute } from "./cli.ts";
import { genericRoutes } from "./commands/generic-routes.ts";
import { exampleLines } from "./docs.ts";
import { errorLines } from "./errors.ts";
import { exitCodeLines, exitCodeOf, exitCodes } from "./exit-codes.ts";
import { type GlobalFlag, globalFlagLines, globalFlags, takeGlobals } from "./globals.ts";
import { LiveCli } from "./live-cli.ts";
import { styleOf, wantsColour } from "./style.ts";
import { type CliWorld, processWorld } from "./world.ts";

/** What an application's `main.ts` hands in. */
export interface CliOptions<S extends SettingTable> {
  readonly app: App<S>;
  /** Its own commands. One with the name of a generic command takes its place. */
  readonly commands?: Readonly<Record<string, CliRoute>>;
  /** Its own global flags, for instance of settings that are given often. */
  readonly flags?: readonly GlobalFlag[];
  /** For the help of the whole: what to type, what it does. */
  readonly examples?: readonly (readonly [typed: string, does: string])[];
  /** Default: the arguments, streams and environment of this process. */
  readonly world?: CliWorld;
}

/** Codes of the command-line library itself are negative: these two mean that the line was wrong. */
const UNKNOWN_COMMAND = -5;
const INVALID_ARGUMENT = -4;

/**
 * Run one command and say how it ended. Never throws: errors are told on stderr.
 * @returns the exit code, see {@link exitCodes}; the world is told it too.
 */
export async function runCli<S extends SettingTable>(options: CliOptions<S>): Promise<number> {
  const world = options.world ?? processWorld(process);
  const exitCode = await runCommandLine(options, world).catch((error: unknown) => tell(world, error));
  world.exit(exitCode);
  return exitCode;
}

async function runCommandLine<S extends SettingTable>(
  options: CliOptions<S>,
  world: CliWorld,
): Promise<number> {
  const flags = [...globalFlags, ...(options.flags ?? [])];
  const globals = takeGlobals(world.argv, flags);
  // Commands see the application without its settings' types; each asks for the values of a table it names.
  const app = options.app as unknown as App<SettingTable>;
  const cli = new LiveCli({ app, world, globals, flags });
  const stream = (writer: CliWorld["stdout"]) => ({
    write: (text: string) => void writer.write(text),
    getColorDepth: () => (colours(world, writer, globals.given.has("no-color")) ? COLOUR_DEPTH : 1),
  });
  const streams: { stdout: Stream; stderr: Stream; exitCode?: number | string | null } = {
    stdout: stream(world.stdout),
    stderr: stream(world.stderr),
  };
  const application = buildApplication<CliContext>(rootOf(options, flags), {
    name: app.name,
    versionInfo: { currentVersion: app.version },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    localization: { text: wordsOf() },
    determineExitCode: exitCodeOf,
  });
  await run(application, helpLast(globals.rest), { process: streams, cli });
  const code = Number(streams.exitCode ?? exitCodes.failure.code);
  if (code === UNKNOWN_COMMAND || code === INVALID_ARGUMENT) return exitCodes.usage.code;
  if (code < 0) return exitCodes.failure.code;
  return code === 0 ? cli.exitCode : code;
}

interface Stream {
  readonly write: (text: string) => void;
  readonly getColorDepth: () => number;
}

/** The least depth at which the command-line library colours. */
const COLOUR_DEPTH = 4;

function colours(world: CliWorld, writer: CliWorld["stdout"], refused: boolean): boolean {
  return wantsColour({ env: world.env, isTerminal: writer.isTTY === true, refused });
}

function rootOf<S extends SettingTable>(options: CliOptions<S>, flags: readonly GlobalFlag[]) {
  const { app, commands = {}, examples = [] } = options;
  const routes: Readonly<Record<string, CliRoute>> = { ...genericRoutes(app.name), ...commands };
  const lines = [
    app.doc,
    ...(examples.length === 0 ? [] : ["", "EXAMPLES", ...exampleLines(app.name, examples)]),
    "",
    "FLAGS OF EVERY COMMAND (before or after its name)",
    ...globalFlagLines(flags).map((line) => `  ${line}`),
    "",
    "EXIT CODES",
    ...exitCodeLines().map((line) => `  ${line}`),
  ];
  return buildRouteMap<string, CliContext>({
    routes,
    docs: { brief: app.doc, fullDescription: lines.join("\n") },
  });
}

/** `help status` is what many people type for `status --help`. */
function helpLast(argv: readonly string[]): readonly string[] {
  return argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
}

function wordsOf(): ApplicationText {
  return {
    ...text_en,
    exceptionWhileRunningCommand: errorText,
    commandErrorResult: errorText,
    exceptionWhileParsingArguments: (error, colour) =>
      cleanText(text_en.exceptionWhileParsingArguments(error, colour)),
    noCommandRegisteredForInput: ({ input, corrections, ansiColor }) =>
      text_en.noCommandRegisteredForInput({ input: cleanText(input), corrections, ansiColor }),
  };
}

function tell(world: CliWorld, error: unknown): number {
  const { red } = styleOf(colours(world, world.stderr, false));
  world.stderr.write(`${red(errorText(error))}\n`);
  return exitCodeOf(error);
}

function errorText(error: unknown): string {
  return errorLines(error).map(cleanText).join("\n");
}
