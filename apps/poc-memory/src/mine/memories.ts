/** What a segment says is worth keeping, from its state. */
import { episodeOf } from "./episode.ts";
import { factsOf } from "./facts.ts";
import type { MinedMemory } from "./mined.ts";
import type { SegmentState } from "./segment-state.ts";

/**
 * The memories of a segment, the episode first where there is one; none where nothing in it is worth
 * keeping. Pure: keys, contents and order depend on the state alone. Of a segment that still grows this
 * is what holds so far: later records may add to it, take back what the last answer stated, and change
 * the episode's content, never its key.
 */
export function memories(state: SegmentState): readonly MinedMemory[] {
  const episode = episodeOf(state);
  return episode === null ? [] : [episode, ...factsOf(state, episode.key)];
}
