import type { WordHit } from "./memory-store.ts";
import type { Sql } from "./database.ts";

/** Text of a query beyond this is not read: nobody types more, and a pasted file must not become a query of its size. */
const QUERY_LENGTH_MAX = 10_000;

/** Terms of a query beyond this are left out; the first are kept. */
const TERMS_MAX = 64;

const TOKEN = /[\p{L}\p{M}\p{N}]+/gu;

/**
 * English words that tell nothing about what is sought. Numbers, negations that change what is meant in code
 * ("not", "no") and all words of other languages stay.
 */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about after all am an and any are as at be been before being but by can could did do does doing for from
  had has have having he her hers him his how i if in into is it its itself just me my of on or our ours out over
  own s shall she should so some such t than that the their theirs them then there these they this those through
  to too under until up very was we were what when where which while who whom why will with would you your yours
  d ll m re ve don didn doesn isn wasn hasn hadn aren couldn wouldn shouldn won`.split(/\s+/),
);

/**
 * The terms of any text, in order, each once, lower case: words that carry meaning and the parts of camelCase
 * names. Where only stop words are left, those are the terms.
 */
export function queryTerms(query: string): readonly string[] {
  const text = query.slice(0, QUERY_LENGTH_MAX).normalize("NFC");
  const tokens = [...text.matchAll(TOKEN)].flatMap(([token]) => [token].concat(camelParts(token)));
  const words = [...new Set(tokens.map((token) => token.toLowerCase()))];
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  return (telling.length > 0 ? telling : words).slice(0, TERMS_MAX);
}

/** The words inside the camelCase names of a text, joined by blanks, for the third column of the word index. */
export function nameParts(text: string): string {
  const parts = new Set<string>();
  for (const [token] of text.matchAll(TOKEN))
    for (const part of camelParts(token)) parts.add(part.toLowerCase());
  return [...parts].join(" ");
}

/** "readTranscriptLines" is read, Transcript, Lines; a word with no inner capital has no parts. */
function camelParts(token: string): readonly string[] {
  if (!/\p{Ll}\p{Lu}|\p{Lu}\p{Lu}\p{Ll}/u.test(token)) return [];
  return token
    .split(/(?<=\p{Ll}|\p{N})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)
    .filter((part) => part.length > 1);
}

/**
 * The nodes that hold the terms of a query, best first by BM25 (Robertson and Zaragoza 2009; k1 1.2, b 0.75 as FTS5
 * has them). Every term is quoted, so no text can be read as an operator; equal scores go to the older node.
 */
export function findWords(sql: Sql, query: string, limit: number): readonly WordHit[] {
  const terms = queryTerms(query);
  if (terms.length === 0 || !(limit >= 1)) return [];
  const expression = terms.map((term) => `"${term}"`).join(" OR ");
  // A match in a name's parts counts half: the whole name is indexed beside it.
  const rows = sql(`SELECT rowid AS id, -bm25(words, 1.0, 1.0, 0.5) AS score FROM words WHERE words MATCH ?
    ORDER BY bm25(words, 1.0, 1.0, 0.5), rowid LIMIT ?`).all(expression, Math.floor(limit));
  return rows.map((row) => ({ id: Number(row["id"]), score: Number(row["score"]) }));
}

/** How many nodes hold the first term of a text, counted up to `most`; 0 where it has none. */
export function countWord(sql: Sql, word: string, most: number): number {
  const [term] = queryTerms(word);
  if (term === undefined) return 0;
  const row = sql("SELECT count(*) AS n FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)").get(
    `"${term}"`,
    most,
  );
  return Number(row?.["n"]);
}

/** Put a node's words in the index in place of the old ones. */
export function indexWords(sql: Sql, id: number, key: string, content: string): void {
  sql("INSERT OR REPLACE INTO words (rowid, key, content, parts) VALUES (?, ?, ?, ?)").run(
    id,
    key,
    content,
    nameParts(`${key} ${content}`),
  );
}

/** Take a node's words out of the index. */
export function unindexWords(sql: Sql, id: number): void {
  sql("DELETE FROM words WHERE rowid = ?").run(id);
}
