import type { Outcome, QueueStore, Settled, Task } from "jobkit-core";
import { NOW, roomFor } from "./drafts.ts";

/** Who takes a turn, and when. */
export interface TurnOptions {
  readonly owner?: string;
  readonly nowMs?: number;
  readonly job?: string;
  readonly limit?: number;
}

/** Claim up to `limit` tasks of a job (9 of "work" where it is not said). */
export async function claim(queue: QueueStore, options: TurnOptions = {}): Promise<readonly Task[]> {
  const { owner = "me", nowMs = NOW, job = "work", limit = 9 } = options;
  const room = roomFor([job], limit);
  const { claimed } = await queue.turn({
    owner,
    nowMs,
    leaseUntilMs: nowMs + 60_000,
    settlements: [],
    room,
  });
  return claimed;
}

/** Settle claimed tasks, all the same way. */
export async function settle(
  queue: QueueStore,
  tasks: readonly Task[],
  outcome: Outcome,
  { owner = "me", nowMs = NOW }: TurnOptions = {},
): Promise<readonly Settled[]> {
  const settlements = tasks.map(({ id, claim: number }) => ({ id, owner, claim: number, nowMs, outcome }));
  const { settled } = await queue.turn({ owner, nowMs, leaseUntilMs: nowMs, settlements, room: null });
  return settled;
}
