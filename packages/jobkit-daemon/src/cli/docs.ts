/** The words around a command, in one shape for all of them. */

/** The flags of a command that has none of its own. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- The empty set of flags is what is meant.
export type NoFlags = Readonly<Record<never, never>>;

/** What the help of a command says beside its flags. */
export interface CommandWords {
  /** One short sentence, shown in lists. */
  readonly brief: string;
  /** More sentences, where there is more to say. */
  readonly detail?: string;
  /** What to type, without the program's name, and what it does. At least one. */
  readonly examples: readonly (readonly [typed: string, does: string])[];
}

/** Stricli's `docs` of a command or of a group of commands, with examples. `program` is the name people type. */
export function commandDocs(
  program: string,
  { brief, detail, examples }: CommandWords,
): { readonly brief: string; readonly fullDescription: string } {
  const lines = [
    ...(detail === undefined ? [brief] : [detail]),
    "",
    "EXAMPLES",
    ...exampleLines(program, examples),
    "",
    `Flags that every command takes (--data, --config, --json …): ${program} --help`,
  ];
  return { brief, fullDescription: lines.join("\n") };
}

/** Examples as aligned lines. */
export function exampleLines(program: string, examples: CommandWords["examples"]): readonly string[] {
  const typed = examples.map(([words]) => `  ${program} ${words}`.trimEnd());
  const width = Math.max(...typed.map((line) => line.length));
  return examples.map(([, does], at) => `${(typed[at] ?? "").padEnd(width)}  ${does}`);
}
