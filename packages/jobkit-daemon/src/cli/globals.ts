/**
 * Flags that every command takes, before or after its name. They are taken out of the command line
 * first, so that no command has to know them and none can forget one.
 */
import { cliError } from "./errors.ts";

/** A flag that every command takes. */
export interface GlobalFlag {
  /** Without the dashes. */
  readonly name: string;
  readonly takes: "value" | "nothing";
  /** May be given more than once. */
  readonly many?: true;
  /** Stands for the value in help. */
  readonly placeholder?: string;
  /** One sentence for help. */
  readonly doc: string;
  /** The setting it gives; a flag wins over environment and file. */
  readonly setting?: string;
}

/** The flags of every application. */
export const globalFlags: readonly GlobalFlag[] = [
  { name: "data", takes: "value", placeholder: "DIR", doc: "Folder of this instance." },
  { name: "config", takes: "value", placeholder: "FILE", doc: "Configuration file." },
  {
    name: "set",
    takes: "value",
    many: true,
    placeholder: "KEY=VALUE",
    doc: "Give a setting for this run; see `config show`.",
  },
  { name: "json", takes: "nothing", doc: "Data as JSON on stdout." },
  { name: "no-color", takes: "nothing", doc: "No colours; NO_COLOR does the same." },
  { name: "quiet", takes: "nothing", doc: "Nothing on stderr but errors." },
];

/** What was given, and the rest of the command line. */
export interface GlobalsGiven {
  /** Values by flag name; a flag that takes nothing has one empty text. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

/**
 * Take the global flags out of `argv`. What follows `--` is left alone.
 * @throws USAGE_WRONG where a value is missing, unwanted, or given twice.
 */
export function takeGlobals(argv: readonly string[], flags: readonly GlobalFlag[]): GlobalsGiven {
  const byName = new Map(flags.map((flag) => [flag.name, flag]));
  const given = new Map<string, string[]>();
  const rest: string[] = [];
  const words = argv.values();
  for (const word of words) {
    if (word === "--") {
      rest.push(word, ...words);
      break;
    }
    const [name, value] = splitFlag(word);
    const flag = name === null ? undefined : byName.get(name);
    if (flag === undefined) rest.push(word);
    else note(given, flag, flag.takes === "value" && value === null ? (words.next().value ?? null) : value);
  }
  return { given, rest };
}

function splitFlag(word: string): readonly [name: string | null, value: string | null] {
  if (!word.startsWith("--")) return [null, null];
  const equals = word.indexOf("=");
  return equals === -1 ? [word.slice(2), null] : [word.slice(2, equals), word.slice(equals + 1)];
}

function note(given: Map<string, string[]>, flag: GlobalFlag, value: string | null): void {
  const { name, takes } = flag;
  if (takes === "nothing") {
    if (value !== null) throw cliError("USAGE_WRONG", `reading --${name}, which takes no value`);
    given.set(name, [""]);
    return;
  }
  if (value === null || (value.startsWith("--") && value.length > 2))
    throw cliError("USAGE_WRONG", `reading --${name}, which needs ${flag.placeholder ?? "a value"}`);
  const before = given.get(name) ?? [];
  if (before.length > 0 && flag.many !== true)
    throw cliError("USAGE_WRONG", `reading --${name}, which was given twice`);
  given.set(name, [...before, value]);
}

/**
 * The settings that flags give, by dotted name: those of flags with a `setting`, and of `--set`.
 * A key given twice becomes a list, so that `--set roots=/a --set roots=/b` gives both.
 * @throws USAGE_WRONG where a `--set` has no `=`.
 */
export function settingsGiven(
  { given }: GlobalsGiven,
  flags: readonly GlobalFlag[],
): Readonly<Record<string, unknown>> {
  const entries = new Map<string, unknown>();
  for (const flag of flags) {
    const values = given.get(flag.name);
    if (flag.setting !== undefined && values !== undefined)
      entries.set(flag.setting, flag.many === true ? values : values[0]);
  }
  for (const text of given.get("set") ?? []) {
    const equals = text.indexOf("=");
    if (equals < 1) throw cliError("USAGE_WRONG", `reading --set ${text}, which is not KEY=VALUE`);
    const name = text.slice(0, equals);
    const value = text.slice(equals + 1);
    const before = entries.get(name);
    const list: readonly unknown[] = Array.isArray(before) ? before : [before];
    entries.set(name, before === undefined ? value : [...list, value]);
  }
  return Object.fromEntries(entries);
}

/** The flags as lines for help. */
export function globalFlagLines(flags: readonly GlobalFlag[]): readonly string[] {
  const heads = flags.map(({ name, placeholder }) =>
    placeholder === undefined ? `--${name}` : `--${name} ${placeholder}`,
  );
  const width = Math.max(...heads.map((head) => head.length));
  return flags.map((flag, at) => `${(heads[at] ?? "").padEnd(width)}  ${flag.doc}`);
}
