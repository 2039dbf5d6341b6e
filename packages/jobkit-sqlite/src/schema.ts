/**
 * The durable shape, one step per version. A step is never changed once released: what is to be different is
 * another step. `test/fixtures` holds a file of every version.
 *
 * task         What was asked for: never changes, so that what may be large is written once.
 * life         How far each task is: a narrow row that every change of state writes anew.
 *   turn         NULL: not claimable. 0: claimable once due, and was when placed. 1: becomes due later.
 *                2: due, in line behind the front of its sequence.
 *   due_at       When it may start; while blocked, when it last might have. `task.asked_at`: when it wanted to.
 *   claim        How often it was claimed: only grows, so that a settlement is known by it.
 *   ties         Whom its end concerns beside itself, as bits: 1 some task waits or has waited for it,
 *                2 it waits or has waited for others, 4 it is of a sequence. 0, as most: one write ends it.
 *   front        1: stands in front of its sequence. 3: and was claimed, so that it stays there until it ends.
 *   waiting_for  While blocked: how many tasks it waits for.
 *   owner        Who runs it; NULL when it does not run.
 *   detail       JSON, by state: the result (done), code and message (failed, retrying), the reason
 *                (cancelled), the id of the parent (skipped). NULL stands for null.
 * dependency   Who waits for whom. The first `task.parents` of a child are those it was added behind, the
 *              others it has forked. hold 2: that one has not ended. 1: it has, and is kept for the unfinished
 *              child. 0: the child has ended.
 * task_count   Tasks by job and state, kept in the same transaction, so that nobody has to count them.
 * mark         Small named values of the scheduler, as JSON.
 */
import type { Migration } from "./migration.ts";
import { version1 } from "./schema-1.ts";
import { version2 } from "./schema-2.ts";

/** The number that marks a queue file (`PRAGMA application_id`): "jobq" in ASCII. */
export const APPLICATION_ID = 0x6a6f6271;

/** All steps, oldest first. */
export const migrations: readonly Migration[] = [version1, version2];
