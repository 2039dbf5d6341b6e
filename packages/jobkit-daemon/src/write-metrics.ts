import { join } from "node:path";
import { describeError, gaugesOf, prometheusText, type QueueGauge, type TaskCount } from "jobkit-core";
import { dataNames } from "./paths.ts";
import { replaceFile } from "./platform/disk.ts";
import type { Shell } from "./shell.ts";
import { StatusWriter } from "./status/status-file.ts";

/**
 * Write the metrics of this life as Prometheus reads them from a file, whenever something happened: what a
 * collector of text files takes, and what `metrics` prints. The last write is made when the answer is disposed.
 */
export function writeMetrics(shell: Shell): AsyncDisposable {
  const { dataDir, clock, settings, bus, events } = shell;
  const stack = new AsyncDisposableStack();
  const writer = stack.use(
    new StatusWriter({
      clock,
      intervalMs: () => settings.view["metrics.intervalMs"],
      write: async () => replaceFile(join(dataDir, dataNames.metrics), await metricsText(shell)),
      onFailure: (error) => events.emit("metrics.failed", () => ({ why: describeError(error).message })),
    }),
  );
  stack.use(bus.listen({ name: "metrics" }, () => writer.touch()));
  writer.touch();
  return stack;
}

async function metricsText({ app, bus, queue, scheduler, metrics, clock }: Shell): Promise<string> {
  const [counts, oldest] = await Promise.all([queue.counts(), queue.oldestDue(clock.now())]);
  const { laneGroups, pools } = scheduler.snapshot();
  const snapshot = metrics.snapshot({
    queue: queueGauges(counts, oldest),
    lanes: laneGroups.map(({ name, size, busy }) => ({ name, size, busy })),
    pools: pools.map(({ name, size, held }) => ({ name, size, busy: held })),
  });
  return prometheusText(bus, { namespace: metricsNamespace(app.name), gauges: gaugesOf(snapshot) });
}

/** What begins every name of the metrics of an application: `checksum-keeper` to `checksum_keeper`. */
export function metricsNamespace(app: string): string {
  return app.replaceAll("-", "_");
}

/** What a store holds, by job. */
export function queueGauges(
  counts: readonly TaskCount[],
  oldest: Readonly<Record<string, number>>,
): readonly QueueGauge[] {
  return [...Map.groupBy(counts, ({ job }) => job)].map(([job, own]) => ({
    job,
    counts: Object.fromEntries(own.map(({ state, count }) => [state, count])),
    oldestDueAtMs: oldest[job] ?? null,
  }));
}
