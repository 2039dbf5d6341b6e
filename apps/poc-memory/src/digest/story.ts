/**
 * What an episode says, read back from its Markdown: the miner's are written by mine/episode.ts, and a test holds the
 * two together. Of any other text (a person's, an import's) there is the first line, and the rest is empty.
 */
import { inline } from "../mine/text/clean.ts";

/** A commit that an episode tells of. */
export interface ToldCommit {
  readonly sha: string;
  readonly subject: string;
}

/** A file that an episode says was changed. */
export interface ToldFile {
  readonly path: string;
  readonly edits: number;
}

/** The parts of an episode that a digest can use. */
export interface Story {
  readonly title: string;
  /** `null` where the text names none. */
  readonly project: string | null;
  /** When it ended, in ms since 1970; `null` where the text does not say. */
  readonly endMs: number | null;
  /** How it ended, as one line; "" where the text does not say. */
  readonly outcome: string;
  readonly commits: readonly ToldCommit[];
  readonly pullRequests: readonly string[];
  readonly files: readonly ToldFile[];
  /** Files that were changed beside those named. */
  readonly filesBeyond: number;
  /** What was not finished when it ended, one line each. */
  readonly open: readonly string[];
}

/** No line of ours is longer; what is longer is not read. */
const LINE_MAX = 4_000;

const PLACE =
  /^In (.{1,200}?)(?: on branch \S{1,200})?(?:, (\d{4}-\d{2}-\d{2}) \d{2}:\d{2}(?: to (?:(\d{4}-\d{2}-\d{2}) )?(\d{2}:\d{2}))? UTC)?\.$/u;
const COMMIT = /^- Committed (\S{1,64}) on \S{1,200}: (.{1,2000})$/u;
const PULL_REQUEST = /^- Pull request: (\S{1,500})$/u;
const CHANGED = /^- Changed (.{1,3900})$/u;
const FILE = /`([^`]{1,400})`(?: \(([^()]{1,80})\))?/gu;
const BEYOND = / and (\d{1,6}) more$/u;
const UNFINISHED = /^(?:The last request was (?:interrupted|not answered)|Still failing at the end:)/u;
/** A segment is ours to know, not the reader's. */
const SEGMENT = / when the segment ended\.$/u;
const UNFIXED = /^- (.{1,2000}) — not fixed here$/u;

/** Read an episode's content. Never throws; what it does not recognise it leaves out. */
export function readStory(content: string): Story {
  const lines = content.split("\n").filter((line) => line.trim() !== "" && line.length <= LINE_MAX);
  const [first = "", second = ""] = lines;
  const place = PLACE.exec(second);
  const sections = sectionsOf(lines);
  const outcome = sections.get("Outcome") ?? [];
  const done = sections.get("Done") ?? [];
  const changed = done.map((line) => CHANGED.exec(line)?.[1]).find((told) => told !== undefined) ?? "";
  return {
    title: inline(first),
    project: place?.[1] === undefined ? null : inline(place[1]),
    endMs: endOf(place),
    outcome: inline(outcome.filter((line) => !UNFINISHED.test(line)).join(" ")),
    commits: done.flatMap((line) => commitIn(line)),
    pullRequests: done.flatMap((line) => PULL_REQUEST.exec(line)?.[1] ?? []),
    files: filesIn(changed),
    filesBeyond: Number(BEYOND.exec(changed)?.[1] ?? 0),
    open: [
      ...outcome.filter((line) => UNFINISHED.test(line)).map((line) => inline(line.replace(SEGMENT, "."))),
      ...(sections.get("Errors and fixes") ?? []).flatMap((line) => unfixedIn(line)),
    ],
  };
}

function sectionsOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of lines) {
    if (!line.startsWith("## ")) {
      current.push(line);
      continue;
    }
    current = [];
    // The first of a name is ours; a text that brings another says nothing in its name.
    if (!sections.has(line.slice(3))) sections.set(line.slice(3), current);
  }
  return sections;
}

function endOf(place: RegExpExecArray | null): number | null {
  const [, , began, endedOn, time] = place ?? [];
  if (began === undefined || time === undefined) return null;
  const ms = Date.parse(`${endedOn ?? began}T${time}:00Z`);
  return Number.isNaN(ms) ? null : ms;
}

function commitIn(line: string): readonly ToldCommit[] {
  const [, sha, subject] = COMMIT.exec(line) ?? [];
  return sha === undefined || subject === undefined ? [] : [{ sha, subject: inline(subject) }];
}

/** Files that were set aside again were not changed in the end. */
function filesIn(changed: string): readonly ToldFile[] {
  return [...changed.matchAll(FILE)].flatMap(([, path = "", marks = ""]) =>
    marks.includes("set aside")
      ? []
      : [{ path: inline(path), edits: Number(/(\d{1,6}) edits/u.exec(marks)?.[1] ?? 1) }],
  );
}

function unfixedIn(line: string): readonly string[] {
  const told = UNFIXED.exec(line)?.[1];
  return told === undefined ? [] : [`${inline(told)} (not fixed)`];
}
