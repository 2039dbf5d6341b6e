/** The application as the daemon sees it: its tables, and what it opens under the lock. */
import {
  defineApp,
  type App,
  type AppContext,
  type AppParts,
  type AppView,
  type StatusFields,
} from "jobkit-daemon";
import manifest from "../package.json" with { type: "json" };
import { memoryEvents } from "./events.ts";
import { MemoryGraph } from "./graph/memory-graph.ts";
import { healthSettings } from "./health/settings.ts";
import { findUnmeasured, lastHealth, measureGraph } from "./jobs/measure-graph.ts";
import { mineTranscript, READER_POOL } from "./jobs/mine-transcript.ts";
import { findUnrelated, relateMemories } from "./jobs/relate-memories.ts";
import { scanTranscripts } from "./jobs/scan-transcripts.ts";
import { memoryPath } from "./paths.ts";
import { loadRedactionKey } from "./redact/key.ts";
import { Redactor } from "./redact/redactor.ts";
import { recallSettings } from "./recall/settings.ts";
import { chooseRoots, type Roots, type RootsWorld } from "./roots.ts";
import { memorySettings } from "./settings.ts";
import type { MemoryStore } from "./store/memory-store.ts";
import { openMemoryStore } from "./store/open.ts";
import type { SqliteMemoryStore } from "./store/sqlite-store.ts";
import { defaultLimits } from "./transcript/limits.ts";

/** Every row of the application: its own, those of recall and of the graph's health. */
export const allSettings = { ...memorySettings, ...recallSettings, ...healthSettings };
/** The rows of the application's settings, its own and those of the graph's health. */
export type AppSettings = typeof allSettings;

/** The application. `world` says where a person's own transcripts lie. */
export function memoryApp(world: RootsWorld): App<AppSettings> {
  return defineApp<AppSettings>({
    name: "poc-memory",
    version: manifest.version,
    doc: "Long-term memory for AI coding agents, mined from the transcripts they leave behind.",
    events: memoryEvents,
    settings: allSettings,
    open: async (context) => openParts(context, world),
    inspect: async ({ dataDir, settings }) => {
      const store = openMemoryStore({ path: memoryPath(dataDir), mode: "read" });
      return view(store, chooseRoots(settings["transcripts.roots"], world));
    },
  });
}

function openParts(context: AppContext<AppSettings>, world: RootsWorld): AppParts {
  const { settings, dataDir, clock, once } = context;
  const events = context.emitter(memoryEvents);
  const redactor = new Redactor(loadRedactionKey(dataDir));
  const store = openMemoryStore({ path: memoryPath(dataDir), mode: "write" });
  const graph = new MemoryGraph();
  const roots = chooseRoots(settings["transcripts.roots"], world);
  const scanEveryMs = (): number => settings["transcripts.scanMs"];
  const relating = {
    store,
    events,
    clock,
    everyMs: scanEveryMs,
    limits: {
      commonAbove: settings["links.commonAbove"],
      best: settings["links.sharedMax"],
      changedMax: settings["links.batchNodes"],
    },
  };
  const measuring = { store, graph, events, clock, settings, everyMs: scanEveryMs };
  return {
    ...view(store, roots),
    pools: { [READER_POOL]: 1 },
    jobs: [
      mineTranscript({
        store,
        redactor,
        events,
        clock,
        limits: {
          ...defaultLimits,
          lineBytes: settings["transcripts.lineBytesMax"],
          depth: settings["transcripts.depthJsonMax"],
        },
        batchBytes: settings["mine.batchBytes"],
        skipsReportedMax: settings["transcripts.skipsReportedMax"],
        timeoutMs: settings["mine.timeoutMs"],
      }),
      relateMemories(relating),
      measureGraph(measuring),
    ],
    reconcilers: [
      scanTranscripts({
        store,
        events,
        roots: roots.paths,
        limits: { depth: settings["transcripts.depthMax"], files: settings["transcripts.filesMax"] },
        everyMs: scanEveryMs,
        quietMs: () => (once ? 0 : settings["transcripts.quietMs"]),
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
      }),
      findUnrelated(relating),
      findUnmeasured(measuring),
    ],
    account: () => account(store, roots),
  };
}

/** What can be seen of a store, whoever writes it. Owns the store. */
function view(store: SqliteMemoryStore, roots: Roots): AppView {
  return {
    status: () => statusOf(store, roots),
    health: () =>
      (lastHealth(store)?.findings ?? []).map(({ needsPerson, sentence }) => ({
        level: needsPerson ? "error" : "warn",
        what: sentence,
        why: "",
      })),
    [Symbol.asyncDispose]: async () => store[Symbol.dispose](),
  };
}

function statusOf(store: SqliteMemoryStore, roots: Roots): StatusFields {
  const { known, current, reading, bytesRead, segments } = store.progress.totals();
  return {
    memory: { ...store.counts() },
    transcripts: {
      known,
      mined: current,
      pending: reading,
      bytesRead,
      segments,
      roots: roots.paths,
      chosen: roots.chosen,
    },
  };
}

const CHOSEN = {
  named: "the folders that were named",
  own: "your own transcripts",
  examples: "the example sessions, since no transcripts of your own were found",
} as const satisfies Record<Roots["chosen"], string>;

function account(store: SqliteMemoryStore & MemoryStore, roots: Roots): readonly string[] {
  const { nodes, links, byType } = store.counts();
  const { known, segments } = store.progress.totals();
  return [
    `read   ${CHOSEN[roots.chosen]}: ${roots.paths.join(", ")}`,
    `found  ${known} transcripts, ${segments} segments`,
    `keeps  ${nodes} memories (${byType.session} episodes, ${byType.semantic} facts), ${links} links`,
    ...(nodes === 0 ? [] : [`try    poc-memory search WORDS…, or poc-memory journal tail`]),
  ];
}
