/** The story of a segment: what was asked, what came of it, what was done, decided, learned, and how it ended. */
import { commandEntity, entitiesIn, errorEntities, fileEntity } from "./entities.ts";
import { episodeKey } from "./keys.ts";
import { memoryLimits } from "./limits.ts";
import type { MinedMemory } from "./mined.ts";
import { projectName } from "./paths.ts";
import { trivialRequest } from "./rules/requests.ts";
import type { SegmentState, Turn } from "./segment-state.ts";
import { decidedLines, deedLines, fixLines } from "./episode-parts.ts";
import { standing } from "./statements.ts";
import { ended, minute, receipts } from "./tell.ts";
import { balanced, inline } from "./text/clean.ts";
import { shorten } from "./text/keep.ts";

/** Turns told from the beginning and from the end of a long segment. */
const FIRST_TOLD = 5;
const LAST_TOLD = 9;
const ASK_CHARS = 170;
const ANSWER_CHARS = 150;
/** An answer this long is worth an episode even where nothing was changed. */
const TELLING_ANSWER_CHARS = 160;

/** The episode of a segment, `null` where nothing happened that is worth one. */
export function episodeOf(state: SegmentState): MinedMemory | null {
  const turns = state.turns.filter((turn) => turn.kind !== "carried" || turn.deeds > 0 || turn.answer !== "");
  const first = turns[0];
  if (first === undefined || !isTelling(state, turns)) return null;
  const places = [
    first.at,
    ...state.commits.map((commit) => commit.at),
    ...(state.outcome === null ? [] : [state.outcome.at]),
    ...state.fixes.map((fix) => fix.fixedAt),
  ];
  const request = state.turns[0]?.text ?? "";
  const createdAtMs = first.at.atMs;
  return {
    key: episodeKey(state.place, isHeadline(request) ? request : "", createdAtMs),
    type: "session",
    content: shortenLines(story(state, turns), memoryLimits.episodeChars),
    category: "episode",
    createdAtMs,
    entities: entitiesOf(state),
    receipts: receipts(state.place.transcript, places, memoryLimits.receipts),
    episode: null,
  };
}

/** Something was done, found or explained; a greeting, a yes, an exit is no episode. */
function isTelling(state: SegmentState, turns: readonly Turn[]): boolean {
  if (state.commits.length + state.files.length + state.fixes.length + state.statements.length > 0)
    return true;
  if (state.unsettled.length > 0 && !state.workedSinceAnswer) return true;
  if (turns.some((turn) => turn.deeds > 0)) return true;
  return (
    turns.some((turn) => isHeadline(turn.text)) && (state.outcome?.text.length ?? 0) >= TELLING_ANSWER_CHARS
  );
}

