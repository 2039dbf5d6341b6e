import { describeError } from "../base/errors.ts";

/** What builds the fields of an event. The fields of a row are texts and numbers. */
export type Body = () => Record<string, string | number>;

/** Longer texts in fields are cut to so many characters: no reader, log or line has to hold whatever a job says. */
const ATTR_TEXT_MAX = 8_192;

/**
 * The fields that `build` makes, long texts cut. Never throws: a body that does is a mistake in the
 * reporting, not in the work, so the event stands and says so in `bodyFailed`.
 */
export function fieldsFrom(build: Body): Record<string, string | number> {
  try {
    return bounded(build());
  } catch (error) {
    return { bodyFailed: describeError(error).message };
  }
}

/** Whether these fields only say that building the real ones failed. */
export function hasFailed(attrs: Readonly<Record<string, string | number>>): boolean {
  return Object.hasOwn(attrs, "bodyFailed");
}

/** The fields only to count by: as {@link fieldsFrom}, but nobody keeps them, so that long texts may stay. */
export function fieldsToCount(build: Body): Record<string, string | number> {
  try {
    return build();
  } catch {
    return NO_FIELDS; // The occurrence is counted all the same; the next listener sees why.
  }
}

const NO_FIELDS: Record<string, string | number> = {};

/** Cut what is too long, on a copy: the fields belong to whoever built them. */
function bounded(attrs: Record<string, string | number>): Record<string, string | number> {
  for (const name in attrs)
    if (isTooLong(attrs[name]))
      return Object.fromEntries(Object.entries(attrs).map(([key, value]) => [key, shortened(value)]));
  return attrs;
}

function isTooLong(value: string | number | undefined): boolean {
  return typeof value === "string" && value.length > ATTR_TEXT_MAX;
}

function shortened(value: string | number): string | number {
  return typeof value === "string" && isTooLong(value) ? `${value.slice(0, ATTR_TEXT_MAX - 1)}…` : value;
}
