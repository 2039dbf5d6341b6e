/** Which prompts are requests that name a session, and which only move it along. */
import type { Rule } from "./rule.ts";

/** Answers and nudges. Not a headline; the story still tells what was agreed to. */
export const trivialRequest: Rule = {
  name: "trivial request",
  pattern:
    /^(?:(?:ok(?:ay)?|yes|yep|yeah|yup|y|sure|please|pls|plz|pleas|cool|great|nice|perfect|thanks|thank you|thx|ty|no|nope|n|hi|hello|hey|go|right|correct|alright|and|now|then|lgtm|sounds good|looks good|good|fine|done|do it|do that|do so|go ahead|go on|go for it|continue|proceed|carry on|keep going|resume|retry|try again|again|next|commit|push|merge|pr|open|create|make|a|an|the|it|this|that|these|them|everything|all|changes?|changse|i made some|as well|too|can you|could you|let's|lets|bump|same|ship|deploy|stop|wait|never ?mind|test|tests|\d{1,2}|[a-d])(?:[\s,.!;:)&/-]{1,6}|$)){1,14}\??$/iu,
  yes: [
    "yes",
    "commit this",
    "push and PR",
    "ok, go ahead!",
    "yes pleas bump",
    "I made some changse as well. can you commit everything",
    "1",
    "thanks!",
    "do it",
    "LGTM, merge it",
  ],
  no: [
    "fix lint",
    "Review PR #36",
    "let's first fix the empty-pack",
    "why this method does only work on unix and not windows?",
    "commit only the parser changes",
  ],
};

/** A yes, with or without more words: what the agent offered is what was agreed. */
export const agreement: Rule = {
  name: "agreement",
  pattern:
    /^(?:yes|yep|yeah|yup|y|sure|ok(?:ay)?|do it|go ahead|please do|sounds good|go for it)\b(?!.{0,30}\bbut\b)/iu,
  yes: ["yes", "yeah do it, then update the PR description", "ok", "yes pleas bump"],
  no: ["no", "why?", "yesterday it worked", "yes but not that way"],
};

/** The agent asks leave to do something: what a yes agrees to, as its first group. */
export const offer: Rule = {
  name: "offer",
  pattern:
    /\b(?:want me to|do you want me to|would you like me to|should i|shall i|ready for me to)\s(.{4,240}?)\?/iu,
  yes: ["Do you want me to commit this fix?", "Want me to bump to `0.2.0` across all 5 manifests?"],
  no: ["Which would you prefer?", "I want me time."],
};

/** Slash commands that steer the tool and ask for no work. */
export const quietCommand: Rule = {
  name: "quiet command",
  pattern:
    /^\/?(?:exit|quit|clear|compact|ide|model|help|login|logout|status|statusline|cost|context|resume|config|permissions|mcp|plugins?|reload-plugins|hooks|memory|doctor|terminal-setup|vim|theme|usage|fast|rename|export|add-dir|agents|bug|feedback|release-notes|upgrade|privacy-settings|output-style|tasks|todos|rewind|remote-control|effort|color|copy|btw|init-verifiers|sandbox|skills|stats|voice|bashes|migrate-installer|install-github-app)$/iu,
  yes: ["/exit", "/compact", "/reload-plugins", "ide"],
  no: ["/commit", "/simplify", "/review", "/exit-strategy"],
};

/** The first line only introduces what was pasted below it. */
export const leadIn: Rule = {
  name: "lead-in",
  pattern:
    /^.{0,120}:\s*$|^(?:can|could|would) you (?:please )?(?:take a )?look(?: at (?:this|it))?\b.{0,20}$/iu,
  yes: ["can you take a look at:", "I'm getting this error on GH Actions:"],
  no: ["fix the parser", "can you look at the parser tests and make them pass"],
};
