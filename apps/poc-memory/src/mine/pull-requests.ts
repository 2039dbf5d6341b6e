/** Pull requests that a segment made or belongs to. */
import { stateLimits } from "./limits.ts";
import type { LinePlace, SegmentState } from "./segment-state.ts";
import { inline } from "./text/clean.ts";
import { keep } from "./text/keep.ts";

/** The state with a pull request: one however often it is told; what is no https address is none. */
export function addPullRequest(state: SegmentState, url: string, at: LinePlace): SegmentState {
  const shown = keep(inline(url), stateLimits.subjectCost);
  if (!/^https:\/\/[\w.-]{1,80}\/\S{1,200}$/u.test(shown)) return state;
  if (state.pullRequests.some((known) => known.url === shown)) return state;
  return {
    ...state,
    pullRequests: [...state.pullRequests, { url: shown, at }].slice(0, stateLimits.pullRequests),
  };
}
