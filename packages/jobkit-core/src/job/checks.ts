/** What a check found: it is well, or why it is not, for people. */
export type CheckAnswer = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** One question about what a job depends on. A check that throws or takes too long has answered no. */
export type JobCheck = (signal: AbortSignal) => Promise<CheckAnswer>;

/**
 * Whether what a job depends on is there, asked by the health monitor and never by the job:
 * - `startup`: asked until it is well once; no task of the job starts before.
 * - `ready`: asked again and again; while it is not well, no task of the job starts (those that run go on).
 * - `live`: asked again and again; while it is not well, an alert says so. Nothing is stopped by it.
 */
export interface JobChecks {
  readonly startup?: JobCheck;
  readonly ready?: JobCheck;
  readonly live?: JobCheck;
}
