import type { TaskId } from "../base/ids.ts";
import type { Cancelled } from "../queue/queue-store.ts";
import { isLast } from "../task/state.ts";
import type { Task } from "../task/task.ts";
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
    const answers = await this.#kit.oneAtATime.do(() => this.#all(ids, reason));
    this.#kit.gate.wake();
    return answers;
  }

  /** What runs here stops, or at least does not run again; what runs for another owner is that one's business. */
  #stop(id: TaskId, reason: string): void {
    const attempt = this.#kit.running.get(id);
    if (attempt !== undefined && !attempt.cancel(reason)) this.#settling.overrule(attempt, reason);
  }

  /** A task that waited for what it forked takes that with it, level by level. */
  async #all(ids: readonly TaskId[], reason: string): Promise<readonly Cancelled[]> {
    const { answers, children } = await this.#ask(ids, reason);
    for (let next = children; next.length > 0;) next = (await this.#ask(next, reason)).children;
    return answers;
  }

  async #ask(
    ids: readonly TaskId[],
    reason: string,
  ): Promise<{ readonly answers: readonly Cancelled[]; readonly children: readonly TaskId[] }> {
    const { store, clock } = this.#kit;
    const answers = await store.cancel({ ids, nowMs: clock.now(), reason });
    // Before anything else can happen: what runs is in the running set until it is settled.
    for (const { id, was } of answers) if (was === "running") this.#stop(id, reason);
    await this.#intake.answered();
    const ended = answers.filter((answer) => answer.was === "ended").map((answer) => answer.id);
    if (ended.length === 0) return { answers, children: [] };
    const known = await this.#reports.known(ended);
    this.#reports.cancelled(ended, known);
    await this.#reports.ended(answers.flatMap((answer) => answer.settled?.ended ?? []));
    return { answers, children: await this.#living([...known.values()]) };
  }

  /** What these had forked and that has not ended. */
  async #living(tasks: readonly Task[]): Promise<readonly TaskId[]> {
    const forked = new Set(tasks.flatMap(({ forks, after }) => (forks > 0 ? after : [])));
    if (forked.size === 0) return [];
    const parents = new Set(tasks.map(({ id }) => id));
    const children = (await this.#reports.known([...forked])).values();
    return [...children]
      .filter(({ parent, state }) => parent !== null && parents.has(parent) && !isLast(state.kind))
      .map(({ id }) => id);
  }
}
