/**
 * The way in: submissions and retries by hand. Submissions go on side by side, so that a store can gather
 * them; their answers are waited for before anything is told about the tasks they bring, so that
 * task.queued always comes first.
 */
import type { TaskId } from "../base/ids.ts";
import { checkSubmission } from "../job/submission.ts";
import type { Added, TaskDraft } from "../queue/queue-store.ts";
import { draftTasks } from "../task/draft.ts";
import type { NewTask } from "../task/task.ts";
import type { Kit } from "./kit.ts";
import type { Reports } from "./reports.ts";

export class Intake {
  readonly #kit: Kit;
  readonly #reports: Reports;
  readonly #open = new Set<Promise<unknown>>();

  constructor(kit: Kit, reports: Reports) {
    this.#kit = kit;
    this.#reports = reports;
  }

  /** True while a submission has no answer yet. */
  get busy(): boolean {
    return this.#open.size > 0;
  }

  /** Resolves when every submission that is on its way now is answered and told. Never rejects. */
  async answered(): Promise<void> {
    if (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  /** See {@link Scheduler.submit}. */
  async submit(tasks: readonly NewTask[]): Promise<readonly Added[]> {
    const { registry, random, clock, gate } = this.#kit;
    await checkSubmission(registry, tasks);
    const drafts = draftTasks(tasks, { random, nowMs: clock.now() });
    const added = await this.#track(this.#store(drafts));
    gate.wake();
    return added;
  }

  /** See {@link Scheduler.retry}. */
  async retry(ids: readonly TaskId[]): Promise<readonly TaskId[]> {
    const again = await this.#kit.oneAtATime.do(() => this.#again(ids));
    this.#kit.gate.wake();
    return again;
  }

  async #store(drafts: readonly TaskDraft[]): Promise<readonly Added[]> {
    const added = await this.#kit.store.addGraph(drafts);
    for (const [at, draft] of drafts.entries()) {
      const answer = added[at];
      if (answer?.added === true) this.#reports.queued(draft);
      else if (answer !== undefined) this.#reports.deduplicated(draft, answer.id);
      if (answer?.ended !== undefined) this.#reports.bornEnded(draft, answer.ended);
    }
    return added;
  }

  async #again(ids: readonly TaskId[]): Promise<readonly TaskId[]> {
    const again = await this.#kit.store.retry(ids, this.#kit.clock.now());
    if (again.length === 0) return again;
    const known = await this.#reports.known(again);
    for (const id of again) this.#reports.requeued(id, known.get(id));
    return again;
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#open.add(work);
    try {
      return await work;
    } finally {
      this.#open.delete(work);
    }
  }
}
