/** The parts that digests of a day, a week and a month have in common: what it comes to, what was learned, what is open. */
import { balanced } from "../mine/text/clean.ts";
import { shorten } from "../mine/text/keep.ts";
import { ended } from "../mine/tell.ts";
import { mostTelling, type Gathered, type Happening, type RankedFact } from "./gather.ts";
import { learnedSections, type LearnedSection } from "./learned.ts";

/** How much of each a digest tells; a longer time is told in fewer words for each thing. */
export interface DigestBounds {
  /** Things under each heading of what was learned. */
  readonly learned: Readonly<Record<LearnedSection, number>>;
  readonly learnedChars: number;
  readonly open: number;
  readonly openChars: number;
  readonly files: number;
}

const FILE_CHARS = 120;
const OPEN_TITLE_CHARS = 60;
const PROJECTS_NAMED = 4;

/** "1 session", "3 sessions". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} and ${last}`;
}

/** A text of a memory on one line of ours. */
export function told(text: string, chars: number): string {
  return balanced(shorten(text, chars));
}

/** The projects of a time, the busiest first. */
export function projectsOf({ happenings, learned }: Gathered): readonly string[] {
  const counts = new Map<string, number>();
  for (const { project } of [...happenings, ...learned])
    if (project !== null) counts.set(project, (counts.get(project) ?? 0) + 1);
  return [...counts].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([project]) => project);
}

/** "3 sessions in cli and skills", "no session in cli". */
export function sessionsTold(gathered: Gathered): string {
  const projects = projectsOf(gathered);
  const named = projects.slice(0, PROJECTS_NAMED);
  const more = projects.length - named.length;
  const where = more > 0 ? [...named, counted(more, "more project")] : named;
  const count = gathered.happenings.length;
  const sessions = count === 0 ? "no session" : counted(count, "session");
  return projects.length === 0 ? sessions : `${sessions} in ${listed(where)}`;
}

/** "5 commits, 1 pull request, 11 changed files; 3 decisions and 1 fix kept." Only what there was. */
export function yieldTold({ happenings, learned }: Gathered): string {
  const commits = new Set(happenings.flatMap((one) => one.commits.map(({ sha }) => sha))).size;
  const requests = new Set(happenings.flatMap((one) => one.pullRequests)).size;
  const files = filesOf(happenings);
  const changed = files.size + happenings.reduce((sum, one) => sum + one.filesBeyond, 0);
  const kept = (section: LearnedSection): number => learned.filter((fact) => fact.section === section).length;
  const done = [
    commits > 0 ? counted(commits, "commit") : "",
    requests > 0 ? counted(requests, "pull request") : "",
    changed > 0 ? counted(changed, "changed file") : "",
  ].filter((words) => words !== "");
  const facts = [
    kept("Preferences") > 0 ? counted(kept("Preferences"), "preference") : "",
    kept("Decided") > 0 ? counted(kept("Decided"), "decision") : "",
    kept("Fixed") > 0 ? counted(kept("Fixed"), "fix", "fixes") : "",
    kept("Learned") > 0 ? counted(kept("Learned"), "finding") : "",
    kept("Noted") > 0 ? counted(kept("Noted"), "note") : "",
  ].filter((words) => words !== "");
  const parts = [done.join(", "), facts.length === 0 ? "" : `${listed(facts)} kept`].filter(
    (words) => words !== "",
  );
  return parts.join("; ");
}

/** What was learned, under its headings; the person's own words first, then by what came of their sessions. */
export function learnedLines(gathered: Gathered, bounds: DigestBounds): readonly string[] {
  const severalProjects = projectsOf(gathered).length > 1;
  return learnedSections.flatMap((section) => {
    const all = gathered.learned.filter((fact) => fact.section === section);
    const chosen = chooseFacts(all, bounds.learned[section]);
    if (chosen.length === 0) return [];
    const more = all.length - chosen.length;
    return [
      "",
      `## ${section}`,
      ...chosen.map((fact) => factLine(fact, bounds.learnedChars, severalProjects)),
      ...(more > 0 ? [`- … and ${more} more`] : []),
    ];
  });
}

/** Facts that a digest of these bounds tells. */
export function toldFacts(gathered: Gathered, bounds: DigestBounds): readonly RankedFact[] {
  return learnedSections.flatMap((section) =>
    chooseFacts(
      gathered.learned.filter((fact) => fact.section === section),
      bounds.learned[section],
    ),
  );
}

const PERSON_MERIT = 1_000_000;
/** Share of a line that where something was mended may take. */
const ENDING_SHARE = 0.4;

function chooseFacts(all: readonly RankedFact[], count: number): readonly RankedFact[] {
  const weighed = all.map((fact) => ({ fact, merit: fact.merit + (fact.byPerson ? PERSON_MERIT : 0) }));
  return mostTelling(weighed, count).map(({ fact }) => fact);
}

function factLine(fact: RankedFact, chars: number, severalProjects: boolean): string {
  const ending = fact.ending === "" ? "" : ` ${ended(told(fact.ending, Math.ceil(chars * ENDING_SHARE)))}`;
  const text = `${told(fact.text, chars - ending.length)}${ending}`;
  const where = [severalProjects ? fact.project : null, fact.sha].filter((part) => part !== null);
  return `- ${fact.byPerson ? `The person: "${text}"` : text}${where.length === 0 ? "" : ` (${where.join(", ")})`}`;
}

/** What the last session of each project left unfinished: of earlier ones, later ones may have finished it. */
export function openLines(gathered: Gathered, bounds: DigestBounds): readonly string[] {
  const last = new Map<string | null, Happening>();
  for (const happening of gathered.happenings) last.set(happening.project, happening);
  const severalProjects = projectsOf(gathered).length > 1;
  const lines = [...last.values()].flatMap(({ project, title, open }) =>
    open.map((line) => {
      const where = severalProjects && project !== null ? `${project}, ` : "";
      return `- ${where}"${told(title, OPEN_TITLE_CHARS)}": ${told(line, bounds.openChars)}`;
    }),
  );
  return lines.length === 0 ? [] : ["", "## Left open", ...lines.slice(0, bounds.open)];
}

/** The files that were changed most, with how often. */
export function filesLines(gathered: Gathered, bounds: DigestBounds): readonly string[] {
  const severalProjects = projectsOf(gathered).length > 1;
  const files = [...filesOf(gathered.happenings).values()]
    .toSorted((a, b) => b.edits - a.edits || (a.path < b.path ? -1 : 1))
    .slice(0, bounds.files);
  if (files.length === 0) return [];
  const names = files.map(({ path, project, edits }) => {
    const where = severalProjects && project !== null ? `${project}, ` : "";
    return `\`${shorten(path, FILE_CHARS)}\` (${where}${counted(edits, "edit")})`;
  });
  return ["", "## Most changed", ...names.map((name) => `- ${name}`)];
}

interface ChangedFile {
  readonly path: string;
  readonly project: string | null;
  readonly edits: number;
}

function filesOf(happenings: readonly Happening[]): ReadonlyMap<string, ChangedFile> {
  const files = new Map<string, ChangedFile>();
  for (const { project, files: changed } of happenings)
    for (const { path, edits } of changed) {
      const name = `${project ?? ""}\n${path}`;
      files.set(name, { path, project, edits: edits + (files.get(name)?.edits ?? 0) });
    }
  return files;
}
