import type { CodedError } from "jobkit-core";

/** One thing that is wrong with the configuration, and where. */
export interface ConfigProblem {
  /** SETTING_UNKNOWN, SETTING_INVALID, or one of the CONFIG_ codes. */
  readonly code: string;
  /** What is wrong, without its place. */
  readonly message: string;
  /** What to do about it. */
  readonly next: string;
  /** Path of the file, "env" or "flag". */
  readonly source: string;
  /** Dotted name of the setting (or what was given for one); `null` where it is about the whole. */
  readonly name: string | null;
  /** From 1; `null` outside of files. */
  readonly line: number | null;
  readonly column: number | null;
}

/** Where something stands in a text; both from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** An error at a place. */
export function problemOf(
  error: CodedError,
  at: { readonly source: string; readonly name: string | null; readonly place: TextPlace | null },
): ConfigProblem {
  const { source, name, place } = at;
  const { code, message, next } = error;
  return { code, message, next, source, name, line: place?.line ?? null, column: place?.column ?? null };
}

/** The problem as one line, beginning with the place as compilers write it, so that editors can jump there. */
export function sayProblem({ code, message, next, source, line, column }: ConfigProblem): string {
  const place = line === null ? source : `${source}:${line}:${column ?? 1}`;
  const full = /[.?!]$/.test(message) ? message : `${message}.`;
  return `${place}: ${code}: ${full} ${next}`;
}
