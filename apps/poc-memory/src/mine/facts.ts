/** What of a segment outlasts it: preferences, decisions, fixes, commands, what was found out about the project. */
import { isTask, programOf } from "./command-line.ts";
import { commandEntity, entitiesIn, errorEntities, fileEntity } from "./entities.ts";
import { factKey, normalised } from "./keys.ts";
import { memoryLimits } from "./limits.ts";
import type { MinedMemory } from "./mined.ts";
import { projectName } from "./paths.ts";
import { decisionRules, madeRule } from "./rules/statements.ts";
import { firstRule } from "./rules/rule.ts";
import type {
  CommandKind,
  CommandRun,
  Commit,
  Fix,
  LinePlace,
  SegmentState,
  Statement,
} from "./segment-state.ts";
import { saysTheSame, sharedWords, standing } from "./statements.ts";
import { changesTold, commitTold, day, ended, fixTold, receipts } from "./tell.ts";
import { shorten } from "./text/keep.ts";

/** A fact before it has a key. `core` is what it says, without the words around it: what makes two of them one. */
interface Fact {
  readonly category: string;
  readonly core: string;
  readonly content: string;
  readonly places: readonly LinePlace[];
  readonly entities: readonly (string | null)[];
}

/** Facts of a segment in the order of their worth, no two the same. `episode` is the key of its episode. */
export function factsOf(state: SegmentState, episode: string): readonly MinedMemory[] {
  const project = projectName(state.root ?? state.cwd);
  const edited = new Set(state.files.map((file) => file.path));
  const all = [
    ...wishes(state, project),
    ...mended(state, project),
    ...committed(state, project),
    ...stated(state, project),
    ...commands(state, project),
  ];
  const chosen: Fact[] = [];
  for (const fact of all) {
    if (!chosen.some((known) => isSameFact(known, fact))) chosen.push(fact);
  }
  return chosen.map((fact) => {
    const content = shorten(fact.content, memoryLimits.factChars);
    const found = receipts(state.place.transcript, fact.places, memoryLimits.receipts);
    return {
      key: factKey(fact.category, project, fact.core),
      type: "semantic",
      content,
      category: fact.category,
      createdAtMs: found[0]?.atMs ?? 0,
      entities: [
        ...new Set([
          ...fact.entities.filter((entity) => entity !== null),
          ...entitiesIn(content, state.root, edited),
        ]),
      ].slice(0, memoryLimits.entities),
      receipts: found,
      episode,
    };
  });
}

function isSameFact(a: Fact, b: Fact): boolean {
  if (a.category === "command" || b.category === "command")
    return a.category === b.category && normalised(a.core) === normalised(b.core);
  return saysTheSame(a.core, b.core) || (a.category === "fix" && saysTheSame(a.content, b.core));
}

/** Preferences and decisions of the person, in their own words and marked as such: data, not orders. */
function wishes(state: SegmentState, project: string): readonly Fact[] {
  const said = state.statements.filter((statement) => statement.said === "person");
  const preferences = said.filter(({ category }) => category === "preference");
  const decisions = said.filter(({ category }) => category === "decision");
  return [
    ...preferences
      .slice(0, memoryLimits.preferences)
      .map((statement) => quoted(statement, `The person's preference, said in ${project}:`)),
    ...decisions
      .slice(0, memoryLimits.decisions)
      .map((statement) => quoted(statement, `Decided by the person in ${project}:`)),
  ];
}

function quoted(statement: Statement, words: string): Fact {
  return {
    category: statement.category,
    core: statement.text,
    content: `${words} "${statement.text}"`,
    places: [statement.at],
    entities: [],
  };
}

