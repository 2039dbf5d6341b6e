/** What an edit did, in a few words: the lines it added that say most. */
import { stateLimits } from "./limits.ts";
import { inline } from "./text/clean.ts";
import { keep } from "./text/keep.ts";

const LINES_MAX = 200;
const SHORTEST = 6;
const LONGEST = 110;
/** Lines that explain nothing: brackets, imports, package clauses, blank and pure comments. */
const DULL =
  /^(?:[\s{}()[\];,]{0,20}|(?:import|from|package|use|using|require|#include)\b.{0,200}|["'`][\w@./-]{1,120}["'`],?|(?:\/\/|#|\/?\*|--).{0,400}|return;?|else\s?\{?|end|\}\s?else\s?\{|break;?|continue;?)$/u;

/**
 * The lines of `after` that are not in `before`, at most two, as inline code; "" where none says anything.
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

function lines(text: string): readonly string[] {
  return text
    .slice(0, 16_000)
    .split("\n", LINES_MAX)
    .map((line) => line.trim());
}
