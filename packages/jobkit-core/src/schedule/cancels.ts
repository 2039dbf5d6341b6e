import type { TaskId } from "../base/ids.ts";
import type { Cancelled } from "../queue/queue-store.ts";
import type { Intake } from "./intake.ts";
import type { Kit } from "./kit.ts";
import type { Reports } from "./reports.ts";
import type { Settling } from "./settling.ts";

/** Cancels tasks wherever they are: waiting, running, or between an attempt's end and its settlement. */
export class Cancels {
  readonly #kit: Kit;
  readonly #reports: Reports;
  readonly #intake: Intake;
  readonly #settling: Settling;

  constructor(kit: Kit, reports: Reports, intake: Intake, settling: Settling) {
    this.#kit = kit;
    this.#reports = reports;
    this.#intake = intake;
    this.#settling = settling;
  }

  /** See {@link Scheduler.cancel}. */
  async cancel(ids: readonly TaskId[], reason: string): Promise<readonly Cancelled[]> {
    const answers = await this.#kit.oneAtATime.do(() => this.#ask(ids, reason));
    this.#kit.gate.wake();
    return answers;
  }

  /** What runs here stops, or at least does not run again; what runs for another owner is that one's business. */
  #stop(id: TaskId, reason: string): void {
    const slot = this.#kit.running.get(id);
    if (slot !== undefined && slot.attempt?.cancel(reason) !== true) this.#settling.overrule(slot, reason);
  }

  async #ask(ids: readonly TaskId[], reason: string): Promise<readonly Cancelled[]> {
    const { store, clock } = this.#kit;
    const answers = await store.cancel({ ids, nowMs: clock.now(), reason });
    // Before anything else can happen: what runs is in the running set until it is settled.
    for (const { id, was } of answers) if (was === "running") this.#stop(id, reason);
    await this.#intake.answered();
    const ended = answers.filter((answer) => answer.was === "ended").map((answer) => answer.id);
    const known = ended.length === 0 ? new Map<TaskId, never>() : await this.#reports.known(ended);
    for (const id of ended) this.#reports.cancelled(id, known.get(id));
    await this.#reports.childrenEnded(answers.flatMap((answer) => answer.settled?.ended ?? []));
    return answers;
  }
}
