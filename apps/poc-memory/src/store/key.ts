import { storeError } from "./errors.ts";

/** Longest key, in characters. */
export const KEY_LENGTH_MAX = 200;

const SUFFIX = ".md";

/**
 * The one normalisation of keys, used on every way in: NFC, lower case, white space and everything outside
 * [a-z0-9._/#:@+-] to "-", runs of "-" to one, no "-" or "/" at either end, no ".md" at the end, at most
 * KEY_LENGTH_MAX characters. Idempotent. Text with no letter or digit of ASCII has no key.
 * @throws KEY_INVALID when no letter or digit is left.
 */
export function normaliseKey(text: string): string {
  const key = tryNormaliseKey(text);
  if (key === null)
    throw storeError("KEY_INVALID", `reading the key ${JSON.stringify(text.slice(0, KEY_LENGTH_MAX))}`);
  return key;
}

/** The normalised key, or `null` where no letter or digit is left. */
export function tryNormaliseKey(text: string): string | null {
  const plain = text
    .normalize("NFC")
    .toLowerCase()
    // Lower case may decompose ("İ"), so it is composed again before the alphabet is applied.
    .normalize("NFC")
    .replace(/[^a-z0-9._/#:@+-]+/g, "-")
    .replace(/-{2,}/g, "-");
  const key = trimEnds(plain);
  return /[a-z0-9]/.test(key) ? key : null;
}

/** Trimming an end can bring another suffix or separator to the end, so it is repeated until nothing changes. */
function trimEnds(text: string): string {
  let key = text;
  for (;;) {
    let next = key.replace(/^[-/]+/, "").slice(0, KEY_LENGTH_MAX);
    while (next.endsWith("-") || next.endsWith("/")) next = next.slice(0, -1);
    if (next.endsWith(SUFFIX)) next = next.slice(0, -SUFFIX.length);
    if (next === key) return key;
    key = next;
  }
}
