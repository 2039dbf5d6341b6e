/** The application as the daemon sees it: its tables, and what it opens under the lock. */
import type { Job, PhaseFunctions } from "jobkit-core";
import { defineApp, type App, type AppContext, type AppParts } from "jobkit-daemon";
import { existsSync } from "node:fs";
import manifest from "../package.json" with { type: "json" };
import { memoryEvents } from "./events.ts";
import { MemoryGraph } from "./graph/memory-graph.ts";
import type { RelateLimits } from "./graph/relate.ts";
import { healthSettings } from "./health/settings.ts";
import { capDegree } from "./jobs/cap-degree.ts";
import { compareHealth, snapshotHealth } from "./jobs/compare-health.ts";
import { decayWeights } from "./jobs/decay-weights.ts";
import { linkOrphanMemories } from "./jobs/link-orphans.ts";
import { findUnmeasured, measureGraph } from "./jobs/measure-graph.ts";
import { mineTranscript, READER_POOL, type MineDeps } from "./jobs/mine-transcript.ts";
import { findUnrelated, relateMemories } from "./jobs/relate-memories.ts";
import { scanTranscripts, type ScanDeps } from "./jobs/scan-transcripts.ts";
import { TroubledTranscripts } from "./jobs/troubled-transcripts.ts";
import { writeDigests } from "./jobs/write-digests.ts";
import { memoryPath } from "./paths.ts";
import { loadRedactionKey } from "./redact/key.ts";
import { Redactor } from "./redact/redactor.ts";
import { recallSettings } from "./recall/settings.ts";
import { chooseRoots, type RootsWorld } from "./roots.ts";
import { memoryRoutine } from "./routine.ts";
import { memorySettings } from "./settings.ts";
import { openMemoryStore } from "./store/open.ts";
import { chooseCalendar } from "./tend/calendar.ts";
import { tendLists, tendPredicates } from "./tend/due-work.ts";
import { tendSettings } from "./tend/settings.ts";
import type { TendDeps } from "./tend/tend-deps.ts";
import { account, emptyView, memoryView } from "./view.ts";
import { defaultLimits } from "./transcript/limits.ts";

/** Every row of the application: its own, those of recall, of the graph's health and of the daily work. */
export const allSettings = { ...memorySettings, ...recallSettings, ...healthSettings, ...tendSettings };
/** Their type. */
export type AllSettings = typeof allSettings;

/** What of the outside the application is told. */
export interface MemoryWorld extends RootsWorld {
  /** What the person types to run this program. */
  readonly typed: string;
}

/** The application. `world` says where a person's own transcripts lie, and what the program is called. */
export function memoryApp(world: MemoryWorld): App<AllSettings> {
  return defineApp<AllSettings>({
    name: "poc-memory",
    version: manifest.version,
    doc: "Long-term memory for AI coding agents, mined from the transcripts they leave behind.",
    events: memoryEvents,
    settings: allSettings,
    routine: memoryRoutine,
    open: async (context) => openParts(context, world),
    inspect: async ({ dataDir, settings, clock }) => {
      const roots = chooseRoots(settings["transcripts.roots"], world);
      const path = memoryPath(dataDir);
      if (!existsSync(path)) return emptyView(roots);
      const store = openMemoryStore({ path, mode: "read" });
      const calendar = chooseCalendar(settings["tend.timeZone"], machineZone());
      return { ...memoryView(store, roots), phases: tendPhases({ store, calendar, clock, settings }) };
    },
  });
}

function openParts(context: AppContext<AllSettings>, world: MemoryWorld): AppParts {
  const { settings, dataDir, clock } = context;
  const calendar = chooseCalendar(settings["tend.timeZone"], machineZone());
  const redactor = new Redactor(loadRedactionKey(dataDir));
  const store = openMemoryStore({ path: memoryPath(dataDir), mode: "write" });
  const roots = chooseRoots(settings["transcripts.roots"], world);
  const shared = {
    store,
    clock,
    events: context.emitter(memoryEvents),
    troubled: new TroubledTranscripts(),
    everyMs: (): number => settings["transcripts.scanMs"],
  };
  const relating = { ...shared, limits: relateLimits(settings) };
  const measuring = { ...shared, graph: new MemoryGraph(), settings };
  const tending = { ...measuring, calendar };
  return {
    ...memoryView(store, roots),
    phases: tendPhases(tending),
    pools: { [READER_POOL]: () => settings["mine.readers"] },
    jobs: [
      mineTranscript({ ...shared, redactor, ...mineLimits(settings) }),
      relateMemories(relating),
      measureGraph(measuring),
      ...tendJobs(tending),
    ],
    reconcilers: [
      scanTranscripts({ ...shared, roots: roots.paths, ...scanRules(context) }),
      findUnrelated(relating),
      findUnmeasured(measuring),
    ],
    account: () => account(store, roots, world.typed),
  };
}

/** The jobs of the daily work. */
function tendJobs(deps: TendDeps): readonly Job[] {
  return [
    decayWeights(deps),
    linkOrphanMemories(deps),
    capDegree(deps),
    ...writeDigests(deps),
    snapshotHealth(deps),
    compareHealth(deps),
  ] as readonly Job[];
}

/** What phases of a pipeline may ask. */
function tendPhases(deps: Parameters<typeof tendLists>[0]): PhaseFunctions {
  return { predicates: tendPredicates(deps), lists: tendLists(deps) };
}

/** The zone of this machine, in which days were lived where nobody says otherwise. */
function machineZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

type Settings = AppContext<AllSettings>["settings"];

function mineLimits(
  settings: Settings,
): Pick<MineDeps, "limits" | "batchBytes" | "skipsReportedMax" | "timeoutMs"> {
  return {
    limits: {
      ...defaultLimits,
      lineBytes: settings["transcripts.lineBytesMax"],
      depth: settings["transcripts.depthJsonMax"],
    },
    batchBytes: settings["mine.batchBytes"],
    skipsReportedMax: settings["transcripts.skipsReportedMax"],
    timeoutMs: settings["mine.timeoutMs"],
  };
}

function relateLimits(settings: Settings): RelateLimits {
  return {
    commonAbove: settings["links.commonAbove"],
    best: settings["links.sharedMax"],
    changedMax: settings["links.batchNodes"],
  };
}

/** A run that ends by itself takes files that have just grown as well: there is no next look to leave them to. */
function scanRules({
  settings,
  dataDir,
  clock,
  once,
}: AppContext<AllSettings>): Pick<ScanDeps, "dataDir" | "limits" | "quietMs" | "now" | "monotonic"> {
  return {
    dataDir,
    limits: { depth: settings["transcripts.depthMax"], files: settings["transcripts.filesMax"] },
    quietMs: () => (once ? 0 : settings["transcripts.quietMs"]),
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
  };
}
