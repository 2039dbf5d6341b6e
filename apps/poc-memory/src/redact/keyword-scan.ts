/**
 * All keywords of all rules in one pass. A window of three characters, each reduced to one of 32 classes, is an
 * index into a table that fits the first-level cache; only where the table has an entry are keywords compared.
 * The work is one look-up per character and, at most, the length of the few keywords that share a window.
 * (An Aho-Corasick automaton does it with fewer comparisons and took half as long again on real sessions: its
 * table does not fit, and nearly every letter of a text begins some keyword.)
 */

/** Where a keyword was seen: `word` is its index in the list, `start` the index of its first character. */
export type KeywordVisit = (word: number, start: number) => void;

const ASCII = 128;
const CLASS_BITS = 5;
const WINDOW = 3;
const WINDOW_MASK = (1 << (CLASS_BITS * WINDOW)) - 1;
const LOWER_A = 97;
const LOWER_Z = 122;
const UPPER_A = 65;
const UPPER_Z = 90;
const CASE_BIT = 32;
/** Classes 1 to 26 are the letters in either case; 0 is every character that stands in no keyword. */
const CLASS_DIGIT = 27;
const CLASS_OF_SIGN: Readonly<Record<string, number>> = { _: 28, "-": 29, ".": 30 };
const CLASS_OTHER_SIGN = 31;

/** Finds ASCII keywords in text, in any case. Immutable once built. */
export class KeywordScan {
  readonly #words: readonly string[];
  readonly #classes: Uint8Array;
  /** Window of classes to 1 where some keyword may be found. */
  readonly #marked = new Uint8Array(WINDOW_MASK + 1);
  /** Window of classes to the keywords that begin with it, or, being shorter, end with it. */
  readonly #candidates = new Map<number, number[]>();

  /** @throws RangeError when a keyword is empty, has upper case or is not ASCII. */
  constructor(words: readonly string[]) {
    for (const word of words)
      if (word === "" || /[^\0-\x7f]|[A-Z]/.test(word))
        throw new RangeError(`not a keyword: ${JSON.stringify(word)}`);
    this.#words = words;
    this.#classes = classesOf(words);
    words.forEach((word, index) => {
      for (const window of this.#windowsOf(word)) {
        this.#marked[window] = 1;
        this.#candidates.set(window, [...(this.#candidates.get(window) ?? []), index]);
      }
    });
  }

  /** Call `visit` for every occurrence of every keyword, overlapping ones too, in the order of the text. */
  scan(text: string, visit: KeywordVisit): void {
    const classes = this.#classes;
    const marked = this.#marked;
    let window = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      window = ((window << CLASS_BITS) | (code < ASCII ? (classes[code] as number) : 0)) & WINDOW_MASK;
      if (marked[window] === 1) this.#compare(text, at, window, visit);
    }
  }

  #compare(text: string, at: number, window: number, visit: KeywordVisit): void {
    for (const index of this.#candidates.get(window) ?? []) {
      const word = this.#words[index] ?? "";
      const start = at + 1 - Math.min(WINDOW, word.length);
      if (standsAt(word, text, start)) visit(index, start);
    }
  }

  /** The windows at whose last character the keyword shows: one, or for a short keyword all that end with it. */
  #windowsOf(word: string): readonly number[] {
    let window = 0;
    for (let at = 0; at < Math.min(WINDOW, word.length); at += 1)
      window = (window << CLASS_BITS) | (this.#classes[word.charCodeAt(at)] ?? 0);
    const free = CLASS_BITS * Math.max(0, WINDOW - word.length);
    const known = CLASS_BITS * WINDOW - free;
    return Array.from({ length: 1 << free }, (_, before) => (before << known) | window);
  }
}

/** Character code to class. Signs that stand in no keyword share class 0 with everything else. */
function classesOf(words: readonly string[]): Uint8Array {
  const classes = new Uint8Array(ASCII);
  for (const character of words.join("")) {
    const code = character.charCodeAt(0);
    if (code >= LOWER_A && code <= LOWER_Z) classes[code] = code - LOWER_A + 1;
    else if (/[0-9]/.test(character)) classes[code] = CLASS_DIGIT;
    else classes[code] = CLASS_OF_SIGN[character] ?? CLASS_OTHER_SIGN;
  }
  for (let code = UPPER_A; code <= UPPER_Z; code += 1) classes[code] = classes[code + CASE_BIT] ?? 0;
  return classes;
}

function standsAt(word: string, text: string, start: number): boolean {
  if (start < 0 || start + word.length > text.length) return false;
  for (let at = 0; at < word.length; at += 1) {
    const code = text.charCodeAt(start + at);
    const lower = code >= UPPER_A && code <= UPPER_Z ? code + CASE_BIT : code;
    if (lower !== word.charCodeAt(at)) return false;
  }
  return true;
}
