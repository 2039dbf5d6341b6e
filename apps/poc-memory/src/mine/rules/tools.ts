/** The tools of coding agents, by what a call of them means. */
import type { ToolInput } from "../../transcript/record.ts";

/** A call that changes a file: the file, what was there and what is put there. */
export interface Editing {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly created: boolean;
}

interface EditTool {
  readonly path: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly creates: boolean;
}

const editTools: Readonly<Record<string, EditTool>> = {
  Edit: { path: ["file_path"], before: ["old_string"], after: ["new_string"], creates: false },
  MultiEdit: { path: ["file_path"], before: [], after: [], creates: false },
  Write: { path: ["file_path"], before: [], after: ["content"], creates: true },
  NotebookEdit: { path: ["notebook_path", "file_path"], before: [], after: ["new_source"], creates: false },
  replace: { path: ["file_path"], before: ["old_string"], after: ["new_string"], creates: false },
  write_file: { path: ["file_path"], before: [], after: ["content"], creates: true },
};

/** Tools that run a command, and the input that holds it. */
const commandTools: Readonly<Record<string, string>> = {
  Bash: "command",
  shell: "command",
  shell_command: "command",
  exec_command: "cmd",
  run_shell_command: "command",
};

function text(input: ToolInput, names: readonly string[]): string {
  for (const name of names) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined;
    if (typeof value === "string") return value;
  }
  return "";
}

/** What a call changes, `null` where it changes no file. */
export function editing(tool: string, input: ToolInput): Editing | null {
  if (tool === "apply_patch") return patched(text(input, ["input", "patch"]));
  const known = Object.hasOwn(editTools, tool) ? editTools[tool] : undefined;
  if (known === undefined) return null;
  const path = text(input, known.path);
  if (path === "") return null;
  return { path, before: text(input, known.before), after: text(input, known.after), created: known.creates };
}

/** The first file of a patch in the form that Codex takes. */
function patched(patch: string): Editing | null {
  const file = /^\*\*\* (Update|Add) File: (.{1,400})$/mu.exec(patch);
  if (file === null) return null;
  const lines = patch.slice(0, 8000).split("\n");
  const side = (mark: string): string =>
    lines
      .filter((line) => line.startsWith(mark) && !line.startsWith("***"))
      .map((line) => line.slice(1))
      .join("\n");
  return { path: file[2] ?? "", before: side("-"), after: side("+"), created: file[1] === "Add" };
}

/** The command a call runs, `null` where it runs none. */
export function runningCommand(tool: string, input: ToolInput): string | null {
  const name = Object.hasOwn(commandTools, tool) ? commandTools[tool] : undefined;
  if (name === undefined) return null;
  const command = text(input, [name]);
  return command === "" ? null : command;
}

/** What the person said when they refused a tool call; `null` where the result is no refusal, "" where they said nothing. */
export function refusal(result: string): string | null {
  if (!/^(?:<tool_use_error>)?The user doesn['’]t want to (?:proceed|take this action)/u.test(result))
    return null;
  return /the user said:\s{0,4}\n?([\s\S]{1,4000})$/iu.exec(result)?.[1]?.trim() ?? "";
}

/** The result speaks of the tool's own mechanics (a file not read yet, a text not found), not of the project. */
export function isToolTrouble(result: string): boolean {
  return /^<tool_use_error>|^ENOENT: .{0,80}posix_spawn|^InputValidationError|^Blocked: /u.test(result);
}
