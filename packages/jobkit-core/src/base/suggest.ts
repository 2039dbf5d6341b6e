/** Longer words are not compared: nobody mistypes a name of that length by a letter or two. */
const WORD_MAX = 64;
const DISTANCE_MAX = 3;

/**
 * The name that `word` was probably meant to be, or `null` where none is near enough.
 * Near is at most one wrong letter in three, and never more than three. Of equally near names the first wins.
 */
export function nearestName(word: string, names: Iterable<string>): string | null {
  const typed = word.toLowerCase();
  if (typed.length === 0 || typed.length > WORD_MAX) return null;
  const allowed = Math.min(DISTANCE_MAX, Math.max(1, Math.floor(typed.length / 3)));
  let best: string | null = null;
  let bestDistance = allowed + 1;
  for (const name of names) {
    if (name.length > WORD_MAX || Math.abs(name.length - typed.length) >= bestDistance) continue;
    const distance = editDistance(typed, name.toLowerCase());
    if (distance >= bestDistance) continue;
    best = name;
    bestDistance = distance;
  }
  return best;
}

/** `: did you mean "x"?`, or nothing where no name is near. Completes a sentence about an unknown name. */
export function suggestion(word: string, names: Iterable<string>): string {
  const near = nearestName(word, names);
  return near === null ? "" : `: did you mean ${JSON.stringify(near)}?`;
}

/**
 * Letters to insert, delete, replace or swap with their neighbour to get from `a` to `b`.
 * Optimal string alignment (Damerau 1964, without overlapping edits). Cost is the product of the lengths.
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}
