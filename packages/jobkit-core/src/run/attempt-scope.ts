import { newSpanId, type RunId, type SpanId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import type { EventScope } from "../events/event.ts";
import type { Task } from "../task/task.ts";

/** Where the events of one attempt happen. Its span is only named when somebody reads it: most events nobody does. */
export class AttemptScope implements EventScope {
  readonly job: string;
  readonly trace: RunId;
  readonly attempt: number;
  readonly #random: Random;
  #span: SpanId | null = null;

  constructor(task: Task, random: Random) {
    this.job = task.job;
    this.trace = task.run;
    this.attempt = task.attempt;
    this.#random = random;
  }

  get span(): SpanId {
    return (this.#span ??= newSpanId(this.#random));
  }
}
