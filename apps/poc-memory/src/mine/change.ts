/** What an edit did, in a few words: the lines it added that say most. */
import { stateLimits } from "./limits.ts";
import { inline } from "./text/clean.ts";
import { keep } from "./text/keep.ts";

const LINES_MAX = 200;
const SHORTEST = 6;
const LONGEST = 110;
/** One name, path or quoted word. */
const NAME = /^["'`]?[\w@./-]{2,50}["'`]?$/u;
/** Lines that explain nothing: brackets, imports, package clauses, blank and pure comments. */
const DULL =
  /^(?:[\s{}()[\];,]{0,20}|(?:import|from|package|use|using|require|#include)\b.{0,200}|["'`][\w@./-]{1,120}["'`],?|(?:\/\/|#|\/?\*|--).{0,400}|return;?|else\s?\{?|end|\}\s?else\s?\{|break;?|continue;?)$/u;

/**
 * The lines of `after` that are not in `before`, at most two, as inline code; where none says anything and one
 * name was put for another, both; else "".
 * Lines that share a word with `about` (an error, say) come first.
 */
export function changeGist(before: string, after: string, about: string): string {
  const old = new Set(lines(before));
  const added = lines(after).filter(
    (line) => !old.has(line) && line.length >= SHORTEST && line.length <= LONGEST && !DULL.test(line),
  );
  const words = new Set(about.toLowerCase().match(/[a-z_]{4,40}/gu));
  const shared = (line: string): number =>
    (line.toLowerCase().match(/[a-z_]{4,40}/gu) ?? []).filter((word) => words.has(word)).length;
  if (added.length === 0) return replacementGist(before.trim(), after.trim());
  const best = [...new Set(added)]
    .map((line, at) => ({ line, at, shared: shared(line) }))
    .toSorted((a, b) => b.shared - a.shared || a.at - b.at)
    .slice(0, 2)
    .toSorted((a, b) => a.at - b.at)
    .map(({ line }) => `\`${inline(line).replaceAll("`", "'")}\``);
  const gist = best.join(", ");
  return gist.length <= stateLimits.changeCost
    ? keep(gist, stateLimits.changeCost)
    : keep(best[0] ?? "", stateLimits.changeCost);
}

/** One short piece for another, as a name or a path that was wrong; "" where it is more, or only marks. */
function replacementGist(before: string, after: string): string {
  if (before === after || !NAME.test(before) || !NAME.test(after)) return "";
  return keep(
    [before, after].map((text) => `\`${inline(text).replaceAll("`", "'")}\``).join(" → "),
    stateLimits.changeCost,
  );
}

function lines(text: string): readonly string[] {
  return text
    .slice(0, 16_000)
    .split("\n", LINES_MAX)
    .map((line) => line.trim());
}
