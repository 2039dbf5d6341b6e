/** The digest of one day, as a person would note it: what was done when, what was decided and learned, what is open. */
import type { LocalCalendar } from "../tend/calendar.ts";
import { longDate, shortDate } from "../tend/date.ts";
import { mostTelling, type Gathered, type Happening } from "./gather.ts";
import {
  filesLines,
  learnedLines,
  openLines,
  projectsOf,
  sessionsTold,
  told,
  yieldTold,
  type DigestBounds,
} from "./sections.ts";

/** What a day's digest tells of each, so that a full day is read in two minutes. */
export const dayBounds: DigestBounds = {
  learned: { Preferences: 10, Decided: 12, Fixed: 10, Learned: 10, Commands: 6, Noted: 10 },
  learnedChars: 280,
  open: 6,
  openChars: 200,
  files: 6,
};

const HAPPENINGS = 24;
const TITLE_CHARS = 140;
const OUTCOME_CHARS = 220;
const COMMITS_TOLD = 4;
const SUBJECT_CHARS = 100;

/** Markdown of a day. The same nodes give the same text. */
export function writeDay(date: string, gathered: Gathered, calendar: LocalCalendar): string {
  const { happenings } = gathered;
  const chosen = mostTelling(happenings, HAPPENINGS);
  const more = happenings.length - chosen.length;
  const learnedBy = new Set(gathered.learned.map(({ sha }) => sha));
  const severalProjects = projectsOf(gathered).length > 1;
  const lines = chosen.flatMap((one) => happeningLines(one, { date, calendar, learnedBy, severalProjects }));
  return [
    `# ${longDate(date)}`,
    "",
    lead(date, gathered, calendar),
    ...(chosen.length === 0 ? [] : ["", "## What happened", ...lines]),
    ...(more > 0 ? [`- … and ${more} more`] : []),
    ...learnedLines(gathered, dayBounds),
    ...openLines(gathered, dayBounds),
    ...filesLines(gathered, dayBounds),
  ].join("\n");
}

function lead(date: string, gathered: Gathered, calendar: LocalCalendar): string {
  const { happenings } = gathered;
  const first = happenings[0];
  const got = yieldTold(gathered);
  if (first === undefined)
    return `No session began on this day${got === "" ? "" : `, but work went on: ${got}`}.`;
  const end = Math.max(...happenings.map(({ startMs, endMs }) => endMs ?? startMs));
  const until = end > first.startMs ? ` to ${momentTold(end, date, calendar)}` : "";
  const when = `${calendar.timeOf(first.startMs)}${until} (${calendar.timeZone})`;
  return `${sessionsTold(gathered)}, ${when}${got === "" ? "" : `: ${got}`}.`;
}

/** A time of day, and the date where it is another one. */
function momentTold(ms: number, date: string, calendar: LocalCalendar): string {
  const on = calendar.dateOf(ms);
  return on === date ? calendar.timeOf(ms) : `${shortDate(on)} ${calendar.timeOf(ms)}`;
}

interface Surroundings {
  readonly date: string;
  readonly calendar: LocalCalendar;
  /** Commits that are told under what was learned, and need not be told twice. */
  readonly learnedBy: ReadonlySet<string | null>;
  readonly severalProjects: boolean;
}

function happeningLines(one: Happening, around: Surroundings): readonly string[] {
  const where = around.severalProjects && one.project !== null ? ` ${one.project}` : "";
  const commits = one.commits.filter(({ sha }) => !around.learnedBy.has(sha));
  const subjects = commits
    .slice(0, COMMITS_TOLD)
    .map(({ sha, subject }) => `${told(subject, SUBJECT_CHARS)} (${sha})`);
  const beyond = commits.length - subjects.length;
  const requests = one.pullRequests.filter((url) => !one.outcome.includes(url));
  return [
    `- **${around.calendar.timeOf(one.startMs)}${where}** ${told(one.title, TITLE_CHARS)}`,
    ...(one.outcome === "" ? [] : [`  → ${told(one.outcome, OUTCOME_CHARS)}`]),
    ...(subjects.length === 0
      ? []
      : [`  Committed ${subjects.join("; ")}${beyond > 0 ? `; and ${beyond} more` : ""}`]),
    ...requests.map((url) => `  Pull request ${url}`),
  ];
}
