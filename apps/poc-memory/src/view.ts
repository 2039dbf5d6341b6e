/** What people are shown of memory, whoever writes it: status, health, what is set up wrongly, the account of a run. */
import { accessSync, constants } from "node:fs";
import type { AppView, DoctorFinding, HealthFinding, StatusFields } from "jobkit-daemon";
import { lastHealth } from "./jobs/measure-graph.ts";
import type { Roots } from "./roots.ts";
import { nodeTypes } from "./store/node.ts";
import type { SqliteMemoryStore } from "./store/sqlite-store.ts";

/** What can be seen of a store. Owns it from here on. */
export function memoryView(store: SqliteMemoryStore, roots: Roots): AppView {
  return {
    status: () => statusOf(store, roots),
    health: () => healthOf(store),
    doctor: () => [...rootFindings(roots), ...storeFindings(store)],
    [Symbol.asyncDispose]: async () => store[Symbol.dispose](),
  };
}

/** Before anything was ever mined. */
export function emptyView(roots: Roots): AppView {
  const byType = Object.fromEntries(nodeTypes.map((type) => [type, 0]));
  return {
    status: () => ({
      memory: { nodes: 0, links: 0, revision: 0, byType },
      transcripts: { known: 0, mined: 0, pending: 0, bytesRead: 0, segments: 0, ...rootsJson(roots) },
    }),
    doctor: () => rootFindings(roots),
    phases: {
      predicates: { "graph-changed": () => false },
      lists: { "days-missing": () => [], "weeks-missing": () => [], "months-missing": () => [] },
    },
  };
}

function statusOf(store: SqliteMemoryStore, roots: Roots): StatusFields {
  const { known, current, reading, bytesRead, segments } = store.progress.totals();
  return {
    memory: { ...store.counts() },
    transcripts: { known, mined: current, pending: reading, bytesRead, segments, ...rootsJson(roots) },
  };
}

function rootsJson({ paths, chosen }: Roots): { readonly roots: readonly string[]; readonly chosen: string } {
  return { roots: paths, chosen };
}

function healthOf(store: SqliteMemoryStore): readonly HealthFinding[] {
  return (lastHealth(store)?.findings ?? []).map(({ needsPerson, sentence }) => ({
    level: needsPerson ? "error" : "warn",
    what: sentence,
    why: "",
  }));
}

const CHOSEN = {
  named: "the folders that were named",
  own: "your own transcripts",
  examples: "the example sessions, since no transcripts of your own were found",
} as const satisfies Record<Roots["chosen"], string>;

function rootFindings({ paths, chosen }: Roots): readonly DoctorFinding[] {
  return paths.map((path) => {
    const what = `transcripts are read from ${path}`;
    try {
      accessSync(path, constants.R_OK | constants.X_OK);
      return { level: "ok", what, why: `These are ${CHOSEN[chosen]}.`, fix: "" };
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
      const fix = "Name another folder with --transcripts, or give this user the right to read it.";
      return {
        level: "error",
        what: `${what}, which cannot be opened (${code})`,
        why: "Nothing of it is mined.",
        fix,
      };
    }
  });
}

function storeFindings(store: SqliteMemoryStore): readonly DoctorFinding[] {
  const complaints = store.checkIntegrity();
  if (complaints.length === 0)
    return [
      {
        level: "ok",
        what: "the memory store is sound",
        why: "Its pages, versions and links agree.",
        fix: "",
      },
    ];
  const fix = "Stop the daemon, put back a backup of memory.db, or move it away and mine again.";
  return complaints.map((what) => ({
    level: "error",
    what,
    why: "Memories may be missing from answers.",
    fix,
  }));
}

/** Lines about what a run left behind, for people, and what to type next. */
export function account(
  store: SqliteMemoryStore,
  { paths, chosen }: Roots,
  typed: string,
): readonly string[] {
  const { nodes, links, byType } = store.counts();
  const { known, segments } = store.progress.totals();
  return [
    `read   ${CHOSEN[chosen]}: ${paths.join(", ")}`,
    `found  ${known} transcripts, ${segments} segments`,
    `keeps  ${nodes} memories (${byType.session} episodes, ${byType.semantic} facts), ${links} links`,
    ...(nodes === 0 ? [] : [`try    ${typed} search WORDS…`, `       ${typed} journal tail`]),
  ];
}
