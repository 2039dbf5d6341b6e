import { defineApp } from "jobkit-daemon";
import { hashJob } from "./hash-job.ts";
import { findWork } from "./look.ts";
import { keeperSettings } from "./settings.ts";
import { Sums } from "./sums.ts";

const CPU_SLOTS = 2;

/** The whole application: one job, one reconciler, one table. */
export const keeper = defineApp({
  name: "checksum-keeper",
  version: "0.1.0",
  doc: "Keeps checksums of folders and tells which files changed.",
  settings: keeperSettings,

  async open({ dataDir, settings, clock }) {
    const sums = new Sums(dataDir);
    return {
      jobs: [hashJob(sums, clock)],
      pools: { cpu: CPU_SLOTS },
      reconcilers: [
        {
          name: "folders",
          doc: "Finds files that are new, changed or gone.",
          everyMs: () => settings["keeper.lookMs"],
          find: (signal) =>
            findWork({
              folders: settings["keeper.folders"],
              filesMax: settings["keeper.filesMax"],
              sums,
              signal,
            }),
        },
      ],
      status: () => ({ watched: sums.totals() }),
      [Symbol.asyncDispose]: async () => sums[Symbol.dispose](),
    };
  },

  async inspect({ dataDir, settings }) {
    const sums = new Sums(dataDir, true);
    return {
      status: () => ({ watched: sums.totals() }),
      doctor: () =>
        settings["keeper.folders"].length > 0
          ? []
          : [
              {
                level: "warn" as const,
                what: "no folder is watched",
                why: "There is nothing to do.",
                fix: "Set keeper.folders in the configuration file.",
              },
            ],
      [Symbol.asyncDispose]: async () => sums[Symbol.dispose](),
    };
  },
});