function mended(state: SegmentState, project: string): readonly Fact[] {
  return state.fixes
    .map((fix) => (fix.why === "" ? { ...fix, why: explanationOf(fix, state) } : fix))
    .filter((fix) => fix.why !== "" || fix.changes.some((change) => change.change !== ""))
    .slice(-memoryLimits.fixes)
    .map((fix) => ({
      category: "fix",
      core: `${fix.errors[0] ?? ""} ${fix.command ?? ""} ${changesTold(fix.changes)}`,
      content: fixTold(fix, project),
      places: [fix.failedAt, fix.fixedAt],
      entities: [
        ...fix.errors.flatMap((error) => errorEntities(error)),
        ...fix.changes.map((change) => fileEntity(change.path, state.root, new Set([change.path]))),
        fix.command === null ? null : commandEntity(fix.command),
      ],
    }));
}

/** The cause that the answer of the same turn names, where it speaks of this error; else "". */
function explanationOf(fix: Fix, state: SegmentState): string {
  return (
    standing(state).find(
      ({ said, category, turn, text }) =>
        said === "agent" &&
        category === "project" &&
        turn === fix.turn &&
        sharedWords(text, fix.errors[0] ?? "") >= EXPLAINS_SHARE,
    )?.text ?? ""
  );
}

const REASON =
  /\b(?:because|since|so that|so\b|instead of|rather than|to (?:avoid|prevent|match|keep|allow|ensure|make|fix|support)|avoids?|which|previously|now that|in order)\b/iu;
/** Subjects of commits that change nothing which a person would meet. */
const CHANGELOG = /^(?:refactor|chore|docs|style|tests?|ci|build)(?:\(.{1,40}\))?!?:/iu;
const BODY_MIN = 40;
/** Share of an error's words in what the agent said afterwards, from which on that explains the error. */
const EXPLAINS_SHARE = 0.6;
const FILES_OF_COMMIT = 12;
/** Share of a statement's words in the commit of its turn, from which on the commit tells it. */
const TOLD_SHARE = 0.5;
/** Room for the words around a commit's own. */
const COMMIT_WORDS = 120;

/** A list of what changed, a merge without resolutions, a new version number: they tell nothing that git does not. */
function tellsWhy(commit: Commit): boolean {
  const { subject, body } = commit;
  if (/^(?:wip|fixup!|squash!|revert\b)/iu.test(subject)) return false;
  if (body.length < BODY_MIN) return REASON.test(subject) && !/^(?:bump|release)\s/iu.test(subject);
  return commitCategory(commit) !== "project" || !CHANGELOG.test(subject);
}

/** A later commit of the segment does the same to another version: "Bump to 0.3.0" after "Bump to 0.2.0". */
function isSuperseded(commit: Commit, all: readonly Commit[]): boolean {
  const upToVersion = /^(.{3,60}?)\s?v?\d{1,5}\.\d{1,5}/u.exec(commit.subject)?.[1];
  if (upToVersion === undefined) return false;
  return all.slice(all.indexOf(commit) + 1).some((later) => later.subject.startsWith(upToVersion));
}

/** Commits that tell why. */
function committed(state: SegmentState, project: string): readonly Fact[] {
  return state.commits
    .filter((commit) => tellsWhy(commit) && !isSuperseded(commit, state.commits))
    .map((commit) => {
      const words = commitTold(commit, memoryLimits.factChars - COMMIT_WORDS);
      return {
        category: commitCategory(commit),
        core: words,
        content: `In ${project}, commit ${commit.sha} on ${commit.branch} (${day(commit.at.atMs)}): ${ended(words)}`,
        places: [commit.at],
        entities: filesOf(commit, state),
      };
    });
}

/** Files that were changed since the commit before: what most likely is in it. */
function filesOf(commit: Commit, state: SegmentState): readonly (string | null)[] {
  const before = state.commits[state.commits.indexOf(commit) - 1]?.turn ?? -1;
  const changed = state.files.filter((file) => file.lastTurn > before && file.lastTurn <= commit.turn);
  const edited = new Set(changed.map((file) => file.path));
  return changed.slice(0, FILES_OF_COMMIT).map((file) => fileEntity(file.path, state.root, edited));
}

function commitCategory({ subject, body }: Commit): string {
  if (/^(?:fix|bugfix|hotfix)\b/iu.test(subject)) return "fix";
  return REASON.test(`${subject} ${body}`) ? "decision" : "project";
}

