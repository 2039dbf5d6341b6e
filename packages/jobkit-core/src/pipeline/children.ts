/** The tasks of a phase, from what it says and the items of its list. Pure. */
import type { RunId } from "../base/ids.ts";
import { jobkitError } from "../base/error-table.ts";
import type { Json } from "../base/json.ts";
import { oneLine } from "../base/one-line.ts";
import type { NewTask, Task } from "../task/task.ts";
import { valuesOf, type PhaseContext } from "./decide.ts";
import { digestOf } from "./digest.ts";
import { runLabels } from "./expand.ts";
import { outcomeOf } from "./outcome.ts";
import { phaseInputOf } from "./phase-input.ts";
import type { Phase } from "./pipeline.ts";
import { fillReferences, readReference, textsIn, type ReferenceValues } from "./reference.ts";

const LABEL_MAX = 80;
/** Longer items are told apart by a digest in their key. */
const KEY_MAX = 200;

/** What the tasks of a phase are made of. */
export interface PhaseWork {
  readonly phase: Phase;
  readonly context: PhaseContext & { readonly run: RunId };
  /** `null`: one task, no fan-out. */
  readonly items: readonly Json[] | null;
  /** The tasks of the parent phases, as they ended. */
  readonly parents: readonly Task[];
}

/**
 * One task per item. Its idempotency key is made of run, phase and item: when the phase is tried again, what
 * was done stands for itself.
 * @throws PIPELINE_INVALID for a reference that stands for nothing.
 */
export function phaseTasks({ phase, context, items, parents }: PhaseWork): readonly NewTask[] {
  const values: ReferenceValues = { ...valuesOf(context), results: namedResults(phase, parents) };
  const make = (item: Json | undefined): NewTask => {
    const text = item === undefined ? "" : JSON.stringify(item);
    const label = typeof item === "string" ? item : text;
    return {
      job: phase.job,
      input: fillReferences(
        phase.input,
        item === undefined ? values : { ...values, item },
        `the input of ${phase.name}`,
      ),
      limits: phase.limits,
      priority: phase.priority,
      labels: {
        ...runLabels(context, phase),
        ...(item === undefined ? {} : { item: oneLine(label, LABEL_MAX) }),
      },
      idempotencyKey: `${context.run} ${phase.name} ${text.length > KEY_MAX ? digestOf(text) : text}`,
    };
  };
  return items === null ? [make(undefined)] : items.map(make);
}

/** The results of those parents that the input speaks of; `null` for one that did no work. */
function namedResults(phase: Phase, parents: readonly Task[]): Readonly<Record<string, Json>> {
  const named = new Set<string>();
  for (const { text } of textsIn(phase.input)) {
    const reference = readReference(text);
    if (reference !== null && !("wrong" in reference) && reference.root === "results")
      named.add(reference.path[0] ?? "");
  }
  const found: [string, Json][] = [];
  for (const task of parents) {
    const parent = phaseInputOf(task).phase;
    const outcome = outcomeOf(task);
    if (!named.has(parent.name)) continue;
    if (outcome?.outcome !== "done") {
      found.push([parent.name, null]);
      continue;
    }
    if (outcome.results === null)
      throw jobkitError(
        "PIPELINE_INVALID",
        `filling in the input of ${phase.name}: the results of ${parent.name} are too large to be handed on`,
        {
          next: "Let its job store them and return where they are.",
        },
      );
    found.push([parent.name, parent.map === null ? (outcome.results[0] ?? null) : outcome.results]);
  }
  return Object.fromEntries(found);
}
