/** Which sentences of an agent's answer state something that holds: causes, decisions with reasons, constraints. */
import type { Rule } from "./rule.ts";

/** A sentence (or heading) after which the next ones say what was found out. */
export const causeLeads: readonly Rule[] = [
  {
    name: "found",
    pattern:
      /^(?:found (?:it|the (?:issue|problem|bug|cause|culprit|root cause))|(?:ah|aha|ok|okay)?[,!\s]{0,3}(?:now )?i (?:now )?(?:see|understand|found|know) the (?:issue|problem|bug|cause|root cause|difference|culprit)|(?:the )?root cause(?: found| identified)?|got it|mystery solved)(?:\s(?:now|here|clearly|with|in|[—–-])[^.!?:]{0,60})?[.!:]$/iu,
    yes: [
      "Found it!",
      "I see the issue.",
      "Root cause:",
      "Now I understand the difference.",
      "Found the bug.",
    ],
    no: ["Found 3 files.", "I see the issue tracker.", "Got it working"],
  },
];

/** Headings above the account of a cause. */
export const causeHeading: Rule = {
  name: "cause heading",
  pattern:
    /^(?:(?:what )?(?:the |actual |real )?(?:root cause|cause|(?:issue|problem|bug)(?: was| is)?|why it (?:failed|fails|broke|happened)|the (?:issue|problem|bug))|diagnosis)[:.?]?$/iu,
  yes: ["Root cause", "What the issue was:", "The problem", "Why it failed"],
  no: ["Problem solving skills", "Issues to file", "The fix"],
};

