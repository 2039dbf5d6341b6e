/** The gist of an answer: its first words that tell a result. */
import { talk } from "./rules/doubt.ts";
import { balanced, inline } from "./text/clean.ts";
import { shorten } from "./text/keep.ts";
import { type Block } from "./text/blocks.ts";
import { sentences } from "./text/prose.ts";

/** Whole sentences and items of an answer up to `chars`, the last cut where little is told yet; "" where it only announces. */
export function gistOf(found: readonly Block[], chars: number): string {
  const kept: string[] = [];
  let length = 0;
  for (const { words, opensItem } of telling(found)) {
    const shown = opensItem && length > 0 ? `• ${words}` : words;
    if (length > 0 && length + shown.length + 1 > chars) {
      if (length < chars / 2) kept.push(shorten(shown, chars - length - 1));
      break;
    }
    kept.push(shown);
    length += shown.length + 1;
  }
  // What introduces a list that did not fit introduces nothing.
  const last = kept.at(-1);
  if (last?.endsWith(":") === true && length - last.length > chars / 2) kept.pop();
  return balanced(shorten(kept.join(" "), chars).replace(/:$/u, ""));
}

function telling(
  found: readonly Block[],
): readonly { readonly words: string; readonly opensItem: boolean }[] {
  return found
    .filter((block) => block.kind !== "row" && block.kind !== "heading")
    .flatMap((block) =>
      sentences(block.text)
        .filter((sentence) => !talk.pattern.test(sentence))
        .map((sentence, n) => ({ words: inline(sentence), opensItem: block.kind === "bullet" && n === 0 })),
    );
}
