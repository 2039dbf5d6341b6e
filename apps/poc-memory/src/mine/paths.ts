/** Folders and files as a transcript names them: told from the project, whatever machine it was written on. */
import { inline } from "./text/clean.ts";

/** Names that say nothing about a project: the folder above, or none, is added to them. */
const GENERIC =
  /^(?:cli|app|apps|api|web|www|server|client|backend|frontend|src|main|master|repo|repos|repository|code|core|lib|libs|docs|site|website|project|package|packages|service|services|test|tests|tmp|workspace|new|old|dev)$/iu;

/** Names of folders where people keep projects: no part of a project's name. */
const SHELF =
  /^(?:users?|home|src|source|sources|code|projects?|repos?|repositories|workspaces?|work|wks|dev|development|git|github|github\.com|gitlab\.com|documents|desktop|tmp|var|opt|root|private|mnt|media|go|pkg|data|srv|sites|experiments?|playground|sandbox|[a-z]:|~)$/iu;

const SEPARATOR = /[/\\]{1,8}/u;

/** What a project is called, from its working folder; "this project" where there is none. A worktree is called as what it is of. */
export function projectName(folder: string | null): string {
  const parts = inline(folder ?? "")
    .replace(/[/\\]\.?(?:claude[/\\])?worktrees?[/\\].{0,300}$/u, "")
    .split(SEPARATOR)
    .filter((part) => part !== "");
  const name = parts.at(-1);
  if (name === undefined) return "this project";
  const above = parts.at(-2);
  const isHome = /^(?:users|home)$/iu.test(above ?? "");
  return GENERIC.test(name) && above !== undefined && !SHELF.test(above) && !isHome && parts.length > 2
    ? `${above}/${name}`
    : name;
}

/** A path as seen from a folder: relative where it lies inside, else its last three parts; "" for the folder itself. */
export function relativeTo(folder: string | null, path: string): string {
  const told = inline(path)
    .replaceAll("\\", "/")
    .replaceAll(/\/{2,8}|\/\.\//gu, "/")
    .replace(/^\.\//u, "");
  const base = inline(folder ?? "")
    .replaceAll("\\", "/")
    .replace(/\/{1,8}$/u, "");
  if (base !== "" && (told === base || told === `${base}/`)) return "";
  if (base !== "" && told.startsWith(`${base}/`)) return told.slice(base.length + 1).replace(/\/$/u, "");
  if (!/^(?:\/|~|[A-Za-z]:\/)/u.test(told)) return told;
  return told.split("/").slice(-3).join("/");
}

/** Files that every project has: about nothing in particular unless they were changed. */
const COMMON =
  /(?:^|\/)(?:package(?:-lock)?\.json|pnpm-lock\.yaml|yarn\.lock|go\.(?:mod|sum)|cargo\.(?:toml|lock)|readme(?:\.\w{2,4})?|license|\.gitignore|tsconfig\.json|makefile|index\.\w{2,4}|main\.\w{2,4}|__init__\.py|pyproject\.toml|requirements\.txt|dockerfile|changelog\.md|claude\.md|agents\.md|gemini\.md|mise\.toml|\.env)$/iu;

/** Whether a path names a file that every project has. */
export function isCommon(path: string): boolean {
  return COMMON.test(path);
}
