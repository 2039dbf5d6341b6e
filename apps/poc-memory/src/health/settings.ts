import { defineSettings, type SettingValues } from "jobkit-core";

/** Bounds of the graph's measures: beyond the first of a pair health says so, beyond the second a person is needed. */
export const healthSettings = defineSettings({
  "health.nodesMin": {
    kind: "count",
    default: 50,
    min: 1,
    doc: "Fewer memories than this are not judged: every measure of a tiny graph is chance.",
    larger: "A young graph is left in peace for longer.",
    smaller: "Findings come earlier and mean less.",
    reload: true,
  },
  "health.giniMax": {
    kind: "ratio",
    default: 0.6,
    min: 0,
    max: 1,
    doc: "Inequality of links above which a few memories hold too many; mended graphs of this kind reach 0.55.",
    larger: "Hubs are tolerated for longer.",
    smaller: "Work against hubs starts earlier.",
    reload: true,
  },
  "health.giniAct": {
    kind: "ratio",
    default: 0.85,
    min: 0,
    max: 1,
    doc: "Inequality at which the daily work has evidently not helped and a person should look.",
    larger: "A person is called later.",
    smaller: "A person is called earlier.",
    reload: true,
  },
  "health.alphaMin": {
    kind: "ratio",
    default: 2,
    min: 1,
    max: 10,
    doc: "Exponent of the degrees below which a few hubs dominate; most grown networks lie between 2 and 3.",
    larger: "More graphs are found dominated by hubs.",
    smaller: "Only extreme hubs are found.",
    reload: true,
  },
  "health.clusteringMin": {
    kind: "ratio",
    default: 0.1,
    min: 0,
    max: 1,
    doc: "Mean clustering below which memories that belong together are not linked with each other.",
    larger: "More linking work is asked for.",
    smaller: "A looser graph is good enough.",
    reload: true,
  },
  "health.orphanShareMax": {
    kind: "ratio",
    default: 0.2,
    min: 0,
    max: 1,
    doc: "Share of memories without any link above which recall cannot walk to a good part of the graph.",
    larger: "More memories may stand alone.",
    smaller: "Linking work starts earlier.",
    reload: true,
  },
  "health.orphanShareAct": {
    kind: "ratio",
    default: 0.8,
    min: 0,
    max: 1,
    doc: "Share of memories without any link at which linking does not work at all and a person should look.",
    larger: "A person is called later.",
    smaller: "A person is called earlier.",
    reload: true,
  },
  "health.episodicShareMax": {
    kind: "ratio",
    default: 0.6,
    min: 0,
    max: 1,
    doc: "Share of episodes above which too little lasting knowledge is drawn from them.",
    larger: "More raw episodes may pile up.",
    smaller: "Distilling starts earlier.",
    reload: true,
  },
  "health.sigmaMin": {
    kind: "ratio",
    default: 1,
    min: 0,
    max: 1_000,
    doc: "Small-world measure below which the graph is no better knit than chance.",
    larger: "A more pronounced structure is asked for.",
    smaller: "Chance is good enough.",
    reload: true,
  },
  "health.degreeMax": {
    kind: "count",
    default: 200,
    min: 1,
    doc: "Links of one memory above which it lights up for every question; automatic links stay far below it.",
    larger: "Larger hubs are tolerated.",
    smaller: "Hubs are found earlier.",
    reload: true,
  },
});

/** The bounds in force. */
export type HealthBounds = SettingValues<typeof healthSettings>;

/** The defaults of the rows. */
export const defaultHealthBounds: HealthBounds = Object.freeze(
  Object.fromEntries(Object.entries(healthSettings).map(([name, row]) => [name, row.default])),
) as HealthBounds;
