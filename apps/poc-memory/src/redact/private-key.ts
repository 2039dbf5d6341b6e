/** Private keys between their BEGIN and END lines, whatever stands before the lines or instead of the newlines. */
import type { Found, SecretRule } from "./rule.ts";

const BEGIN = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
const END = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
/** The largest key in use, RSA of 16,384 bits, takes 12.5 kB in this form. */
const KEY_CHARS = 20_000;
/** A piece of the key's base64. */
const PIECE = /[A-Za-z0-9+/=]{16,20000}/y;
const PIECES = new RegExp(PIECE.source, "g");
/** Most characters between two pieces: a newline, also escaped, quotes, marks of a diff or a quotation. */
const GAP_CHARS = 24;
const PUTTY = /Private-Lines:[ \t]{0,4}\d{1,4}/iy;

/** PEM, OpenSSH and PGP private keys. */
export const privateKeyRule: SecretRule = {
  kind: "private-key",
  keywords: ["-----begin "],
  patterns: [BEGIN, END, PIECE, PIECES],
  find(text, at) {
    BEGIN.lastIndex = at;
    if (!BEGIN.test(text)) return null;
    const from = BEGIN.lastIndex;
    const end = keyEnd(text, from) ?? bodyEnd(text, from);
    return end === null ? null : { start: at, end };
  },
};

/** PuTTY's own form. */
export const puttyKeyRule: SecretRule = {
  kind: "private-key",
  keywords: ["private-lines:"],
  patterns: [PUTTY],
  find(text, at): Found | null {
    PUTTY.lastIndex = at;
    if (!PUTTY.test(text)) return null;
    const end = bodyEnd(text, PUTTY.lastIndex);
    return end === null ? null : { start: PUTTY.lastIndex, end };
  },
};

/** Behind the END line, if one stands near enough and most of what lies between is a key and not words about keys. */
function keyEnd(text: string, from: number): number | null {
  const near = text.slice(from, from + KEY_CHARS);
  for (let at = near.indexOf("-----END "); at !== -1; at = near.indexOf("-----END ", at + 1)) {
    END.lastIndex = from + at;
    if (END.test(text)) return isMostlyKey(near.slice(0, at)) ? END.lastIndex : null;
  }
  return null;
}

function isMostlyKey(between: string): boolean {
  let inPieces = 0;
  for (const piece of between.matchAll(PIECES)) inPieces += piece[0].length;
  return inPieces * 2 >= between.length;
}

/** Behind the last piece that follows without words between; `null` where there is no piece. */
function bodyEnd(text: string, from: number): number | null {
  let end: number | null = null;
  let gap = 0;
  for (let at = from; at < text.length && at - from < KEY_CHARS && gap <= GAP_CHARS;) {
    PIECE.lastIndex = at;
    if (PIECE.test(text)) {
      end = at = PIECE.lastIndex;
      gap = 0;
      continue;
    }
    at += 1;
    gap += 1;
  }
  return end;
}