/** A sentence that names a cause by itself. */
export const causeRules: readonly Rule[] = [
  {
    name: "cause is",
    pattern:
      /\b(?:the )?(?:root cause|real (?:cause|issue|problem|culprit)|underlying (?:cause|issue|problem)|actual (?:cause|issue|problem|culprit)) (?:is|was)\b|^the (?:bug|issue|problem|error|failure|test failure|race|crash|leak|regression) (?:existed|happened|happens|occurs|occurred|was caused|is caused|comes from|came from) (?:because|by|when|from|due)?/iu,
    yes: [
      "The root cause is an unprotected cache in `RepoRoot()`.",
      "The bug existed because the earlier commit dropped the file but kept `contextFileName`.",
    ],
    no: ["We need to find the root cause.", "The issue tracker is down."],
  },
  {
    name: "which is why",
    pattern: /,\s(?:which|that) is why\b|\bthat['’]s why\b/iu,
    yes: ["This repo nests everything under `plugins/`, which is why Cursor breaks."],
    no: ["Is that the reason why?"],
  },
  {
    name: "could not because",
    pattern:
      /\b(?:couldn['’]t|could not|can['’]t|cannot|doesn['’]t|does not|didn['’]t|did not|won['’]t|never|fails?|failed|breaks?|broke|blocks?|hangs?|races?)\b.{3,200}\b(?:because|since)\b.{12,}/iu,
    yes: [
      "The original test couldn't work because `Hidden: true` caused an early return.",
      "`go build` fails on Windows because `spawn` is undefined there.",
    ],
    no: ["It works because we fixed it.", "I can't tell because of noise:"],
  },
  {
    name: "visible since",
    pattern:
      /\b(?:is|are) (?:visible|exposed|leaked|ignored|skipped|swallowed|lost|dropped|cached|shared|undefined|unreachable|hardcoded)\b.{3,160}\b(?:because|since)\b.{8,}/iu,
    yes: ["The API key is visible in `ps` output since it's passed as argv."],
    no: ["The key is visible."],
  },
  {
    name: "with the effect",
    pattern:
      /^[`"\w].{24,240}\b(?:lacks?|omits?|misses|drops?|swallows?|ignores?|bypasses|leaks?|overwrites?|truncates?|interpolates?|returns?|skips?|blocks?|assumes?|uses?)\b.{4,200},\s(?:preventing|enabling|causing|leading to|resulting in|breaking|blocking|which (?:means|causes|prevents|breaks|blocks))\b.{10,}/iu,
    yes: [
      "The prompts of `trail-risk.json` interpolates a branch name into shell commands, enabling command injection.",
      "The runner in `trail-semantic-diff.json` lacks the automation block, preventing it from executing.",
    ],
    no: ["It returns early, which means the test passes.", "I moved it, breaking nothing."],
  },
];

/** A sentence that gives the reason of what the sentence before it says. */
export const reasonIs: Rule = {
  name: "reason is",
  pattern: /^the reason (?:is|was)(?: that|:)?\s.{20,}/iu,
  yes: ["The reason is that DTSTART needs either a trailing Z or a TZID; a bare time is floating."],
  no: ["The reason is unknown.", "That is the reason."],
};

/** One thing that is told in several places, and must be the same in all of them. */
export const keptInSync: Rule = {
  name: "kept in sync",
  pattern:
    /\b(?:lives?|(?:is|are) (?:defined|declared|kept|stored|duplicated)) in (?:\d{1,3}|two|three|four|five|six|seven|several|both) (?:files|places|manifests|packages|modules|spots)\b|\b(?:must|have to|need to|needs to) (?:be kept|stay) in sync\b|\bto keep in sync\b/iu,
  yes: [
    "Version lives in 5 files to keep in sync:",
    "The two tables must be kept in sync with `schema.sql`.",
  ],
  no: ["Sync the files.", "I looked in 5 files."],
};

/** A sentence that says how the project is made, in a way that matters next time. */
export const constraintRules: readonly Rule[] = [
  keptInSync,
  {
    name: "must before",
    pattern:
      /^(?:the |all |every |each |any )?[`"\w][^,;:—–]{2,70}\s(?:must(?: not)?|requires?|relies on|depends on|only (?:works|runs|accepts|reads|loads))\s.{10,}/iu,
    yes: [
      "`pnpm build` must run before the integration tests.",
      "The e2e suite requires a running `postgres` on port 5433.",
    ],
    no: ["must fix", "It works."],
  },
];

/**
 * A sentence that says what is there now that was not before: worth a fact only where no commit tells it. What was
 * moved, renamed or extracted is nothing new: the code says it.
 */
export const madeRule: Rule = {
  name: "made",
  pattern:
    /^(?:added|created|introduced|replaced|switched)\s.{10,260}\b(?:via|through|with|that|which|into|so that|to|from|directly)\b.{6,}/iu,
  yes: [
    "Added `runtime/trace` support via `ENTIRE_TRACE` env var in `main.go`",
    "Created `detached_other.go` with a `//go:build !unix` tag that provides a no-op.",
  ],
  no: [
    "Added tests.",
    "The file was created with care.",
    "Extracted `BuildEventPayload()` from the sender, that tests can call.",
  ],
};

/** A sentence that says what was chosen, with the reason in it. */
export const decisionRules: readonly Rule[] = [
  {
    name: "instead of",
    pattern:
      /\b(?:instead of|rather than)\b.{3,200}(?:,\s?which\b|\bbecause\b|\bsince\b|\bso that\b|\bto avoid\b|\bwhich (?:is|avoids|keeps|means)\b)|\b(?:chose|picked|went with|opted for|decided (?:on|to|against)|settled on)\b.{5,200}\b(?:because|since|so that|to avoid|to keep|as it|rather than|instead of|over)\b/iu,
    yes: [
      "Instead of opening a new repo inside the function, I pass the open one from the caller, which is cleaner.",
      "We went with SQLite because one file is easier to back up.",
    ],
    no: ["Use the second one instead of the first.", "I chose the file."],
  },
  {
    name: "did not because",
    pattern:
      /^(?:i|we) (?:(?:did|do) not|didn['’]t|deliberately did not|intentionally did not|left|kept|skipped|dropped|removed|avoided)\b.{5,200}(?:\s[—–-]{1,2}\s|\bbecause\b|\bsince\b|\bso that\b|\bto avoid\b).{8,}/iu,
    yes: [
      "I did not add the capability gate — sending an empty pack is unconditionally valid.",
      "We kept `0.3.0` to avoid a collision with main.",
    ],
    no: ["I did not run the tests.", "I skipped it."],
  },
  {
    name: "is right because",
    pattern:
      /(?:\b(?:since|because|as)\b.{5,200}|\bso )\b(?:is|are) (?:appropriate|unnecessary|not needed|enough|sufficient|the right (?:fix|choice|approach|call))\b|\b(?:is|are) (?:appropriate|unnecessary|not needed|sufficient|the right (?:fix|choice|approach|call))\b.{0,20}(?:\s[—–-]{1,2}\s|,?\s(?:because|since|as)\s).{8,}|,\sso the right (?:fix|choice|approach) is\b.{8,}/iu,
    yes: [
      "Since telemetry is best-effort, a no-op is appropriate for unsupported platforms.",
      "Debug is appropriate - this is normal operation, not an error condition.",
      "The recent commit removed `GEMINI.md`, so the right fix is to drop the dangling `contextFileName` reference.",
    ],
    no: ["This is appropriate.", "Is that the right fix?"],
  },
  {
    name: "since it can",
    pattern:
      /^since\s[`\w].{8,160},\s.{2,60}\b(?:can|must|has to|have to|needs? to|should|cannot|can['’]t)\b.{8,}/iu,
    yes: ["Since `SendEvent` runs in the same binary, it can read the package-level variables directly."],
    no: ["Since yesterday we can see it."],
  },
  {
    name: "on purpose",
    pattern:
      /\b(?:deliberately|intentionally|on purpose|by design)\b.{0,160}(?:\(|\bbecause\b|\bsince\b|\bso\b|\bto (?:avoid|keep|prevent|allow)\b|\s[—–-]{1,2}\s).{8,}/iu,
    yes: ["`GrepIndexMatches` is deliberately exempted (git grep uses `LC_CTYPE` for case folding)."],
    no: ["It is deliberately simple."],
  },
  {
    name: "would be wrong",
    pattern:
      /^[`\w].{8,160}\b(?:so|because|since)\b.{4,160}\bwould (?:be wrong|break|fail|produce a wrong|corrupt|leak|lose|race|deadlock)\b.{4,}/iu,
    yes: ["git-sync supports SHA-256, so a hardcoded SHA-1 empty pack would be wrong for SHA-256 targets."],
    no: ["That would be wrong."],
  },
];

/** Headings and table columns under which each item is a decision with its reason. */
export const decisionHeading: Rule = {
  name: "decision heading",
  pattern:
    /^(?:(?:what (?:was|i) )?(?:skipp(?:ed|ing)|rejected|deferred|not done|left alone)\b.{0,40}|(?:key |design )?decisions?(?: made| taken)?|resolutions?|trade-?offs?|why not\b.{0,60})(?:\s\(.{0,40}\))?:?$/iu,
  yes: ["Skipped (with reasons)", "Skipping (with notes):", "Design decisions", "Trade-offs"],
  no: ["What changed", "Tests added", "Options"],
};

/** A table that tells why. */
export const reasonColumn: Rule = {
  name: "reason column",
  pattern: /^(?:why|reason|rationale|because)$/iu,
  yes: ["Why", "Reason"],
  no: ["Whyever", "Action"],
};

/** What was mended, told as a result. */
export const fixedRule: Rule = {
  name: "fixed by",
  pattern: /^(?:fixed|resolved|solved|mended|worked around)\s.{8,200}\b(?:by|with|using)\b/iu,
  yes: ["Fixed PostHog telemetry blocking CLI exit by setting:"],
  no: ["Fixed.", "Fixed in 7e36757.", "We fixed it by hand"],
};

/** An answer to a reviewer's question, with the reason. */
export const respondedRule: Rule = {
  name: "responded",
  pattern: /^(?:responded|replied|answered|answer):\s.{30,}/iu,
  yes: ["Responded: No - `GetTranscriptLineCount` is a Claude-specific implementation detail."],
  no: ["Responded: done", "Responding to comments"],
};

/** The agent takes up what the person said: what follows is agreed between them. */
export const agrees: Rule = {
  name: "agrees",
  pattern:
    /^(?:good (?:point|catch)|you['’]re (?:absolutely |completely )?(?:right|correct)|agreed|that['’]s (?:right|correct|a good point)|great (?:point|catch))[.!,\s—–-]/iu,
  yes: ["Good point.", "You're right. Let me", "Agreed - good catch."],
  no: ["Goodness.", "You're rightly worried"],
};
