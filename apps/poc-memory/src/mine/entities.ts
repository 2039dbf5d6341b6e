/** What a memory is about, as `kind:name`: what links between memories are made from. Only what is specific. */
import { programOf } from "./command-line.ts";
import { hash6 } from "./keys.ts";
import { memoryLimits } from "./limits.ts";
import { isCommon, relativeTo } from "./paths.ts";
import { normalisedError } from "./rules/failures.ts";

const NAME_MAX = 120;
const SYMBOLS_MAX = 10;

const EXTENSION =
  /\.(?:tsx?|jsx?|mjs|cjs|go|rs|py|md|mdx|jsonl?|ya?ml|toml|sql|sh|c|h|cc|cpp|hpp|java|kt|rb|php|swift|css|scss|html|vue|svelte|proto|capnp|tf|cs|ex|exs|lua|zig|nix|gradle|xml|ini|cfg|conf|lock|txt)$/iu;

/** `file:` of a path; `null` where it names nothing in particular. A bare name means the changed file of that name. */
export function fileEntity(path: string, root: string | null, edited: ReadonlySet<string>): string | null {
  const told = relativeTo(root, path).replace(/:\d{1,6}(?:[-:]\d{1,6})?$/u, "");
  if (told === "" || told.length > NAME_MAX || /[\s*?<>{}$|…]/u.test(told) || !EXTENSION.test(told))
    return null;
  if (edited.has(told)) return `file:${told}`;
  const meant = told.includes("/") ? [] : [...edited].filter((one) => one.endsWith(`/${told}`));
  if (meant.length === 1) return `file:${meant[0] ?? told}`;
  if (meant.length > 1) return null;
  return isCommon(told) ? null : `file:${told}`;
}

/** `command:` of a command: its program and subcommand. */
export function commandEntity(command: string): string {
  return `command:${programOf(command).slice(0, NAME_MAX)}`;
}

/** `error:` entities of an error line: its codes where it has some, and the hash of what stays of it elsewhere. */
export function errorEntities(line: string): readonly string[] {
  const codes =
    line.match(/\b(?:TS\d{4,5}|E\d{4}|[A-Z]{1,4}\d{3,5}|E[A-Z]{4,14}|CVE-\d{4}-\d{4,7})\b/gu) ?? [];
  return [...new Set(codes.map((code) => `error:${code}`)), `error:${hash6(normalisedError(line))}`];
}

/** Inline code; a path with a folder; a module; a bare file name; a bare name of mixed case. */
const NAMED =
  /`([^`\n]{3,120})`|(?<![\w/.])((?:[\w@.-]{1,60}\/){1,12}[\w@.-]{1,80}\.\w{1,6})(?![\w/])|\b((?:github\.com|golang\.org|gopkg\.in)\/[\w.-]{1,60}\/[\w.-]{1,60})|(?<![\w/.-])([\w-]{2,60}\.[a-z]{1,5})(?![\w/.])|(?<![\w/.])([A-Za-z][a-z]{1,30}(?:[A-Z][a-z0-9]{1,30}){1,6})(?![\w/.])/gu;
/** Names of mixed case that are no code. */
const BRANDS =
  /^(?:GitHub|GitLab|TypeScript|JavaScript|PostgreSQL|MongoDB|PostHog|OpenAI|ClaudeCode|LinkedIn|YouTube|DevOps|PowerShell|WebSocket)$/u;
const BARE_NAME_MIN = 8;

/** Files, symbols and packages that a text names. */
export function entitiesIn(
  text: string,
  root: string | null,
  edited: ReadonlySet<string>,
): readonly string[] {
  const found = new Set<string>();
  let symbols = 0;
  for (const match of text.matchAll(NAMED)) {
    const [, coded, path, module, bareFile, bareName] = match;
    if (module !== undefined) found.add(`package:${module.replace(/\.$/u, "")}`);
    const file = fileEntity(coded ?? path ?? bareFile ?? "", root, edited);
    const name =
      coded ??
      (bareName !== undefined && bareName.length >= BARE_NAME_MIN && !BRANDS.test(bareName) ? bareName : "");
    if (file !== null) found.add(file);
    else if (isSymbol(name) && symbols < SYMBOLS_MAX) {
      found.add(`symbol:${name.replace(/\(.{0,80}\)$/u, "")}`);
      symbols += 1;
    }
  }
  return [...found].slice(0, memoryLimits.entities);
}

/** A name of code that is not just a word: mixed case, an underscore, a call, or parts joined by dots. */
function isSymbol(code: string): boolean {
  const name = code.replace(/\([\w\s*.,:]{0,80}\)$/u, "");
  if (EXTENSION.test(name)) return false;
  if (!/^[A-Za-z_$][\w$]{2,60}(?:(?:\.|::|#)[A-Za-z_$][\w$]{1,60}){0,4}$/u.test(name)) return false;
  return /[a-z][A-Z]|[A-Z][a-z]{1,40}[A-Z]|\w_\w|\.|::/u.test(name) || (name !== code && name.length > 3);
}
