/** What a person decides in a request: an order that carries its reason. */
import type { Rule } from "./rule.ts";

/** A way that is ruled out, with the reason. Says nothing without the sentence before it. */
export const notThatWay: Rule = {
  name: "not that way",
  pattern:
    /^(?:(?:no|but|and|please)[,.!\s]{1,3}){0,2}not (?:by|with|in|via|from|on|through|as|using)\s[^:;—–-]{2,60}(?::|;|\s[—–-]{1,2}|,?\s(?:because|since))\s.{10,}/iu,
  yes: [
    "No, not by mtime: our deploys touch every file.",
    "not with a regex, because the grammar nests",
    "But not in the constructor — it must stay cheap.",
  ],
  no: ["not in the mood", "No, not by mtime.", "it is not by design: it happened"],
};

/** A "for it" whose "it" was named in the sentence before. */
export const pointsBack: Rule = {
  name: "points back",
  pattern: /\b(?:for|to|with|in|from|of) (?:it|this|that)(?=[,.;:!]|$)/iu,
  yes: ["Don't add a dependency for it, the format is simple enough."],
  no: ["always use pnpm for this repo", "Use SQLite because one file is easy"],
};

/** An order with its reason. Only for short prompts; questions are left by `momentary`. */
export const orderWithReason: Rule = {
  name: "order with reason",
  pattern:
    /^(?:(?:ok(?:ay)?|yes|no|yeah|actually|and|but|so|please|hm{1,4}|well|also|then|great)[\s,.!-]{1,4}){0,3}(?:let['’]?s|we(?:['’]ll| will| should| must| need to| want to)?|use|update|upgrade|bump|keep|make|move|rename|put|drop|remove|delete|add|change|switch|revert|leave|skip|don['’]?t|do not|avoid|go with|pick|choose|set|call|split|merge|store|write|target|support|pin|start with|stay with|stick (?:to|with))\s.{4,200}\b(?:because|since|so that|in order to|to avoid|otherwise|due to|as (?:we|it|they|the|i)\b)\s?.{6,}/iu,
  yes: [
    "update to 0.3.0 because some else is going to merge a 0.2.0",
    "let's use SQLite since we only have one process",
    "Keep the old field, otherwise old clients break",
  ],
  no: [
    "do I need to increment the versions so it doesn't mess with current users?",
    "fix this because it is broken",
    "because of that it fails",
  ],
};
