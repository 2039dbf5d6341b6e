import { sayDuration } from "../base/units.ts";
import type { HealthRule } from "../health/rule.ts";
import { code, markdownTable, pageHead } from "./markdown.ts";

/** One table of the page: whose rules they are, and the rules. */
export interface RulesChapter {
  readonly title: string;
  /** A sentence or two before the table. May be "". */
  readonly intro: string;
  readonly rules: readonly HealthRule[];
}

const INTRO = `A rule is asked at every look at the facts. Where it does not hold, an alert about it and what it does not
hold of is *pending*; after *for* it *fires*; when the rule has held again for *clear* it is *resolved*. Each step is an event.
A firing alert of level *error* makes the whole unhealthy. A rule is turned off by naming it in \`health.off\`.`;

/** The page of all health rules, with their bounds and what to do. */
export function rulesMarkdown(chapters: readonly RulesChapter[]): string {
  return [pageHead("Health rules", INTRO), ...chapters.map(chapter)].join("\n");
}

function chapter({ title, intro, rules }: RulesChapter): string {
  const table = markdownTable(
    ["rule", "level", "for", "clear", "settings", "what is wrong", "what to do"],
    rules.map(({ name, level, forMs, clearForMs, settings, doc, next }) => [
      code(name),
      level,
      sayDuration(forMs),
      sayDuration(clearForMs),
      Object.keys(settings).map(code).join(", "),
      doc,
      next,
    ]),
  );
  return [`## ${title}\n`, ...(intro === "" ? [] : [`${intro}\n`]), `${table}\n`].join("\n");
}
