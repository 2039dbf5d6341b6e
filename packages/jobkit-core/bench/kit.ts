/** What the benches share: a real clock, a scheduler over a queue in memory, interleaved rounds, a table of ratios. */
import { defineJob, EventBus, jobkitEvents, RamQueue, Scheduler, type QueueStore } from "../src/index.ts";
import { systemClock as clock } from "../src/system/index.ts";
import { SeededRandom } from "../src/testing/index.ts";

/** Attempts at once, everywhere. */
export const LANES = 8;

/** A scheduler with all that it observes switched on: counters, histograms and the numbered stream. */
export function scheduler(
  task: (input: number) => Promise<void>,
  store: QueueStore = new RamQueue(),
): Scheduler {
  const bus = new EventBus({ clock });
  const work = defineJob<unknown>({
    name: "work",
    doc: "Does nothing, as fast as it can.",
    input: { "~standard": { version: 1, vendor: "bench", validate: (value) => ({ value }) } },
    run: ({ input }) => task(input as number),
  });
  return new Scheduler({
    store,
    jobs: [work],
    pools: {},
    events: bus.emitter(jobkitEvents),
    clock,
    random: new SeededRandom(1),
    owner: "bench",
    lanes: LANES,
  });
}

/** One way of doing `count` things; made anew for every round. */
export interface Contender {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** What one contender took per thing, in µs: the median and the best of all rounds, and CPU time. */
export interface Figure {
  readonly name: string;
  readonly wallUs: number;
  readonly bestUs: number;
  readonly cpuUs: number;
}

/** Measure contenders by turns, so that a slow moment of the machine hits all of them. */
export async function byTurns(
  contenders: readonly Contender[],
  count: number,
  rounds: number,
): Promise<readonly Figure[]> {
  const walls = contenders.map((): number[] => []);
  const cpus = contenders.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1)
    for (const [at, { run }] of contenders.entries()) {
      globalThis.gc?.();
      const before = process.cpuUsage();
      const beganMs = performance.now();
      await run();
      const wallUs = ((performance.now() - beganMs) * 1_000) / count;
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round === 0) continue;
      walls[at]?.push(wallUs);
      cpus[at]?.push((user + system) / count);
    }
  return contenders.map(({ name }, at) => ({
    name,
    wallUs: median(walls[at] ?? []),
    bestUs: Math.min(...(walls[at] ?? [])),
    cpuUs: median(cpus[at] ?? []),
  }));
}

/** A table of figures, each with its ratio to the first: how many times as fast ours is. */
export function print(title: string, figures: readonly Figure[]): void {
  const [ours] = figures;
  console.log(`\n${title}`);
  console.log("                                per s    µs     best   CPU µs  ours is");
  for (const { name, wallUs, bestUs, cpuUs } of figures) {
    const ratio = ours === undefined || name === ours.name ? "" : `${(wallUs / ours.wallUs).toFixed(2)}x`;
    const rate = Math.round(1_000_000 / wallUs).toLocaleString("en");
    console.log(
      `  ${name.padEnd(26)}${rate.padStart(9)}${[wallUs, bestUs, cpuUs].map((us) => us.toFixed(2).padStart(8)).join("")}   ${ratio}`,
    );
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
