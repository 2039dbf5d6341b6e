import { defineSettings, type SettingValues } from "jobkit-core";

const DAYS_MAX = 36_500;

/** The daily work on memory: how it fades, how what stands alone is linked, how hubs are kept small, whose days. */
export const tendSettings = defineSettings({
  "tend.timeZone": {
    kind: "text",
    default: "",
    doc: "Time zone by whose midnight a day ends, such as Europe/Berlin. Empty: that of this machine, which is where the days were lived.",
  },
  "decay.choiceHalfLifeDays": {
    kind: "count",
    default: 365,
    min: 1,
    max: DAYS_MAX,
    doc: "Days in which preferences and decisions lose half of their weight: people change their minds slowly. Core memories never fade.",
    larger: "Old choices keep their rank; reversed ones are found beside the new.",
    smaller: "New choices win sooner; old ones that still hold sink.",
    reload: true,
  },
  "decay.technicalHalfLifeDays": {
    kind: "count",
    default: 180,
    min: 1,
    max: DAYS_MAX,
    doc: "The same for fixes, commands, facts of a project and digests: code of half a year ago is often rewritten.",
    larger: "Old solutions stay at hand, outdated ones with them.",
    smaller: "Outdated solutions sink sooner, rare ones that still hold with them.",
    reload: true,
  },
  "decay.episodeHalfLifeDays": {
    kind: "count",
    default: 60,
    min: 1,
    max: DAYS_MAX,
    doc: "The same for episodes and observations: after two months their digests tell what mattered of them.",
    larger: "Old sessions come up more, facts less.",
    smaller: "Facts and digests come before the sessions they are from.",
    reload: true,
  },
  "decay.taskHalfLifeDays": {
    kind: "count",
    default: 25,
    min: 1,
    max: DAYS_MAX,
    doc: "The same for tasks: one that was not taken up within a month is seldom taken up at all.",
    larger: "Open tasks are remembered for longer.",
    smaller: "Stale tasks sink sooner.",
    reload: true,
  },
  "decay.otherHalfLifeDays": {
    kind: "count",
    default: 120,
    min: 1,
    max: DAYS_MAX,
    doc: "The same for every other category, such as general notes: between episodes and technical facts.",
    larger: "Notes keep their rank for longer.",
    smaller: "Notes sink sooner.",
    reload: true,
  },
  "decay.pruneBelow": {
    kind: "ratio",
    default: 0.1,
    min: 0,
    max: 1,
    doc: "Memories of less weight and at most one link are counted as candidates for pruning. Nothing deletes them.",
    larger: "More is called dispensable.",
    smaller: "Less is called dispensable.",
    reload: true,
  },
  "orphans.linksMax": {
    kind: "count",
    default: 2,
    min: 1,
    max: 16,
    doc: "Links that a memory which stands alone gets by likeness of words; two make it a way through, not a dead end.",
    larger: "Better connected, by weaker likeness.",
    smaller: "Only the likest; 1 leaves it a dead end.",
    reload: true,
  },
  "orphans.similarityMin": {
    kind: "ratio",
    default: 0.12,
    min: 0.01,
    max: 1,
    doc: "Least likeness for such a link, 0 to 1: the cosine of the words of both, rare ones weighing more. In real sessions what is less alike shared words by chance.",
    larger: "Fewer and surer links; more memories stay alone.",
    smaller: "Hardly any memory stays alone; chance draws more of the links.",
    reload: true,
  },
  "orphans.perRun": {
    kind: "count",
    default: 1_000,
    min: 1,
    max: 1_000_000,
    doc: "Memories that one run tries to link, those that waited longest first; about 1 ms each.",
    larger: "A large backlog is gone in fewer days.",
    smaller: "Runs are shorter.",
    reload: true,
  },
  "degree.max": {
    kind: "count",
    default: 50,
    min: 2,
    max: 100_000,
    doc: "Neighbours above which a memory loses its weakest automatic links: a hub comes up whatever is asked.",
    larger: "Hubs are tolerated.",
    smaller: "Flatter graph; more ways through the middle are cut.",
    reload: true,
  },
  "digests.perRun": {
    kind: "count",
    default: 400,
    min: 1,
    max: 10_000,
    doc: "Digests of one kind that one run asks for, the oldest first; a year of days fits.",
    larger: "A long past is told in one run.",
    smaller: "Runs are shorter; a long past takes more of them.",
    reload: true,
  },
});

/** The values in force. */
export type TendSettings = SettingValues<typeof tendSettings>;

/** The defaults of the rows. */
export const defaultTendSettings: TendSettings = Object.freeze(
  Object.fromEntries(Object.entries(tendSettings).map(([name, row]) => [name, row.default])),
) as TendSettings;
