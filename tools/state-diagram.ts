// The life of a task as a Mermaid diagram, from the table of its states. What may follow what is the table's; a
// transition without words here, or words for one that is not there, does not compile.
import { taskStates, type TaskStateKind } from "jobkit-core";

/** Why each transition of the table happens. */
type Words = {
  readonly [From in TaskStateKind]: {
    readonly [To in (typeof taskStates)[From]["next"][number]]: string;
  };
};

const BY_HAND = "retried by hand";
const DEADLINE = "past its deadline";

const words: Words = {
  blocked: {
    ready: "the last parent ended",
    skipped: "a parent did not end well",
    failed: `${DEADLINE}, or a parent did not end well`,
    cancelled: "cancelled",
  },
  ready: { running: "claimed", failed: DEADLINE, cancelled: "cancelled" },
  running: {
    done: "returned",
    retrying: "failed, tries left",
    failed: "failed for good",
    cancelled: "cancelled, and stopped",
    ready: "interrupted, or its process died",
    blocked: "forked",
  },
  retrying: {
    running: "due, and claimed",
    ready: "due, where a store writes that down",
    failed: DEADLINE,
    cancelled: "cancelled",
  },
  done: {},
  failed: { ready: BY_HAND, blocked: BY_HAND },
  cancelled: { ready: BY_HAND, blocked: BY_HAND },
  skipped: { ready: BY_HAND, blocked: BY_HAND },
};

/** The lines of the diagram, in a fence. */
export function stateDiagram(): string {
  const kinds = Object.keys(taskStates) as TaskStateKind[];
  const edges = kinds.flatMap((from) =>
    Object.entries<string>(words[from]).map(([to, why]) => `  ${from} --> ${to}: ${why}`),
  );
  const ends = kinds.filter((kind) => taskStates[kind].last).map((kind) => `  ${kind} --> [*]`);
  const begins = [
    "  [*] --> ready: submitted",
    "  [*] --> blocked: submitted, with parents that run or wait",
  ];
  return ["```mermaid", "stateDiagram-v2", ...begins, ...edges, ...ends, "```"].join("\n");
}

const BEGIN = "<!-- generated from the table of states by pnpm codegen -->";
const END = "<!-- end of what is generated -->";

/** A page with the diagram in its place. @throws RangeError where the page has no such place. */
export function withStateDiagram(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new RangeError(`the page has no place between ${BEGIN} and ${END}`);
  return `${page.slice(0, from + BEGIN.length)}\n\n${stateDiagram()}\n\n${page.slice(to)}`;
}
