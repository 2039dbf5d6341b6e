/** Addresses of memories: readable, stable, made of content and place only. */
import { createHash } from "node:crypto";
import { memoryLimits } from "./limits.ts";
import type { SegmentName } from "./segment-state.ts";

const HASH_CHARS = 6;

/** First six hex digits of SHA-256 over the parts, parted by NUL. */
export function hash6(...parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, HASH_CHARS);
}

/** A text as part of a key: lower-case ASCII words joined by "-", cut at a word, `fallback` where nothing is left. */
export function slug(text: string, chars: number, fallback: string): string {
  const words = text
    .slice(0, chars * 8)
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\[redacted:[^\]]{0,80}\]/gu, " ")
    .replaceAll(/[\u0300-\u036f'’]/gu, "")
    .split(/[^a-z0-9]{1,400}/u)
    .filter((word) => word !== "");
  let made = "";
  for (const word of words) {
    const longer = made === "" ? word.slice(0, chars) : `${made}-${word}`;
    if (longer.length > chars) break;
    made = longer;
  }
  return made === "" ? fallback : made;
}

/** What makes two wordings the same statement: words and numbers, no case, no marks. */
export function normalised(statement: string): string {
  return statement
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]{1,400}/gu, " ")
    .trim();
}

/** Key of a segment's episode. `atMs` gives the day (UTC). */
export function episodeKey(place: SegmentName, request: string, atMs: number): string {
  const day = new Date(atMs).toISOString().slice(0, 10);
  const name = slug(request, memoryLimits.episodeSlugChars, "session");
  return `episode/${day}/${name}-${hash6(place.transcript, String(place.generation), String(place.segment))}`;
}

/** Key of a fact: the same statement about the same project has the same one wherever it was found. */
export function factKey(category: string, project: string, statement: string): string {
  const name = slug(statement, memoryLimits.keySlugChars, category);
  return `${category}/${name}-${hash6(normalised(statement), project)}`;
}
