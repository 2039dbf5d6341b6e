import type { Turn } from "./queue-store.ts";

/**
 * May what a turn claimed start before the turn is durable? Where every task of it begins for the first time and
 * waited for nothing: if power is lost then, it begins for the first time again. Whatever followed something
 * else, its own earlier attempt, a parent, the one before it in its sequence, waits until that cannot be taken
 * back; and so does what comes with a fork, because its children are told of when the fork is.
 * See docs/adr/0011-start-before-the-disk.md.
 */
export function mayStartEarly({ claimed, settled }: Pick<Turn, "claimed" | "settled">): boolean {
  if (claimed.length === 0) return false;
  for (const { forked } of settled) if (forked !== undefined) return false;
  for (const { claim, after, sequence } of claimed)
    if (claim > 1 || after.length > 0 || sequence !== null) return false;
  return true;
}
