/** One day's fading of many nodes, in the store. Which day a node was last faded to is a visit, apart from the graph. */
import { nodeTypes, type NodeOutline } from "../store/node.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import type { LocalCalendar } from "./calendar.ts";
import { DAY_MS, dayNumber, isKnownTime, stampOf } from "./date.ts";
import { CORE_CATEGORY, dailyFactor, faded } from "./decay.ts";
import type { TendSettings } from "./settings.ts";

/** Who fades, as author of the batches and as agent of the visits. */
export const DECAY_AUTHOR = "tend:decay";

/** Nodes faded in one transaction: some 30 ms, so that other work gets its turn. */
const STEP_NODES = 500;

/** To which day, and how. */
export interface Fading {
  /** The date up to which all have faded afterwards. */
  readonly date: string;
  /** Wall time in ms since 1970, for the revision. */
  readonly atMs: number;
  readonly calendar: LocalCalendar;
  readonly settings: TendSettings;
}

/** What one step did. */
export interface FadeStep {
  /** Nodes looked at so far, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Nodes whose weight fell in this step. */
  readonly faded: number;
}

/**
 * Fade every node to a date, step by step, each step in one transaction; stop between two steps and nothing is half
 * done. A node fades from the day on which what it tells happened, whenever it was mined, and for each day once:
 * the same date again, or an earlier one, changes nothing.
 */
export function* fadeTo(store: SqliteMemoryStore, fading: Fading): Generator<FadeStep> {
  const last = store.progress.visits.latest(DECAY_AUTHOR);
  const due = store.outlines(nodeTypes).filter((node) => isDue(node, last.get(node.id), fading));
  for (let at = 0; at < due.length; at += STEP_NODES) {
    const ids = due.slice(at, at + STEP_NODES).map((node) => node.id);
    const written = fadeStep(store, ids, last, fading);
    yield { done: Math.min(due.length, at + STEP_NODES), total: due.length, faded: written };
  }
}

function fadeStep(
  store: SqliteMemoryStore,
  ids: readonly number[],
  last: ReadonlyMap<number, number>,
  fading: Fading,
): number {
  return store.atomically(`fading memories to ${fading.date}`, () => {
    // Read again: between two steps a node may have been forgotten or given another key.
    const nodes = store.byIds(ids);
    const changes = nodes.map((node) => {
      const factor = dailyFactor(node.category, fading.settings);
      const weight = faded(node.weight, daysDue(node, last.get(node.id), fading), factor);
      return { kind: "weigh", key: node.key, weight } as const;
    });
    const atMs = stampOf(fading.date);
    return store.apply({
      author: DECAY_AUTHOR,
      atMs: fading.atMs,
      changes,
      alongside: () => {
        // Core memories too: one that stops being core fades from then on, not for all the days before.
        for (const { id, category } of nodes)
          store.progress.visits.record({
            node: id,
            agent: DECAY_AUTHOR,
            atMs,
            outcome: category === CORE_CATEGORY ? "skipped" : "modified",
          });
      },
    }).written;
  });
}

/** Whole days that a node has still to fade: since it was faded last, else since what it tells happened. */
function daysDue(
  { createdAtMs }: Pick<NodeOutline, "createdAtMs">,
  lastMs: number | undefined,
  { date, calendar }: Fading,
): number {
  const happened = isKnownTime(createdAtMs) ? dayNumber(calendar.dateOf(createdAtMs)) : -Infinity;
  const from = Math.max(happened, lastMs === undefined ? -Infinity : lastMs / DAY_MS);
  // Without any time it is only looked at now, and fades from this look on.
  return from === -Infinity ? 0 : dayNumber(date) - from;
}

function isDue(node: NodeOutline, lastMs: number | undefined, fading: Fading): boolean {
  return daysDue(node, lastMs, fading) > 0 || (lastMs === undefined && !isKnownTime(node.createdAtMs));
}
