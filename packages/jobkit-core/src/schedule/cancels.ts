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
  /** Running tasks that could not be stopped at once, with the reason; the loop tries again. */
  readonly #late = new Map<TaskId, string>();
  readonly #open = new Set<Promise<unknown>>();

  constructor(kit: Kit, reports: Reports, intake: Intake, settling: Settling) {
    this.#kit = kit;
    this.#reports = reports;
    this.#intake = intake;
    this.#settling = settling;
  }

  /** Resolves when every cancellation that is on its way now is answered and told. Never rejects. */
  async answered(): Promise<void> {
    if (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  /** See {@link Scheduler.cancel}. */
  async cancel(ids: readonly TaskId[], reason: string): Promise<readonly Cancelled[]> {
    const answers = await this.#ask(ids, reason);
    for (const { id, was } of answers)
      if (was === "running" && !this.#stop(id, reason)) this.#late.set(id, reason);
    this.#kit.gate.wake();
    return answers;
  }

  /**
   * Try again what could not be stopped. Called by the loop between its calls of the store, when a task of
   * ours is either in the running set or not running. @throws what the store throws.
   */
  async flush(): Promise<void> {
    for (const [id, reason] of this.#late) {
      if (this.#kit.running.get(id) === undefined) {
        // It was settled meanwhile, perhaps to be retried; if it still runs, then for another owner.
        await this.#ask([id], reason);
        this.#late.delete(id);
      } else if (this.#stop(id, reason)) this.#late.delete(id);
    }
  }

  /** True where the task will not run again. False while its attempt still ends for another cause. */
  #stop(id: TaskId, reason: string): boolean {
    const attempt = this.#kit.running.get(id)?.attempt ?? null;
    return attempt?.cancel(reason) === true || this.#settling.overrule(id, reason) === "changed";
  }

  async #ask(ids: readonly TaskId[], reason: string): Promise<readonly Cancelled[]> {
    const asking = this.#tell(ids, reason);
    this.#open.add(asking);
    try {
      return await asking;
    } finally {
      this.#open.delete(asking);
    }
  }

  async #tell(ids: readonly TaskId[], reason: string): Promise<readonly Cancelled[]> {
    const { store, clock } = this.#kit;
    const answers = await store.cancel({ ids, nowMs: clock.now(), reason });
    await this.#intake.answered();
    const ended = answers.filter((answer) => answer.was === "ended").map((answer) => answer.id);
    const known = ended.length === 0 ? new Map<TaskId, never>() : await this.#reports.known(ended);
    for (const id of ended) this.#reports.cancelled(id, known.get(id));
    await this.#reports.childrenEnded(answers.flatMap((answer) => answer.settled?.ended ?? []));
    return answers;
  }
}
