/**
 * What a fact says, without the words that the miner puts around it (mine/facts.ts; a test holds the two together):
 * a digest tells the project once and in one place. A text that is not the miner's is told as it is.
 */
import { inline } from "../mine/text/clean.ts";
import type { MemoryNode } from "../store/node.ts";

/** Headings under which a digest tells facts, in their order. */
export const learnedSections = ["Preferences", "Decided", "Fixed", "Learned", "Commands", "Noted"] as const;
export type LearnedSection = (typeof learnedSections)[number];

const sectionOf: Readonly<Record<string, LearnedSection>> = {
  preference: "Preferences",
  decision: "Decided",
  fix: "Fixed",
  project: "Learned",
  command: "Commands",
};

/** One fact as a digest tells it. */
export interface Learned {
  readonly id: number;
  readonly key: string;
  readonly section: LearnedSection;
  readonly text: string;
  /** Where it was mended, told whole after a text that may be cut; "" where the fact does not say. */
  readonly ending: string;
  /** In the person's own words. */
  readonly byPerson: boolean;
  readonly project: string | null;
  /** The commit that tells it, `null` where none does. */
  readonly sha: string | null;
  readonly atMs: number;
}

const QUOTED = /^(?:The person's preference, said in|Decided by the person in) (.{1,200}?): "(.{1,4000})"$/su;
const COMMITTED = /^In (.{1,200}?), commit (\S{1,64}) on \S{1,200} \(\d{4}-\d{2}-\d{2}\): (.{1,8000})$/su;
const STATED =
  /^(?:Decision in|In) ([^\s:,][^:,]{0,200}?)(?::|,(?= `|\s?this error was reported:)) (.{1,8000})$/su;

/** Read a fact. */
export function readFact(node: MemoryNode): Learned {
  const { id, key, category, content, createdAtMs } = node;
  const section = Object.hasOwn(sectionOf, category) ? sectionOf[category] : undefined;
  const plain = {
    id,
    key,
    section: section ?? "Noted",
    ending: "",
    byPerson: false,
    sha: null,
    atMs: createdAtMs,
  } as const;
  const quoted = QUOTED.exec(content);
  if (quoted !== null)
    return { ...plain, byPerson: true, project: inline(quoted[1] ?? ""), text: inline(quoted[2] ?? "") };
  const [, home, sha, words] = COMMITTED.exec(content) ?? [];
  if (home !== undefined && sha !== undefined && words !== undefined)
    return { ...plain, project: inline(home), sha, text: inline(words) };
  const [, project, said] = STATED.exec(content) ?? [];
  if (section === undefined || project === undefined || said === undefined)
    return { ...plain, project: null, text: inline(firstLine(content)) };
  return { ...plain, project: inline(project), ...mendingOf(said) };
}

const REPORTED = /^this error was reported: /u;
const MENDED = /^(.{1,8000}?) (Fixed in .{1,4000}?); after that (?:it|the checks) passed\.$/su;

/** What was wrong, and where it was mended. */
function mendingOf(said: string): { readonly text: string; readonly ending: string } {
  const [, wrong, mended] = MENDED.exec(said) ?? [];
  return { text: inline(wrong ?? said).replace(REPORTED, "Reported: "), ending: inline(mended ?? "") };
}

/** Of a text of any kind, the first line that is not empty. */
function firstLine(content: string): string {
  return content.split("\n", 50).find((line) => line.trim() !== "") ?? "";
}
