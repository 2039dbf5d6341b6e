/** What a person says about how they want work done, beyond the moment. Only for sentences of prompts. */
import type { Rule } from "./rule.ts";

/** Standing instructions. A sentence must match one of these and none of `momentary`. */
export const preferenceRules: readonly Rule[] = [
  {
    name: "always",
    pattern:
      /(?:^|[,;]\s)(?:(?:and|but|also|so|btw|by the way|note|remember|important|please|ok|hey)[\s,:;-]{1,3}){0,3}(?:(?:you|we|i)\s(?:should|must|need to|have to|want to|want you to)?\s?)?(?:always|whenever|every time|each time)\b/iu,
    yes: [
      "Always run the linter before you commit.",
      "please always use pnpm",
      "Whenever you change the schema, run codegen.",
      "we should always pin versions",
    ],
    no: ["It always fails on my machine", "has this always been there?"],
  },
  {
    name: "never",
    pattern:
      /(?:^|[,;]\s)(?:(?:and|but|also|so|btw|by the way|note|remember|important|please|ok)[\s,:;-]{1,3}){0,3}(?:(?:you|we|i)\s(?:should|must|want you to)?\s?)?never(?!\s?mind)\s[a-z]/iu,
    yes: [
      "Never push to main without asking me.",
      "and please never use default exports",
      "We never commit generated files",
      "use sqlite for it, and never mock the store",
    ],
    no: ["never mind", "it has never worked", "nevermind, found it"],
  },
  {
    name: "do not … unless",
    pattern:
      /\b(?:don['’]?t|do not|dont)\s[a-z].{3,160}\b(?:unless|without (?:asking|my|me|first|telling|permission|approval)|until i (?:say|ask|tell))\b/iu,
    yes: [
      "Don't commit unless I ask you to.",
      "do not add dependencies without asking me first",
      "don't push until I say so",
    ],
    no: ["don't run that one", "I don't know what it does without the flag"],
  },
  {
    name: "stop doing",
    pattern:
      /^(?:(?:and|but|also|ok|no|please|hey)[\s,:;-]{1,3}){0,3}(?:stop|quit)\s(?:adding|using|writing|committing|pushing|creating|making|asking|putting|saying|changing|running|guessing|mocking|apologi[sz]ing|explaining|summari[sz]ing|doing|trying)\b/iu,
    yes: ["Stop adding comments to every line.", "please stop using emojis in commit messages"],
    no: ["the server should stop using the port", "stop the server"],
  },
  {
    name: "general do not",
    pattern:
      /^(?:(?:and|but|also|ok|no|so|please|again|btw)[\s,:;-]{1,3}){0,3}(?:don['’]?t|do not|dont|avoid|you (?:should|must)(?: not|n['’]t))\s(?:ever\s)?(?:us(?:e|ing)|add(?:ing)?|writ(?:e|ing)|commit(?:ting)?|push(?:ing)?|creat(?:e|ing)|mock(?:ing)?|import(?:ing)?|introduc(?:e|ing)|includ(?:e|ing)|amend(?:ing)?|install(?:ing)?|mention(?:ing)?|generat(?:e|ing)|hardcod(?:e|ing)|catch(?:ing)?|swallow(?:ing)?|edit(?:ing)?|modify(?:ing)?)\s(?!(?:any of |more )?(?:this|that|these|those|here|it|them|the)\b)(?!.{0,120}\b(?:here|(?:this|that) (?:file|function|test|one|branch|pr|commit|time))\b)[\w"'`*-]/iu,
    yes: [
      "Don't use default exports.",
      "no, do not mock our own code",
      "avoid using any in TypeScript",
      "Don't add comments that say what the code does",
    ],
    no: [
      "don't use that file",
      "don't add it yet",
      "do not push this",
      "Don't edit the config here",
      "I don't use docker",
    ],
  },
  {
    name: "prefer",
    pattern:
      /\b(?:i|we)(?:['’]d)?\s(?:really\s|generally\s|usually\s|strongly\s|always\s|would\s|much\s)?(?:prefer|like to keep|like to have|hate|dislike|can['’]t stand)\s(?!(?:this|that|it|the (?:first|second|third|last|latter|former)|option|to see|if|not sure)\b)/iu,
    yes: [
      "I prefer small commits with one idea each.",
      "We prefer composition over inheritance",
      "I'd prefer named exports everywhere",
    ],
    no: ["I prefer this one", "I prefer the second option", "which do you prefer?", "I'd prefer that"],
  },
  {
    name: "use X not Y",
    pattern:
      /^(?:(?:and|but|also|ok|no|so|please|we|you should|you must|actually|hey|just)[\s,:;-]{1,3}){0,3}use\s(?:the\s)?[`"']?[\w@/.:+-]{2,40}[`"']?(?:\s[\w`-]{1,20}){0,3}[,;]?\s(?:not|instead of|rather than|over)\s(?!(?:this|that|it|here|there)\b)[`"']?[\w@/.:+-]{2,40}/iu,
    yes: [
      "use pnpm not npm",
      "Please use `vitest` instead of jest",
      "we use tabs, not spaces",
      "Use rg rather than grep for searching.",
    ],
    no: ["use it instead of that", "can I use npm or pnpm?", "use the first one"],
  },
  {
    name: "from now on",
    pattern:
      /\b(?:from now on|going forward|in (?:the )?future|next time|for (?:all )?future (?:commits|changes|sessions|prs|pull requests)|as a (?:general )?rule|in general)\b[\s,]/iu,
    yes: [
      "From now on, write commit messages in the imperative.",
      "next time run the tests before you say it works",
      "In future, ask before installing packages.",
    ],
    no: ["what will happen in future?", "the general idea is fine"],
  },
  {
    name: "remember that",
    pattern:
      /^(?:(?:and|but|also|ok|so|please)[\s,:;-]{1,3}){0,3}(?:remember|keep in mind|note|bear in mind|don['’]?t forget)(?: that|:|,)?\s(?:to\s|we\s|i\s|our\s|the\s|you\s|in\s|this (?:project|repo|repository|codebase)\b)/iu,
    yes: [
      "Remember that we deploy from the release branch.",
      "keep in mind our CI has no network",
      "Don't forget to run codegen after schema changes",
    ],
    no: ["do you remember what we did?", "I can't remember the name"],
  },
  {
    name: "our convention",
    pattern:
      /\b(?:our|the) (?:convention|rule|policy|house style|standard|style guide|guideline) (?:here )?(?:is|says|for\b.{1,60}\bis)\b|\bwe (?:don['’]?t|do not|never|only|always) (?:use|write|commit|push|allow|support|do|mock|merge|ship|deploy|put|have)\b/iu,
    yes: [
      "Our convention is one idea per file.",
      "We don't use enums in this repo",
      "we only support node 24 and up",
    ],
    no: ["what is our convention?", "the rule engine is slow"],
  },
  {
    name: "none of it in",
    pattern:
      /^(?:(?:and|but|also|please|ok|again)[\s,:;-]{1,3}){0,3}no\s(?:more\s)?[\w' -]{3,40}\s(?:in|on|for|from)\s(?:the\s|my\s|our\s|your\s|any\s)?(?:commits?|commit messages?|comments?|code|codebase|tests?|prs?|pull requests?|docs|documentation|answers?|replies|output|production|libraries|library code|core|names?|branches|titles?)\b/iu,
    yes: ["No emojis in commit messages please.", "no default exports in the codebase", "no sleeps in tests"],
    no: ["no errors in the log", "there are no tests for it", "no"],
  },
  {
    name: "every one of them",
    pattern:
      /^(?!.{0,60}\b(?:fails?|failed|crash(?:es)?|breaks?|broke|is|was|are|were|seems?|happens?|takes?|gets?)\b).{4,120}\b(?:before|after|on|for|with|in) (?:every|each) (?:commit|change|push|pr|pull request|edit|session|file|release|merge|test|function|task|step|answer|module|package)\b/iu,
    yes: ["Run the linter before every commit.", "add a changeset with each pull request"],
    no: ["it fails after every commit", "the build takes longer with each change"],
  },
  {
    name: "make sure before",
    pattern:
      /\b(?:make sure|be sure|ensure|please run|run)\b.{3,100}\bbefore (?:you (?:commit|push|say|claim|finish|open|merge)|committing|pushing|merging|opening (?:a |any )?(?:pr|pull request)|saying|claiming|declaring)\b/iu,
    yes: ["make sure the tests pass before you commit", "run the type check before pushing"],
    no: ["make sure it works", "I ran it before you came"],
  },
  {
    name: "ask first",
    pattern:
      /\b(?:ask|check with|tell|warn) (?:me )?(?:first )?before (?:you )?(?!(?:this|that|it)\b)[a-z]{3,20}ing\b.{3,}|\bask (?:me )?before you (?!(?:do this|do that|do it)\b)[a-z]{3,20}\b.{3,}|\bi want you to (?:always|never|ask|stop|avoid)\b.{5,}/iu,
    yes: [
      "ask me before installing packages",
      "Ask before you add a dependency.",
      "I want you to never touch the lockfile by hand",
    ],
    no: ["ask me anything", "I want you to write a parser", "check with git before that"],
  },
  {
    name: "keep them so",
    pattern:
      /^(?:(?:and|but|also|please|ok)[\s,:;-]{1,3}){0,3}keep (?:your |the |all |my |our )?(?:commits?|answers?|responses?|replies|functions?|files|comments?|prs?|pull requests?|messages?|diffs?|changes|summaries|explanations?|tests)\s(?:\w{1,15}\s){0,2}(?:small|short|minimal|focused|concise|brief|simple|atomic|under|below|terse|separate)\b/iu,
    yes: ["Keep commits small.", "please keep your answers short", "keep functions under 40 lines"],
    no: ["keep the file", "keep going"],
  },
  {
    name: "such things should",
    pattern:
      /^(?:all |our |your |my )?(?:commit messages?|commits|tests|test names|branches|branch names|prs|pull requests|comments|functions|files|file names|docs|imports|types|errors|error messages|log messages|names|variables|apis|migrations)\s(?:should|must|have to|need to)\s(?:always\s|never\s|not\s)?(?:be|have|use|start|end|go|follow|contain|live|include|say|match|stay)\b(?!.{0,60}\b(?:now|again)\b)/iu,
    yes: [
      "Commit messages should be in the imperative.",
      "tests must not use the network",
      "Branch names should start with the ticket number.",
    ],
    no: ["tests should be green now", "the tests should pass", "it should be fast"],
  },
];

/** What makes an instruction one for the moment only, or no instruction at all. */
export const momentary: Rule = {
  name: "momentary",
  pattern:
    /\?\s*$|\b(?:i|we|it|they|you) (?:always|never) (?:gets?|got|sees?|saw|hits?|ends?|happens?|fails?|crash(?:es)?|works?|worked|had|has|said|asked|wanted|thought|knew|finish(?:es)?|did|does|was|were|is|are)\b|^(?:whenever|every time|each time) (?:i|it|the|this)\b(?!.{0,80},\s(?:please\s|always\s)?(?:run|use|update|add|check|write|regenerate|bump|make|ask|tell)\b)|\b(?:for now|for the moment|right now|just this once|this time|at the moment|yet|today|never ?mind|don['’]?t (?:know|think|see|understand|remember|care|worry|have|get|mind|need|want to))\b/iu,
  yes: [
    "don't commit yet",
    "For now always return null.",
    "I don't think we should always do this",
    "should we always do this?",
    "I always get this error",
    "Whenever I open the page it flickers.",
  ],
  no: [
    "Always run the linter before you commit.",
    "never push to main",
    "Whenever the schema changes, run codegen.",
  ],
};

/** Words that make a standing instruction credible inside a long, pasted prompt. */
export const emphatic: Rule = {
  name: "emphatic",
  pattern:
    /\b(?:from now on|going forward|i (?:always |really |strongly )?prefer|remember (?:that|to)|in future)\b/iu,
  yes: ["From now on, use tabs.", "I prefer tabs"],
  no: ["Always returns null when the list is empty."],
};
