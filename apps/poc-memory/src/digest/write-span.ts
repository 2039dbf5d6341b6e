/** The digests of a week and of a month: a line for each part with what came of it, then what lasts. */
import { addDays, datesTold, monthName, shortDate, weekdayName, weekOf } from "../tend/date.ts";
import { mostTelling, type Gathered } from "./gather.ts";
import {
  counted,
  filesLines,
  learnedLines,
  openLines,
  sessionsTold,
  told,
  yieldTold,
  type DigestBounds,
} from "./sections.ts";

/** One part of a span: a day of a week, a week of a month (its days inside the month). */
export interface SpanPart {
  /** Its date: the day, or the Monday of the week. */
  readonly date: string;
  readonly gathered: Gathered;
}

/** A week is read in two minutes, like a day: less of each thing. Commands are found by searching. */
export const weekBounds: DigestBounds = {
  learned: { Preferences: 10, Decided: 12, Fixed: 8, Learned: 8, Commands: 0, Noted: 8 },
  learnedChars: 200,
  open: 6,
  openChars: 160,
  files: 8,
};

/** So is a month. */
export const monthBounds: DigestBounds = {
  learned: { Preferences: 12, Decided: 15, Fixed: 8, Learned: 8, Commands: 0, Noted: 8 },
  learnedChars: 160,
  open: 6,
  openChars: 140,
  files: 10,
};

const DAY_TITLES = 3;
const WEEK_TITLES = 4;
const TITLE_CHARS = 90;

/** Markdown of the week that begins on a Monday. `days` are its days with a digest, in order. */
export function writeWeek(monday: string, days: readonly SpanPart[]): string {
  const { year, week } = weekOf(monday);
  return spanText({
    title: `Week ${week} of ${year}, ${datesTold(monday, addDays(monday, 6))}`,
    heading: "Days",
    lead: counted(days.length, "day"),
    parts: days,
    nameOf: ({ date }) => `${weekdayName(date)} ${shortDate(date)}`,
    titles: DAY_TITLES,
    bounds: weekBounds,
  });
}

/** Markdown of the month of a date. `weeks` are its weeks with a digest of a day, each with its days in this month. */
export function writeMonth(first: string, weeks: readonly SpanPart[], days: number): string {
  return spanText({
    title: `${monthName(first)} ${first.slice(0, 4)}`,
    heading: "Weeks",
    lead: counted(days, "day"),
    parts: weeks,
    nameOf: ({ date }) => `Week ${weekOf(date).week}, ${datesTold(date, addDays(date, 6))}`,
    titles: WEEK_TITLES,
    bounds: monthBounds,
  });
}

interface Span {
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  readonly parts: readonly SpanPart[];
  readonly nameOf: (part: SpanPart) => string;
  readonly titles: number;
  readonly bounds: DigestBounds;
}

function spanText({ title, heading, lead, parts, nameOf, titles, bounds }: Span): string {
  const all = joined(parts.map(({ gathered }) => gathered));
  const got = yieldTold(all);
  return [
    `# ${title}`,
    "",
    `${lead} with work, ${sessionsTold(all)}${got === "" ? "" : `: ${got}`}.`,
    "",
    `## ${heading}`,
    ...parts.map((part) => partLine(nameOf(part), part.gathered, titles)),
    ...learnedLines(all, bounds),
    ...openLines(all, bounds),
    ...filesLines(all, bounds),
  ].join("\n");
}

function partLine(name: string, { happenings, learned }: Gathered, titles: number): string {
  const commits = new Set(happenings.flatMap((one) => one.commits.map(({ sha }) => sha))).size;
  const counts = [
    happenings.length > 0 ? counted(happenings.length, "session") : counted(learned.length, "fact"),
    commits > 0 ? counted(commits, "commit") : "",
  ].filter((words) => words !== "");
  const chosen = mostTelling(happenings, titles);
  const more = happenings.length - chosen.length;
  const names = chosen.map((one) => told(one.title, TITLE_CHARS));
  const told_ = [...names, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
  return `- **${name}** (${counts.join(", ")})${told_ === "" ? "" : `: ${told_}`}`;
}

function joined(parts: readonly Gathered[]): Gathered {
  return {
    happenings: parts.flatMap(({ happenings }) => happenings),
    learned: parts.flatMap(({ learned }) => learned),
  };
}
