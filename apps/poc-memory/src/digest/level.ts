/** The three digests, from the bottom up, and the time that each tells of. */
import type { NodeType } from "../store/node.ts";
import { addDays, firstOfMonth, lastOfMonth, mondayOf, weekOf } from "../tend/date.ts";

export const digestLevels = ["day", "week", "month"] as const;
/** A level is also the type of its nodes. */
export type DigestLevel = (typeof digestLevels)[number] & NodeType;

/** The first date of the day, week or month that a date lies in: what names it. */
export function startOf(level: DigestLevel, date: string): string {
  if (level === "day") return date;
  return level === "week" ? mondayOf(date) : firstOfMonth(date);
}

/** Its last date. */
export function lastOf(level: DigestLevel, start: string): string {
  if (level === "day") return start;
  return level === "week" ? addDays(start, 6) : lastOfMonth(start);
}

/** The key of its digest: digest/day/2026-03-01, digest/week/2026-w09, digest/month/2026-03. */
export function digestKey(level: DigestLevel, start: string): string {
  if (level === "day") return `digest/day/${start}`;
  if (level === "month") return `digest/month/${start.slice(0, 7)}`;
  const { year, week } = weekOf(start);
  return `digest/week/${year}-w${String(week).padStart(2, "0")}`;
}