/** Whether a request can name a session. */
function isHeadline(request: string): boolean {
  const asked = request.replace(/\s\(agreed: .{0,400}$/u, "");
  return asked !== "" && !trivialRequest.pattern.test(asked);
}

function headline(state: SegmentState, turns: readonly Turn[]): string {
  const asked =
    turns.find((turn) => !turn.abandoned && turn.kind !== "carried" && isHeadline(turn.text)) ??
    turns.find((turn) => isHeadline(turn.text));
  const agreed = /\(agreed: (.{3,300})\)$/u.exec(turns[0]?.text ?? "")?.[1];
  const said =
    asked?.text ?? state.commits[0]?.subject ?? agreed ?? state.carried ?? state.outcome?.text ?? "Session";
  const continued =
    asked?.kind === "carried" || (asked === undefined && state.carried !== null && state.commits.length === 0)
      ? "Continued: "
      : "";
  return shorten(`${continued}${inline(said)}`, memoryLimits.titleChars);
}

function story(state: SegmentState, turns: readonly Turn[]): readonly string[] {
  const project = projectName(state.root ?? state.cwd);
  const began = turns[0]?.at.atMs ?? 0;
  const last = state.lastAtMs ?? began;
  const ended_ =
    last > began
      ? minute(last).slice(0, 10) === minute(began).slice(0, 10)
        ? minute(last).slice(11)
        : minute(last)
      : null;
  const when = began > 0 ? `, ${minute(began)}${ended_ === null ? "" : ` to ${ended_}`} UTC` : "";
  const branch =
    state.branch === null || state.branch === "" || state.branch === "HEAD"
      ? ""
      : ` on branch ${state.branch}`;
  return [
    `# ${headline(state, turns)}`,
    "",
    `In ${project}${branch}${when}.`,
    ...section("Asked", askedLines(turns, state.requestsBegun)),
    ...section("Outcome", outcomeLines(state, turns)),
    ...section("Done", deedLines(state)),
    ...section("Decided", decidedLines(state, ["decision", "preference"])),
    ...section("Learned", decidedLines(state, ["project", "fix"])),
    ...section("Errors and fixes", fixLines(state)),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `## ${title}`, ...lines];
}

function askedLines(turns: readonly Turn[], begun: number): readonly string[] {
  if (turns.length <= FIRST_TOLD + LAST_TOLD) return turns.map(askedLine);
  const between = begun - FIRST_TOLD - LAST_TOLD;
  return [
    ...turns.slice(0, FIRST_TOLD).map(askedLine),
    `- … ${String(between)} more requests …`,
    ...turns.slice(-LAST_TOLD).map(askedLine),
  ];
}

function askedLine(turn: Turn): string {
  const wentOn = turn.kind === "carried" ? "(went on with the work)" : "";
  const asked = `${wentOn} ${turn.text}`.trim();
  const answer = turn.answer === "" ? "" : ` → ${shorten(inline(turn.answer), ANSWER_CHARS)}`;
  const aside = turn.abandoned ? " (set aside: the person went back to before this)" : "";
  const stopped = turn.interrupted ? " (interrupted)" : "";
  return `${String(turn.n + 1)}. ${balanced(shorten(inline(asked), ASK_CHARS))}${aside}${stopped}${balanced(answer)}`;
}

function outcomeLines(state: SegmentState, turns: readonly Turn[]): readonly string[] {
  const last = turns.at(-1);
  const checks = state.runs.filter((run) => run.kind === "test" || run.kind === "lint");
  const failing = checks.filter(
    (run) =>
      !run.lastOk &&
      !checks.some((other) => other.lastOk && other.kind === run.kind && other.at.line > run.at.line),
  );
  const lines = state.outcome === null ? [] : [balanced(ended(inline(state.outcome.text)))];
  if (last !== undefined && last.interrupted && !last.abandoned)
    return [...lines, "The last request was interrupted by the person."];
  if (last !== undefined && last.answer === "" && !last.abandoned)
    return [...lines, "The last request was not answered when the segment ended."];
  return failing.length === 0
    ? lines
    : [...lines, `Still failing at the end: ${failing.map((run) => `\`${run.command}\``).join(", ")}.`];
}

function entitiesOf(state: SegmentState): readonly string[] {
  const edited = new Set(state.files.map((file) => file.path));
  const checks = state.runs.filter((run) => run.kind !== "run" && run.kind !== "other");
  const found = [
    ...state.files.map((file) => fileEntity(file.path, state.root, edited)),
    ...state.fixes.flatMap((fix) => fix.errors.flatMap((error) => errorEntities(error))),
    ...checks.map((run) => commandEntity(run.command)),
    ...entitiesIn(
      standing(state)
        .map((statement) => statement.text)
        .join(" "),
      state.root,
      edited,
    ),
  ];
  return [...new Set(found.filter((entity) => entity !== null))].slice(0, memoryLimits.entities);
}

/** Whole lines up to `chars`; the last may be cut. */
function shortenLines(lines: readonly string[], chars: number): string {
  let text = "";
  for (const line of lines) {
    if (text.length + line.length + 1 > chars) return shorten(`${text}\n${line}`, chars);
    text = text === "" ? line : `${text}\n${line}`;
  }
  return text;
}
