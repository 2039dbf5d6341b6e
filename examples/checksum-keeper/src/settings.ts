import { defineSettings } from "jobkit-core";

/** The keeper's own settings; the daemon's stand beside them. */
export const keeperSettings = defineSettings({
  "keeper.folders": {
    kind: "list",
    default: [],
    doc: "Folders whose files are watched, with everything below them. None by default: nobody's disk is read unasked.",
    reload: true,
  },
  "keeper.lookMs": {
    kind: "duration",
    default: 10_000,
    min: 100,
    max: 86_400_000,
    doc: "Time between two looks at the folders. A look is one stat for each file, about 5 ms for 1,000 files.",
    larger: "Less idle work; changes are seen later.",
    smaller: "Changes are seen sooner; more idle work.",
    reload: true,
  },
  "keeper.filesMax": {
    kind: "count",
    default: 100_000,
    min: 1,
    max: 10_000_000,
    doc: "Files that are watched at most. A folder with more is probably the wrong one, and the look fails saying so.",
    larger: "Larger collections; about 300 bytes of memory for each file during a look.",
    smaller: "A wrong folder is noticed earlier.",
    reload: true,
  },
});
