/** The lists inside an episode: deeds, decisions and findings, failures and what ended them. */
import { lasting } from "./facts.ts";
import type { CommandRun, Fix, SegmentState, Statement } from "./segment-state.ts";
import { standing } from "./statements.ts";
import { changesTold } from "./tell.ts";
import { balanced, inline } from "./text/clean.ts";
import { shorten } from "./text/keep.ts";

const FILES_TOLD = 10;
const COMMANDS_TOLD = 6;
const STATEMENTS_TOLD = 3;
const STATEMENT_CHARS = 220;
const ERROR_CHARS = 150;

/** What was changed, run, committed and proposed. */
export function deedLines(state: SegmentState): readonly string[] {
  const files = state.files.toSorted((a, b) => b.edits - a.edits || a.at.line - b.at.line);
  const told = files.slice(0, FILES_TOLD).map((file) => `\`${file.path}\`${fileMarks(file)}`);
  const more = files.length - told.length + state.filesBeyond;
  const commands = state.runs.filter(
    (run) => run.kind !== "run" && run.kind !== "other" && (run.failed > 0 || lasting([run]).length > 0),
  );
  return [
    ...(told.length === 0
      ? []
      : [`- Changed ${told.join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}`]),
    ...(commands.length === 0 ? [] : [`- Ran ${commands.slice(0, COMMANDS_TOLD).map(runTold).join(", ")}`]),
    ...state.commits.map((commit) => `- Committed ${commit.sha} on ${commit.branch}: ${commit.subject}`),
    ...state.pullRequests.map(({ url }) => `- Pull request: ${url}`),
  ];
}

function fileMarks(file: SegmentState["files"][number]): string {
  const marks = [
    file.created ? "written" : "",
    file.edits > 1 ? `${String(file.edits)} edits` : "",
    file.abandoned ? "set aside" : "",
  ].filter((mark) => mark !== "");
  return marks.length === 0 ? "" : ` (${marks.join(", ")})`;
}

function runTold(run: CommandRun): string {
  const times = run.succeeded + run.failed;
  const how =
    run.failed === 0
      ? "ok"
      : run.succeeded === 0
        ? "failed"
        : `failed ${String(run.failed)} of ${String(times)} times, at last ${run.lastOk ? "ok" : "failed"}`;
  return `\`${run.command}\` (${how})`;
}

/** Statements of these categories, the weightiest. */
export function decidedLines(
  state: SegmentState,
  categories: readonly Statement["category"][],
): readonly string[] {
  return standing(state)
    .filter((statement) => categories.includes(statement.category))
    .toSorted((a, b) => b.merit - a.merit || a.at.line - b.at.line)
    .slice(0, STATEMENTS_TOLD)
    .map(
      (statement) =>
        `- ${statement.said === "person" ? "The person: " : ""}${balanced(shorten(inline(statement.text), STATEMENT_CHARS))}`,
    );
}

/** What failed and how it was mended, then what was left open. */
export function fixLines(state: SegmentState): readonly string[] {
  return [
    ...state.fixes.map((fix) => `- ${failed(fix)} — fixed in ${balanced(changesTold(fix.changes))}`),
    ...state.failures.map((failure) => `- ${failed(failure)} — not fixed here`),
  ];
}

function failed({ command, errors }: Pick<Fix, "command" | "errors">): string {
  const error = balanced(shorten(inline(errors[0] ?? ""), ERROR_CHARS));
  return command === null ? `Reported: ${error}` : `\`${command}\`: ${error}`;
}
