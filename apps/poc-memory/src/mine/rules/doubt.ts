/** What keeps a sentence from being taken as a fact: doubt, questions, plans, and words that point at what is not there. */
import type { Rule } from "./rule.ts";

/** The speaker is not sure, asks, proposes or announces. */
export const doubtRules: readonly Rule[] = [
  {
    name: "hedge",
    pattern:
      /\b(?:likely|probably|perhaps|maybe|might|may be|could be|seems?|appears? to|apparently|possibly|presumably|i (?:think|believe|suspect|guess|assume|wonder)|not sure|unclear|suggests that|looks like|hopefully|in theory|potentially)\b/iu,
    yes: ["This is likely the culprit.", "It might be a race."],
    no: ["The maximum is 5.", "`Close()` blocks."],
  },
  {
    name: "question",
    pattern:
      /\?["')\]`]{0,2}\s*$|\b(?:want me to|should i|shall i|would you like|do you want|let me know)\b/iu,
    yes: ["Should I fix it?", "Let me know what you think."],
    no: ["It asks for a name."],
  },
  {
    name: "announcement",
    pattern:
      /^(?:(?:now|ok|okay|next|first|then|also|actually|and|so|good|great|perfect|done|all right)[,.!:\s—–-]{1,4}){0,3}(?:let me|let['’]s|i['’]?ll|i will|i need to|i['’]m going to|i am going to|i should|i want to|i can|we(?:['’]ll| will| could| should| can)|you (?:can|could|might|may|should)|going to|to (?:fix|do|test|verify|merge) )\b/iu,
    yes: ["Let me check.", "Now I'll add a test.", "You can run it with `x`."],
    no: ["The lock is held.", "I did not add it."],
  },
  {
    name: "proposal",
    pattern:
      /\b(?:i['’]d (?:recommend|suggest|start|go)|i (?:recommend|suggest|propose)|my recommendation|consider (?:adding|using|removing|either)|option [a-d1-4]\b|one option|alternatively|would (?:let|allow|make|need|require|also|help)|worth (?:a|revisiting|doing|considering|being)|todo|next steps?|for now)\b/iu,
    yes: ["I'd recommend the first.", "Alternatively, gate it on a capability."],
    no: ["It was recommended by the linter."],
  },
  {
    name: "praise",
    pattern:
      /^(?:excellent|great|perfect|awesome|nice|all (?:tests|good|green|set|done|four|three|five|\d)|everything (?:looks|is|works)|looks good|tests? pass|lint (?:is|passes)|build passes|committed|pushed|done\b)/iu,
    yes: ["Perfect. Now I have all of it.", "All tests pass.", "Done. Committed as `a1`."],
    no: ["The perfect hash is built once."],
  },
];

/** Pointing words at the start: without what came before, the sentence says nothing. */
export const dangling: Rule = {
  name: "dangling",
  pattern:
    /^(?:this|that|these|those|it|its|it['’]s|they|them|he|she|there|here|which|so|and|but|or|then|also|both|either|neither|such|same|the (?:same|former|latter|above|following|fix|change|changes|approach|bullet|reason|worst case)|in (?:this|that) case|the (?:original|old|new|existing|current|previous|other|earlier|updated) (?!`)[a-z]{1,20}|as (?:above|before)|above|below|no|yes|step \d|\d{1,2}[.)])\b(?!\s(?:repo|repository|project|codebase|package|service|app)\b)/iu,
  yes: ["This is wrong.", "It depends on the mutex.", "The fix is simple."],
  no: [
    "This repo nests everything under `plugins/`.",
    "`ShowFile` swallowed errors.",
    "The trailer follows the format.",
  ],
};

/** Things that are true of one moment, not of the project. */
export const passing: Rule = {
  name: "passing",
  pattern:
    /\b(?:this (?:branch|pr|pull request|commit|session|conversation|run|turn|answer|message|time|line|part)|your (?:selection|message|screenshot|terminal|machine|report|clipboard)|my (?:edit|change|previous|earlier|last)|just (?:now|ran|pushed|added|happened)|currently (?:running|waiting)|right now|so far|working tree|uncommitted|earlier in the session|as i (?:said|mentioned)|mentioned above|see above|(?:the|your) (?:diff|screenshot) (?:above|below))\b/iu,
  yes: ["This branch is behind main.", "The changes remain uncommitted."],
  no: ["A branch is made for each release."],
};

/** Headings under which nothing is settled: plans, options, instructions, advice, counts of tests. */
export const unsettledHeading: Rule = {
  name: "unsettled heading",
  pattern:
    /\b(?:plan|next steps?|todos?|recommend(?:ation|ed|s)?|what i['’]?d|suggest(?:ion|ed|s)?|options?|step \d|how to|usage|follow-?ups?|open questions?|proposal|alternatives?|probably|maybe|nits?|noted|quick|out of scope|on filing|future|ideas?|example|verify|test plan|tests? added|would)\b/iu,
  yes: ["Next steps", "What I'd actually do", "Why it's probably fine", "Recommendation:"],
  no: ["What changed", "Root cause", "Design decisions"],
};

/** The whole answer offers a choice: its sentences are options, not results. */
export const choiceRule: Rule = {
  name: "choice",
  pattern:
    /\b(?:which (?:one|ones|of|would|do you|option|approach|should)\b|pick one|how would you like|what would you (?:like|prefer)|would you prefer).{0,160}\?/iu,
  yes: ["Which would you prefer?", "Which one(s) do you want to dig into?"],
  no: ["It tells which one failed.", "Want me to commit this?"],
};

/** Said to pass the time: announcements, questions, praise. Tells nothing about how a request came out. */
export const talk: Rule = {
  name: "talk",
  pattern:
    /^(?:(?:now|ok|okay|next|first|then|also|good|great|perfect|and|so)[,.!:\s—–-]{1,4}){0,3}(?:let me|let['’]s|i['’]ll|i will|i need to|i['’]m going to)\b|\?["')\]`]{0,2}$|^(?:done|perfect|great|excellent|good|all done|here(?:['’]s| is| are)\b.{0,80}|summary(?: of changes)?|changes|everything looks (?:good|correct))[.!:]?$/iu,
  yes: [
    "Let me check.",
    "Done.",
    "Want me to commit this?",
    "Here's what I changed:",
    "Now let me add the test.",
  ],
  no: ["You can now profile startup with:", "Committed as `a1b2c3d`."],
};

/** The agent goes and looks: no explanation of a failure. */
export const looking: Rule = {
  name: "looking",
  pattern:
    /\b(?:let me|let['’]s|i['’]ll|i will|i need to|i should) (?:first |also |just |now |quickly )?(?:look|check|see|read|find|run|verify|try|examine|investigate|get|view|search|test|inspect|take)\b|^(?:now|ok|good|great|perfect)\b/iu,
  yes: ["Let me check how it is called.", "I'll run the tests."],
  no: ["The linter found duplication between the two tests.", "Let me refactor to a table-driven test."],
};