/** What the agent stated, the surest first. */
function stated(state: SegmentState, project: string): readonly Fact[] {
  const byMerit = standing(state)
    .filter((statement) => statement.said === "agent")
    .toSorted((a, b) => b.merit - a.merit || a.at.line - b.at.line);
  const told = (categories: readonly string[], count: number): readonly Fact[] =>
    byMerit
      .filter((statement) => categories.includes(statement.category) && !toldByCommit(statement, state))
      .slice(0, count)
      .map((statement) => ({
        category: statement.category,
        core: statement.text,
        content: `${statement.category === "decision" || firstRule(decisionRules, statement.text) !== null ? "Decision in" : "In"} ${project}: ${ended(statement.text)}`,
        places: [statement.at],
        entities: [],
      }));
  return [...told(["fix", "project"], memoryLimits.projects), ...told(["decision"], memoryLimits.decisions)];
}

/** A commit tells it already, and better: what was made, what "the bug" was, a table of the same resolutions. */
function toldByCommit(statement: Statement, state: SegmentState): boolean {
  if (statement.rule === madeRule.name) return state.commits.length > 0;
  return state.commits.some(
    (commit) =>
      commit.turn === statement.turn &&
      tellsWhy(commit) &&
      (/^the (?:bug|issue|problem|error|failure)\b/iu.test(statement.text) ||
        sharedWords(statement.text, `${commit.subject} ${commit.body}`) >= TOLD_SHARE),
  );
}

const PURPOSE: Readonly<Partial<Record<CommandKind, string>>> = {
  test: "runs tests",
  lint: "checks the code (lint, types)",
  build: "builds",
  format: "formats the code",
  release: "makes or deploys a release",
};
const ORDER: readonly CommandKind[] = ["test", "lint", "build", "format", "release"];
const WORDS_MAX = 9;

/** Commands that worked here and will again: the project's own tasks first, one of each program. */
function commands(state: SegmentState, project: string): readonly Fact[] {
  const worth = lasting(state.runs).toSorted(
    (a, b) =>
      ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) ||
      Number(isTask(b.command)) - Number(isTask(a.command)) ||
      b.succeeded - a.succeeded ||
      a.at.line - b.at.line,
  );
  // A tool called on some path tells little where the project has a task for it.
  const own = worth.filter(
    (run) => isTask(run.command) || !worth.some((other) => other.kind === run.kind && isTask(other.command)),
  );
  return own
    .filter(
      (run, at) =>
        own.findIndex(
          (other) => other.folder === run.folder && programOf(other.command) === programOf(run.command),
        ) === at,
    )
    .slice(0, memoryLimits.commands)
    .map((run) => ({
      category: "command",
      core: `${run.command} ${run.folder}`.trim(),
      content: `In ${project}, \`${run.command}\` ${PURPOSE[run.kind] ?? "works"}${run.underlying === "" ? "" : `: it runs \`${run.underlying}\``}${run.folder === "" ? "" : `; run it in \`${run.folder}\``}.`,
      places: [run.at],
      entities: [commandEntity(run.command)],
    }));
}

/** Runs whose command is worth keeping. */
export function lasting(runs: readonly CommandRun[]): readonly CommandRun[] {
  const momentary =
    /^[A-Z_]\w{0,40}=|["'$;|…<>*(){}\\]|\[redacted:|\s--\s|\s-(?:run|k|t|-grep|-filter|-testNamePattern|run=)[=\s]|\/(?:tmp|private|var)\/|(?:^|\s)\S{1,120}(?:_test\.go|\.test\.\w{2,3}|\.spec\.\w{2,3}|test_\w{1,60}\.py)\b|::|\s#/u;
  return runs.filter(
    (run) =>
      run.succeeded > 0 &&
      PURPOSE[run.kind] !== undefined &&
      run.command.split(" ").length <= WORDS_MAX &&
      !momentary.test(run.command),
  );
}
