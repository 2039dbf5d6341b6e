/** What a prompt says that holds beyond it: how the person wants work done, and what they decided. */
import { stateLimits } from "./limits.ts";
import { orderWithReason } from "./rules/choices.ts";
import { emphatic, momentary, preferenceRules } from "./rules/preferences.ts";
import { firstRule } from "./rules/rule.ts";
import type { LinePlace, Statement } from "./segment-state.ts";
import { inline } from "./text/clean.ts";
import { keep } from "./text/keep.ts";
import { blocks } from "./text/blocks.ts";
import { sentences } from "./text/prose.ts";

/** Longer prompts are pasted rather than typed: others' rules and logs, where only emphatic words count. */
const TYPED_CHARS = 1200;
/** A decision is told in few words; in more, a "because" explains something else. */
const DECIDED_CHARS = 400;
const SHORTEST = 12;
const LONGEST = 320;
const MERIT = { preference: 10, decision: 9 } as const;

/** Wishes and decisions of the person in a prompt, in order. */
export function fromPrompt(prompt: string, turn: number, at: LinePlace): readonly Statement[] {
  const pasted = prompt.length > TYPED_CHARS;
  const found: Statement[] = [];
  for (const block of blocks(withoutQuotes(prompt))) {
    if (block.kind === "heading" || block.kind === "row") continue;
    for (const sentence of sentences(block.text)) {
      const text = inline(sentence);
      if (text.length < SHORTEST || text.length > LONGEST || momentary.pattern.test(text)) continue;
      if (pasted && !emphatic.pattern.test(text)) continue;
      const wish = firstRule(preferenceRules, text);
      const decided =
        prompt.length <= DECIDED_CHARS && orderWithReason.pattern.test(text) ? orderWithReason : null;
      const category = wish === null ? "decision" : "preference";
      const rule = wish ?? decided;
      if (rule === null) continue;
      found.push({
        category,
        text: keep(text, stateLimits.statementCost),
        rule: rule.name,
        said: "person",
        turn,
        at,
        merit: MERIT[category],
      });
    }
  }
  return found;
}

/** Lines quoted with ">" are somebody else's words. */
function withoutQuotes(prompt: string): string {
  return prompt.replaceAll(/^\s{0,8}>.{0,4000}$/gmu, "");
}
