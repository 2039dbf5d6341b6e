/**
 * Dates: text "YYYY-MM-DD", compared as text. A date has no zone; a moment becomes one by a LocalCalendar only.
 * Arithmetic is done on whole days and knows no clock changes.
 */
import { z } from "zod/mini";

/** Length of a date in ms. */
export const DAY_MS = 86_400_000;
const DAYS_A_WEEK = 7;
/** 1970-01-01 was a Thursday: so many days after a Monday. */
const EPOCH_WEEKDAY = 3;
const THURSDAY = 3;

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/** Is this text a date that the calendar has? */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** Schema of a job's input that names a date. */
export const dateInput = z.object({ date: z.string().check(z.refine(isDate, "not a date as YYYY-MM-DD")) });
/** An input that names a date. */
export type DateInput = z.infer<typeof dateInput>;

/** Days since 1970-01-01. */
export function dayNumber(date: string): number {
  return Date.parse(date) / DAY_MS;
}

/** The date so many days later (or earlier). */
export function addDays(date: string, days: number): string {
  return dateOfNumber(dayNumber(date) + days);
}

function dateOfNumber(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The stamp of a date, for what is remembered by day and compared: ms since 1970 of its midnight in UTC. */
export function stampOf(date: string): number {
  return Date.parse(date);
}

/** Midnight before the last date that has four digits of a year. */
const LAST_MS = Date.UTC(9999, 11, 31);

/** Is this a moment whose date can be told? 0 stands for a time that nobody noted. */
export function isKnownTime(ms: number): boolean {
  return ms > 0 && ms < LAST_MS;
}

/** 0 for Monday to 6 for Sunday. */
function weekdayOf(date: string): number {
  return (dayNumber(date) + EPOCH_WEEKDAY) % DAYS_A_WEEK;
}

/** The Monday of a date's week. */
export function mondayOf(date: string): string {
  return addDays(date, -weekdayOf(date));
}

/** The first of a date's month. */
export function firstOfMonth(date: string): string {
  return `${date.slice(0, 8)}01`;
}

/** The last of a date's month. */
export function lastOfMonth(date: string): string {
  return addDays(firstOfMonth(addDays(firstOfMonth(date), 31)), -1);
}

/** The ISO 8601 week of a date: weeks begin on Monday and belong to the year that has their Thursday. */
export function weekOf(date: string): { readonly year: number; readonly week: number } {
  const thursday = addDays(mondayOf(date), THURSDAY);
  const year = Number(thursday.slice(0, 4));
  const week =
    Math.floor((dayNumber(thursday) - dayNumber(`${thursday.slice(0, 4)}-01-01`)) / DAYS_A_WEEK) + 1;
  return { year, week };
}

/** "Friday 24 April 2026". */
export function longDate(date: string): string {
  return `${weekdayName(date)} ${shortDate(date)} ${date.slice(0, 4)}`;
}

/** "Friday". */
export function weekdayName(date: string): string {
  return WEEKDAYS[weekdayOf(date)] ?? "";
}

/** "24 April". */
export function shortDate(date: string): string {
  return `${Number(date.slice(8))} ${monthName(date)}`;
}

/** "20 to 26 April", "27 April to 3 May". */
export function datesTold(from: string, last: string): string {
  const begin = from.slice(0, 7) === last.slice(0, 7) ? String(Number(from.slice(8))) : shortDate(from);
  return `${begin} to ${shortDate(last)}`;
}

/** "April". */
export function monthName(date: string): string {
  return MONTHS[Number(date.slice(5, 7)) - 1] ?? "";
}
