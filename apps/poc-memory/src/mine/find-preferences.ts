/** What a prompt says that holds beyond it: how the person wants work done, and what they decided. */
import { stateLimits } from "./limits.ts";
import { notThatWay, orderWithReason, pointsBack } from "./rules/choices.ts";
import { emphatic, momentary, preferenceRules } from "./rules/preferences.ts";
import { firstRule, type Rule } from "./rules/rule.ts";
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
    let before = "";
    for (const sentence of sentences(block.text)) {
      const text = inline(sentence);
      const context = before;
      before = text;
      if (text.length < SHORTEST || text.length > LONGEST || momentary.pattern.test(text)) continue;
      if (pasted && !emphatic.pattern.test(text)) continue;
      const wish = firstRule(preferenceRules, text);
      const decided = prompt.length <= DECIDED_CHARS ? firstRule([notThatWay, orderWithReason], text) : null;
      const category = wish === null ? "decision" : "preference";
      const rule = wish ?? decided;
      if (rule === null) continue;
      found.push({
        category,
        text: keep(leansOnContext(rule, text) ? inContext(context, text) : text, stateLimits.statementCost),
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

/** Whether a sentence says nothing without the one before it. */
function leansOnContext(rule: Rule, text: string): boolean {
  return rule === notThatWay || pointsBack.pattern.test(text);
}

/** A sentence with the one before it, where there is one and the two are not too long. */
function inContext(before: string, text: string): string {
  return before === "" || before.length + text.length >= LONGEST ? text : `${before} ${text}`;
}

/** Lines quoted with ">" are somebody else's words. */
function withoutQuotes(prompt: string): string {
  return prompt.replaceAll(/^\s{0,8}>.{0,4000}$/gmu, "");
}
