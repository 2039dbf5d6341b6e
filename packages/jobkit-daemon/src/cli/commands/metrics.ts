import { buildCommand } from "@stricli/core";
import { EventBus, gaugesOf, Metrics, prometheusText } from "jobkit-core";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { inspectInstance } from "../../instance/instance.ts";
import { dataNames } from "../../paths.ts";
import { isCode } from "../../platform/disk.ts";
import { metricsNamespace, queueGauges } from "../../write-metrics.ts";
import type { Cli, CliContext } from "../cli.ts";
import { commandDocs, type NoFlags } from "../docs.ts";
import { readQueue } from "../reading.ts";

/** `metrics`: counters, durations and gauges as Prometheus reads them. */
export function metricsCommand(program: string) {
  return buildCommand<NoFlags, [], CliContext>({
    docs: commandDocs(program, {
      brief: "Print the metrics as Prometheus text.",
      detail:
        "Print the metrics as Prometheus text: what the running daemon wrote last (setting metrics.intervalMs) into the\n" +
        "file metrics.prom of its folder, which a collector of text files may read by itself. Counts are those of this\n" +
        "life of the daemon. Where none runs, only what the queue holds is told.",
      examples: [
        ["metrics", "for Prometheus"],
        ["metrics --json", 'the same text as {"text", "running"}'],
      ],
    }),
    parameters: {},
    async func() {
      const { cli } = this;
      const { dataDir } = (await cli.place()).paths;
      const { running } = inspectInstance(dataDir);
      const left = running ? await readLeft(join(dataDir, dataNames.metrics)) : null;
      const text = left ?? (await queueText(cli));
      if (cli.out.json) cli.out.value({ running, text });
      else cli.out.data(text.trimEnd());
      if (!running) cli.out.talk("No daemon runs: only what the queue holds is told.");
    },
  });
}

/** `null` while the daemon has not written it yet. */
async function readLeft(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** What can be known without a daemon. How old the oldest due task is, only a store that is open can say. */
async function queueText(cli: Cli): Promise<string> {
  const { app, clock } = cli;
  const counts = (await readQueue(cli, (store) => store.counts())) ?? [];
  const bus = new EventBus({ clock });
  const snapshot = new Metrics({ bus, clock }).snapshot({ queue: queueGauges(counts, {}) });
  const gauges = gaugesOf(snapshot).filter(({ name }) => name === "queue_tasks");
  const namespace = metricsNamespace(app.name);
  const text = prometheusText(bus, { namespace, gauges });
  // Gauges come last. The counters before them would say that nothing ever happened.
  return text.slice(text.indexOf(`# HELP ${namespace}_queue_tasks`));
}
