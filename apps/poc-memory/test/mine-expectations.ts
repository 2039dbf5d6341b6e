/**
 * What a careful reader of the real sessions would keep, and what they would be annoyed to find. Written by
 * reading prompts, answers, calls and results, not by looking at what the miner makes of them.
 */

/** Where a text must, or must not, be: any memory, any that is no episode, or the memories of a category. */
export type Where = "any" | "facts" | "episode" | "preference" | "decision" | "fix" | "command" | "project";

export interface Expectation {
  readonly in: Where;
  readonly text: string | RegExp;
}

export interface SessionExpectation {
  /** Below the folder of real sessions, or `examples/…` of the application. */
  readonly file: string;
  readonly segments: number;
  /** Least and most memories that are no episode, over all segments. */
  readonly facts: readonly [least: number, most: number];
  readonly found: readonly Expectation[];
  readonly absent: readonly Expectation[];
}

const inAny = (text: string | RegExp): Expectation => ({ in: "any", text });
const inFacts = (text: string | RegExp): Expectation => ({ in: "facts", text });
const inEpisode = (text: string | RegExp): Expectation => ({ in: "episode", text });
const as = (category: Where, text: string | RegExp): Expectation => ({ in: category, text });

export const sessions: readonly SessionExpectation[] = [
  {
    file: "claude-code/cc-2.0.64-oldest.jsonl",
    segments: 1,
    facts: [5, 10],
    found: [
      inEpisode(/^# I've noticed whatever command I invoke/u),
      inEpisode("down from ~800ms to ~135ms"),
      inEpisode("Could it be a timeout failing to reach Posthog"),
      inEpisode("`cmd/entire/cli/telemetry/telemetry.go` (14 edits)"),
      as("project", "The default `ShutdownTimeout` is 0, which means wait indefinitely."),
      as("fix", /Fixed PostHog telemetry blocking CLI exit by setting:.*`BatchUploadTimeout: 200ms`/u),
      as(
        "fix",
        /`mise run lint` failed with .*silentLogger does not implement posthog\.Logger \(missing method Debugf\).*Debugf\(_ string/u,
      ),
      as("fix", /G304: Potential file inclusion.*cmd\/entire\/main\.go/u),
      as("project", "`ENTIRE_TRACE` env var"),
      as("command", "`mise run test`"),
      as("command", "`go build -o ./entire ./cmd/entire`"),
    ],
    absent: [
      inAny("parse error near"),
      inAny("Close() took"),
      inAny(/likely culprits/iu),
      inFacts("HTTP request itself has a 10s timeout"),
      inFacts("Let me"),
      inAny("File does not exist"),
      inAny("system-reminder"),
      inFacts("Scheduler latency profile"),
    ],
  },
  {
    file: "claude-code/cc-2.1-compact-small.jsonl",
    segments: 2,
    facts: [4, 8],
    found: [
      inEpisode(/^# feat\(manual-commit\): detect mid-session commits/u),
      inEpisode("https://github.com/entireio/cli/pull/85"),
      inEpisode(/^# there is a PR review comment/u),
      inEpisode("I agree with Copilot's review comment"),
      inFacts(/commit 6d61daa .*Add TranscriptAnalyzer interface for agent-agnostic transcript analysis/u),
      as(
        "project",
        /`sessionHasNewContentFromLiveTranscript` function was returning `true` if ANY file modifications/u,
      ),
      as("command", "`mise run test:integration`"),
    ],
    absent: [
      inAny(/^# commit this/mu),
      inAny("This session is being continued"),
      inAny("Todos have been modified"),
      inAny("posix_spawn"),
      inAny("Co-Authored-By"),
      inAny("diagnostics were stale"),
      inFacts("nothing to commit, working tree clean"),
    ],
  },
  {
    file: "claude-code/cc-2.1-local-command.jsonl",
    segments: 1,
    facts: [1, 5],
    found: [
      inEpisode(/^# help! soph made a bunch of stacked PRs/u),
      inEpisode("PR #89 - Do not truncate Logs when storing"),
      inEpisode("store full transcripts instead of truncating at the last condensation point"),
      inEpisode("The last request was not answered when the segment ended."),
      as("command", "`mise run test`"),
    ],
    absent: [
      inAny("Code Review Request"),
      inAny("Base directory for this skill"),
      inFacts("This branch is behind main"),
      inAny("local-command"),
      inAny("/ide"),
      inFacts("Which would you prefer"),
      inFacts("Rebase on main"),
    ],
  },
  {
    file: "claude-code/cc-2.1-summary-lines.jsonl",
    segments: 1,
    facts: [6, 11],
    found: [
      inEpisode(/^# Some more PR comments now/u),
      inEpisode("argh, we have a test failure"),
      inEpisode("(agreed: fix it anyway since it's blocking the PR)"),
      inEpisode("what happens now once we do this, in that parallel access case?"),
      inFacts(/data race in `paths\.RepoRoot\(\)` - the function uses package-level cached variables/u),
      as("fix", /commit 7e36757 .*files being committed actually overlap with files the agent modified/u),
      as("decision", "`GetTranscriptLineCount` is a Claude-specific implementation detail"),
      as("decision", "Debug is appropriate - this is normal operation"),
    ],
    absent: [
      inAny("HTTP 404"),
      inAny("Catch you later"),
      inAny("/exit"),
      inAny("ENT-112: Mid-session commits via transcript analysis"),
      inAny("tool use was rejected"),
      inFacts("Want me to fix it anyway"),
      inFacts("I'll add a mutex"),
      // A list of what changed, without a reason: git tells that better.
      inFacts("commit 4219c4f"),
    ],
  },
  {
    file: "claude-code/cc-2.1.119-plan-bridge.jsonl",
    segments: 1,
    facts: [6, 11],
    found: [
      inEpisode(/^# some of the agent installs aren't working like cursor/u),
      inEpisode(
        "(agreed: bump to `0.2.0` across all 5 manifests and drop the stale `contextFileName` field)",
      ),
      inEpisode("https://github.com/entireio/skills/pull/5"),
      inEpisode("Layout now matches `cc-skills-golang`"),
      as(
        "decision",
        `Decided by the person in skills: "update to 0.3.0 because some else is going to merge a 0.2.0"`,
      ),
      as("decision", /commit 41369d3 .*Move skills from plugins\/entire\/skills to top-level skills\//u),
      as("fix", /commit e24e6fb .*drop contextFileName for deleted GEMINI\.md/u),
      as("project", /This repo nests everything under `plugins\/entire\/skills\/`, which is why Cursor/u),
      as(
        "project",
        /Version lives in 5 files to keep in sync: `\.claude-plugin\/plugin\.json`;.*`gemini-extension\.json`/u,
      ),
      inFacts(
        "Restore GEMINI.md (and contextFileName in gemini-extension.json) so Gemini context loading still works",
      ),
    ],
    absent: [
      inFacts("checkpoint-expansion"),
      inFacts(/two-adapters threshold|Leverage/u),
      inAny("Monitor armed"),
      inAny("File has not been read yet"),
      inAny("Blocked: sleep"),
      inFacts("tightest iteration loop"),
      inAny("disable recaps"),
      inAny("You are a code review automation agent"),
      inFacts("I'd start with"),
      inAny("Updated task #1 status"),
      inFacts("bumping is cheap insurance"),
      inFacts("commit a119127"),
    ],
  },
  {
    file: "claude-code/cc-2.1.1xx-attachments.jsonl",
    segments: 1,
    facts: [5, 9],
    found: [
      inEpisode("git-sync: batched bootstrap sends pack-less ref creates that some servers"),
      inEpisode("https://github.com/entireio/git-sync/pull/74"),
      inEpisode("let's first fix the empty-pack"),
      inFacts(/commit 462a28b .*Delete-only pushes stay pack-less, as git requires/u),
      as(
        "decision",
        /Generalizing the rule into `sendReceivePack`.*`PushObjects` always encodes a real pack/u,
      ),
      as("decision", /`PreferredObjectFormat` accessor.*speculative generality/u),
      as("fix", /perfsprint.*`hex\.EncodeToString`/u),
      as("command", "`go test ./internal/gitproto/...`"),
    ],
    absent: [
      inAny("REUSE-focused"),
      inAny("String to replace not found"),
      inFacts("I'd reword"),
      inAny("Perfect. Now I have"),
      inFacts("already minimal and idiomatic"),
      inAny("no matches found"),
      inAny("recaps in /config"),
      inFacts("has upstream range"),
    ],
  },
  {
    file: "claude-code/cc-2.1.2xx-small.jsonl",
    segments: 1,
    facts: [0, 3],
    found: [
      inEpisode(/^# Review PR #36/u),
      inEpisode("Verdict: Approve."),
      inEpisode("`ShowFile` used to classify"),
      as("decision", "`GrepIndexMatches` is deliberately exempted"),
    ],
    absent: [
      inAny("(eval):1"),
      inAny("Gather this"),
      inAny("mktemp"),
      inAny("scratchpad"),
      inFacts("would read better"),
    ],
  },
  {
    file: "claude-code-growing/t5.jsonl",
    segments: 1,
    facts: [5, 10],
    found: [
      inEpisode(/^# why this method does only work on unix and not windows\?/u),
      inEpisode("I'm getting this error on GH Actions: cmd/entire/cli/telemetry/detached_test.go: SA5011"),
      inEpisode("The API key is no longer visible in `ps`"),
      as(
        "fix",
        /SA5011: possible nil pointer dereference.*The staticcheck linter doesn't recognize that `t\.Fatal` terminates execution/u,
      ),
      as(
        "fix",
        /\(dupl\).*The linter found duplication between the two tests\. Refactor to a table-driven test/u,
      ),
      as("decision", /API key and endpoint are visible in `ps` output since they're passed as argv/u),
      as("decision", "Since telemetry is best-effort, a no-op is appropriate for unsupported platforms."),
      as("project", /`detached_other\.go` with a `\/\/go:build !unix` tag/u),
      as("command", "`mise run lint`"),
    ],
    absent: [
      inFacts("`Setpgid` is a Unix concept"),
      // What was only moved: the code says it.
      inFacts("Extracted `BuildEventPayload()`"),
      inAny("tmp-2096"),
      inAny("Fix Lint Errors in Project Files"),
      inFacts("IDE warning"),
      inAny("golangci-lint-2.8.0-linux-amd64"),
      inFacts("consider either stubbing"),
      inFacts("If Windows support becomes important later"),
      inFacts("line 54-56"),
    ],
  },
  {
    file: "examples/sessions/-home-robin-tide-clock/5b0c2f6e-2c1d-4f0a-9a53-0d6f6a6f1a01.jsonl",
    segments: 1,
    facts: [3, 5],
    found: [
      inEpisode(/^# The test 'high tide is announced once a day' in tide-clock fails on CI/u),
      inEpisode("Committed 4be11d2"),
      as("preference", "never use the local time zone in this project, always pass the station's zone"),
      as(
        "fix",
        /● high tide is announced once a day.*CI runs in UTC, and the tide table is in station time.*stationDay/u,
      ),
      as("project", "The root cause is that announce.ts mixes local time with station time"),
    ],
    absent: [
      inFacts("Found it"),
      inFacts("`npm test -- tides` runs tests"),
      as("preference", "Find out why before you change anything"),
    ],
  },
  {
    file: "examples/sessions/-home-robin-tide-clock/c81e4d70-7f57-4d9f-8a0e-6b1d0c9c2b02.jsonl",
    segments: 2,
    facts: [6, 9],
    found: [
      inEpisode("https://github.com/example/tide-clock/pull/27"),
      as("preference", /iCalendar file\. Don't add a dependency for it, the format is simple enough\./u),
      as("preference", "I prefer one pull request per command"),
      as("decision", "write the iCalendar lines by hand instead of using the ics package, because"),
      as("fix", /TS2345.*The station name is optional in the table.*`station\.name \?\? station\.id`/u),
      as(
        "project",
        /written without a zone, so the calendar reads them as local time\. The reason is that DTSTART/u,
      ),
      as("command", "`npm test` runs tests"),
    ],
    absent: [inAny("This session is being continued"), inFacts("Opened pull request 27")],
  },
  {
    file: "examples/sessions/-home-robin-seed-catalog/0f9a7c1b-3e44-4b7e-b1c7-2f60c3a1dd03.jsonl",
    segments: 1,
    facts: [4, 5],
    found: [
      inEpisode("The three worst: 1. `loadCatalog` parses all 412 JSON files"),
      inEpisode("Start is down from 9.1 s to 7.0 s."),
      as("preference", "always run `npm run build` before you say something is done in this repo"),
      as(
        "decision",
        /keyed by a hash of the catalog files\. No, not by mtime: our deploys touch every file\./u,
      ),
      as(
        "fix",
        /Cannot find module '\.\/index-cache'.*the project is ESM.*`'\.\/index-cache'` → `'\.\/index-cache\.js'`/u,
      ),
      as("command", "`npm run build` builds"),
    ],
    absent: [inAny(/\(6\.8 s\)\. 2\.(?:\n|$| →)/u), inFacts("Start is down from")],
  },
];
