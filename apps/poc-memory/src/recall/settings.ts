import { defineSettings } from "jobkit-core";

/** How recall weighs words against links. Measured on turns of conversations; see bench/recall.bench.ts. */
export const recallSettings = defineSettings({
  "recall.seeds": {
    kind: "count",
    default: 50,
    min: 1,
    max: 500,
    doc: "Word hits that pass part of their score on to their neighbours; later hits are too weak to matter.",
    larger: "Memories beside a weak hit are found; a query takes longer.",
    smaller: "Quicker; only memories beside the best hits are found.",
    reload: true,
  },
  "recall.decay": {
    kind: "ratio",
    default: 0.6,
    min: 0,
    max: 1,
    doc: "Share of a score that one step over a link of strength 1 passes on; two steps pass its square.",
    larger: "More of what belongs together comes up; the best hit itself may sink.",
    smaller: "Closer to a search for words alone, which 0 is.",
    reload: true,
  },
  "recall.hops": {
    kind: "count",
    default: 2,
    min: 0,
    max: 4,
    doc: "How many links a score travels; beyond two, little but noise arrives.",
    larger: "Reaches farther; slower on nodes with many links.",
    smaller: "Only direct neighbours at 1; words alone at 0.",
    reload: true,
  },
  "recall.weightShare": {
    kind: "ratio",
    default: 0.2,
    min: 0,
    max: 1,
    doc: "How much a memory's own weight moves its final score; it never stops a score on its way.",
    larger: "Feedback and importance count more against what was asked.",
    smaller: "The question decides alone.",
    reload: true,
  },
});

/** The numbers that one recall works with. */
export interface RecallWeights {
  readonly seeds: number;
  readonly decay: number;
  readonly hops: number;
  readonly weightShare: number;
}

/** The defaults of the settings rows. */
export const defaultRecallWeights: RecallWeights = {
  seeds: recallSettings["recall.seeds"].default,
  decay: recallSettings["recall.decay"].default,
  hops: recallSettings["recall.hops"].default,
  weightShare: recallSettings["recall.weightShare"].default,
};
