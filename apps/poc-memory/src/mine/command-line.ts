/** Shell commands as agents write them: chains cut into commands, each without what only shapes its output. */
import { stateLimits, workLimits } from "./limits.ts";
import { kindOf } from "./rules/programs.ts";
import type { CommandPart, CommitMessage } from "./segment-state.ts";
import { inline } from "./text/clean.ts";
import { keep } from "./text/keep.ts";
import { relativeTo } from "./paths.ts";

/**
 * The commands of a chain, in order, at most `stateLimits.partsPerCall` (the last ones). A `cd` is not
 * one of them: it is the folder of those after it. Only the first program of a pipe counts.
 * @param root Folder of the project, from which `folder` is told.
 */
export function commandParts(
  command: string,
  cwd: string | null,
  root: string | null,
): readonly CommandPart[] {
  const parts: CommandPart[] = [];
  let folder = cwd ?? "";
  for (const piece of pieces(withoutHeredocs(command.slice(0, workLimits.commandChars)))) {
    const words = cleaned(piece);
    const entered = /^(?:cd|pushd)\s(\S{1,300})$/u.exec(words)?.[1];
    if (entered !== undefined) {
      const target = entered.replaceAll(/^["']|["']$/gu, "");
      folder = /^[/~$]/u.test(target) ? target : `${folder}/${target}`;
    } else if (
      words !== "" &&
      !/^(?:for|while|if|do|done|then|fi|else|case|esac|function|\{|\}|\(|\)|#|:|true|false|set|export|echo|printf|sleep|date|pwd|wait|local)(?:\s|$)/u.test(
        words,
      )
    ) {
      const kind = kindOf(bare(words));
      parts.push({
        command: keep(inline(words), stateLimits.commandCost),
        kind,
        folder: keep(relativeTo(root, folder), stateLimits.pathCost),
      });
    }
  }
  return parts.slice(-stateLimits.partsPerCall);
}

/** The message of a `git commit` in a command, `null` where it makes none or takes it from elsewhere. */
export function commitMessage(command: string): CommitMessage | null {
  const text = command.slice(0, workLimits.commandChars);
  if (!/\bgit\b.{0,80}\bcommit\b/u.test(text)) return null;
  const message =
    /<<-?\s?['"]?(\w{1,20})['"]?\n([\s\S]{1,4000}?)\n\s{0,8}\1\b/u.exec(text)?.[2] ??
    /\s(?:-m|--message|-[a-z]{1,4}m)[\s=]?"((?:[^"\\$`]|\\.){1,2000})"/u.exec(text)?.[1] ??
    /\s(?:-m|--message|-[a-z]{1,4}m)[\s=]?'([^']{1,2000})'/u.exec(text)?.[1];
  if (message === undefined) return null;
  const [subject = "", ...rest] = message.trim().split("\n");
  const body = rest
    .filter(
      (line) =>
        !/^\s{0,4}(?:(?:Co-Authored|Signed-off|Reviewed|Acked|Tested|Reported)-By:|🤖|Generated with)/iu.test(
          line,
        ),
    )
    .join("\n")
    .trim();
  return { subject: keep(inline(subject), stateLimits.subjectCost), body: keep(body, stateLimits.bodyCost) };
}

/** A command without environment and wrappers: what `kindOf` looks at. */
export function bare(command: string): string {
  return command
    .replace(
      /^(?:(?:[A-Z_a-z]\w{0,60}=(?:"[^"]{0,200}"|'[^']{0,200}'|\S{0,200})|time|env|sudo|nohup|command|exec|timeout \d{1,6}[smh]?)\s){1,8}/u,
      "",
    )
    .replace(
      /^(?:npx|bunx|pnpx|pipx run|poetry run|uv run|bundle exec|pnpm exec|pnpm dlx|yarn dlx|mise exec --|mise x --|npm exec --|pnpm(?:\s(?:-s|-C\s\S{1,80}|--filter\s\S{1,60}|-F\s\S{1,60})){1,3}\s(?:exec\s)?)\s{0,2}(?:-y\s|--yes\s|--\s){0,2}/u,
      (wrapper) =>
        /^pnpm\s(?:-C|--filter|-F|-s)/u.test(wrapper) && !/exec\s{1,2}$/u.test(wrapper) ? "pnpm " : "",
    );
}

/** Program and subcommand of a command, for a name shared by its variants: "go test", "mise run lint". */
export function programOf(command: string): string {
  const words = bare(command)
    .split(" ")
    .filter((word) => /^[\w@./:-]{1,60}$/u.test(word) && !word.startsWith("-"));
  const [program = "", second = "", third = ""] = words;
  const name = program.split("/").at(-1) ?? program;
  if (
    /^(?:mise|npm|pnpm|yarn|bun|make|just|task|turbo|nx|deno|cargo|poetry|uv|docker|kubectl|gh)$/u.test(
      name,
    ) &&
    /^(?:run|exec|x|compose|task|pr|issue|api)$/u.test(second)
  )
    return [name, second, third].filter((word) => word !== "").join(" ");
  return /^[a-z][\w:-]{1,40}$/u.test(second) ? `${name} ${second}` : name;
}

/** A task that the project itself defines (mise, npm, make and the like), not a tool called with arguments. */
export function isTask(command: string): boolean {
  return /^(?:mise|npm|pnpm|yarn|bun|make|just|task|turbo|nx|rake|gradle|\.\/gradlew|composer|poe|nox|tox)\s(?:run\s|-s\s|task\s)?[\w:.-]{2,40}$/u.test(
    bare(command),
  );
}

/** A chain cut at `&&`, `||`, `;` and newlines outside of quotes; of a pipe, the first command. */
function pieces(text: string): readonly string[] {
  const found: string[] = [];
  let piece = "";
  let quote = "";
  let piped = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    const two = text.slice(at, at + 2);
    if (quote !== "") {
      if (character === quote && text.charAt(at - 1) !== "\\") quote = "";
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (two === "&&" || two === "||" || character === ";" || character === "\n") {
      found.push(piece);
      piece = "";
      piped = false;
      if (two === "&&" || two === "||") at += 1;
      continue;
    } else if (character === "|") {
      piped = true;
    } else if (character === "\\" && text.charAt(at + 1) === "\n") {
      at += 1;
      continue;
    }
    if (!piped) piece += character;
  }
  found.push(piece);
  return found;
}

function withoutHeredocs(command: string): string {
  return command.replaceAll(
    /<<-?\s?['"]?(\w{1,20})['"]?([^\n]{0,200})\n[\s\S]{0,4000}?(?:\n\s{0,8}\1\b|$)/gu,
    "$2",
  );
}

/** One command in one line, without redirections and a shell's outer marks. */
function cleaned(piece: string): string {
  return piece
    .replaceAll(/\s{1,200}/gu, " ")
    .replaceAll(/\s?(?:\d|&)?>{1,2}\s?(?:&\d|[^\s"']{1,200})|\s<\s\S{1,200}/gu, "")
    .replace(/^\s?[({]\s?|\s?[)}&]\s?$/gu, "")
    .trim();
}
