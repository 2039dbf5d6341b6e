/**
 * All keywords of all rules in one pass: an Aho-Corasick automaton (Aho and Corasick, "Efficient string
 * matching", CACM 18(6), 1975, algorithms 2 to 4) as one table of next states. A step per character, whatever
 * the text: rules are only tried where their keyword stands.
 */

/** Where a keyword was seen: `word` is its index in the list, `start` the index of its first character. */
export type KeywordVisit = (word: number, start: number) => void;

const ASCII = 128;
const UPPER_A = 65;
const UPPER_Z = 90;
const CASE_BIT = 32;

/** Finds ASCII keywords in text, in any case. Immutable once built. */
export class KeywordScan {
  /** Character code to column; 0 is every character that stands in no keyword. */
  readonly #column = new Uint8Array(ASCII);
  readonly #columns: number;
  /** State times columns plus column, to the next state already multiplied by columns. */
  readonly #next: Int32Array;
  /** Words that end in a state, by state. */
  readonly #ends: readonly (readonly number[])[];
  readonly #lengths: readonly number[];

  /** @throws RangeError when a keyword is empty, has upper case or is not ASCII. */
  constructor(words: readonly string[]) {
    let columns = 1;
    for (const word of words) {
      if (word === "" || /[^\0-\x7f]|[A-Z]/.test(word))
        throw new RangeError(`not a keyword: ${JSON.stringify(word)}`);
      for (const character of word) {
        const code = character.charCodeAt(0);
        if (this.#column[code] === 0) this.#column[code] = columns++;
      }
    }
    for (let code = UPPER_A; code <= UPPER_Z; code += 1)
      this.#column[code] = this.#column[code + CASE_BIT] ?? 0;
    this.#columns = columns;
    this.#lengths = words.map((word) => word.length);
    const trie = growTrie(words, (character) => this.#column[character.charCodeAt(0)] ?? 0);
    this.#ends = trie.ends;
    this.#next = closeTrie(trie, columns);
  }

  /** Call `visit` for every occurrence of every keyword, overlapping ones too, by where they end. */
  scan(text: string, visit: KeywordVisit): void {
    const next = this.#next;
    const column = this.#column;
    const columns = this.#columns;
    let state = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      state = next[state + (code < ASCII ? (column[code] as number) : 0)] as number;
      if (state === 0) continue;
      const ends = this.#ends[state / columns];
      if (ends === undefined || ends.length === 0) continue;
      for (const word of ends) visit(word, at + 1 - (this.#lengths[word] ?? 0));
    }
  }
}

interface Trie {
  /** State to its children by column. */
  readonly children: Map<number, number>[];
  readonly ends: number[][];
}

function growTrie(words: readonly string[], columnOf: (character: string) => number): Trie {
  const children: Map<number, number>[] = [new Map()];
  const ends: number[][] = [[]];
  words.forEach((word, index) => {
    let state = 0;
    for (const character of word) {
      const column = columnOf(character);
      let child = children[state]?.get(column);
      if (child === undefined) {
        child = children.push(new Map()) - 1;
        ends.push([]);
        children[state]?.set(column, child);
      }
      state = child;
    }
    ends[state]?.push(index);
  });
  return { children, ends };
}

/** Breadth first: what a state lacks it takes from the longest proper suffix that is a state. */
function closeTrie(trie: Trie, columns: number): Int32Array {
  const next = new Int32Array(trie.children.length * columns);
  const suffix = new Int32Array(trie.children.length);
  const queue: number[] = [0];
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] ?? 0;
    for (let column = 0; column < columns; column += 1) {
      const child = trie.children[state]?.get(column);
      const fallback = state === 0 ? 0 : (next[(suffix[state] ?? 0) * columns + column] ?? 0);
      if (child === undefined) {
        next[state * columns + column] = fallback;
        continue;
      }
      suffix[child] = fallback / columns;
      trie.ends[child]?.push(...(trie.ends[suffix[child] ?? 0] ?? []));
      next[state * columns + column] = child * columns;
      queue.push(child);
    }
  }
  return next;
}
