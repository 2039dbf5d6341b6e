/** A prompt as one line that tells what was asked. */
import { errorsIn } from "./rules/failures.ts";
import { leadIn } from "./rules/requests.ts";
import { inline } from "./text/clean.ts";
import { shorten } from "./text/keep.ts";
import { blocks } from "./text/blocks.ts";
import { sentences } from "./text/prose.ts";

const REQUEST_CHARS = 260;
const LEAD_CHARS = 160;

/** The request in a prompt: its first prose, with the error or heading that it introduces; never pasted code. */
export function requestText(prompt: string): string {
  const found = blocks(prompt);
  const first = found[0];
  if (first === undefined) return shorten(inline(prompt), REQUEST_CHARS);
  const [line = "", ...rest] = prompt.split("\n");
  const introduces = leadIn.pattern.test(line.trim()) && rest.some((other) => other.trim() !== "");
  if (!introduces) return within(first.text, REQUEST_CHARS);
  const heading = found.find((block) => block.kind === "heading");
  const below = heading?.text ?? errorsIn(rest.join("\n"), 1)[0] ?? found[1]?.text ?? rest.join(" ");
  return `${shorten(inline(line), LEAD_CHARS)} ${within(below, LEAD_CHARS)}`;
}

/** Whole sentences up to `chars`, at least the first, cut where even that is too long. */
function within(text: string, chars: number): string {
  let kept = "";
  for (const sentence of sentences(text)) {
    if (kept !== "" && kept.length + sentence.length + 1 > chars) break;
    kept = kept === "" ? sentence : `${kept} ${sentence}`;
  }
  return shorten(inline(kept), chars);
}
