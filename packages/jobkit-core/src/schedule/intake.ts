/**
 * The way in: submissions and retries by hand. Submissions go on side by side, so that a store can gather
 * them; their answers are waited for before anything is told about the tasks they bring, so that
 * task.queued always comes first.
 */
import type { TaskId } from "../base/ids.ts";
import { checkedSubmission } from "../job/submission.ts";
import type { Added, Marks, TaskDraft, Turn } from "../queue/queue-store.ts";
import { draftTasks } from "../task/draft.ts";
import type { NewTask, Task } from "../task/task.ts";
import type { Kit } from "./kit.ts";
import type { Reports } from "./reports.ts";
import type { Waiter, Waiters } from "./waiters.ts";

export class Intake {
  readonly #kit: Kit;
  readonly #reports: Reports;
  readonly #waiters: Waiters;
  readonly #open = new Set<Promise<unknown>>();
  /** How many of them there are by the time at which their tasks were made, which each task keeps for good. */
  readonly #openFrom = new Map<number, number>();
  #deadlineAtMs = Number.POSITIVE_INFINITY;

  constructor(kit: Kit, reports: Reports, waiters: Waiters) {
    this.#kit = kit;
    this.#reports = reports;
    this.#waiters = waiters;
  }

  /** True while a submission has no answer yet. */
  get busy(): boolean {
    return this.#open.size > 0;
  }

  /** May something that happened in this turn be of a submission that has no answer yet? */
  concerns({ claimed, expired, settled }: Turn): boolean {
    if (this.#open.size === 0) return false;
    if (expired.length > 0 || settled.some(({ ended }) => ended.length > 0)) return true;
    return claimed.some(({ createdAtMs }) => this.#openFrom.has(createdAtMs));
  }

  /** First deadline, wall time in ms, of what was stored since {@link seen}; Infinity for none. */
  get deadlineAtMs(): number {
    return this.#deadlineAtMs;
  }

  /** The store is about to be asked what comes next: it knows every deadline that it has stored. */
  seen(): void {
    this.#deadlineAtMs = Number.POSITIVE_INFINITY;
  }

  /** Resolves when every submission that is on its way now is answered and told. Never rejects. */
  async answered(): Promise<void> {
    if (this.#open.size > 0) await Promise.allSettled(this.#open);
  }

  /** See {@link Scheduler.submit}. */
  async submit(tasks: readonly NewTask[], marks?: Marks): Promise<readonly Added[]> {
    return this.#store(await this.draft(tasks), marks);
  }

  /** Check a submission and fill in every default. @throws JOB_UNKNOWN, INPUT_INVALID. */
  async draft(tasks: readonly NewTask[]): Promise<readonly TaskDraft[]> {
    const { registry, random, clock } = this.#kit;
    const checked = checkedSubmission(registry, tasks);
    const whole = checked instanceof Promise ? await checked : checked;
    return draftTasks(whole, { random, nowMs: clock.now() });
  }

  /** Submit tasks, each of which somebody waits for. The waiters are refused where the submission is. */
  async perform(tasks: readonly NewTask[], waiters: readonly Waiter[]): Promise<void> {
    let drafts: readonly TaskDraft[] = [];
    try {
      drafts = await this.draft(tasks);
      this.#waiters.addAll(
        drafts.map(({ id }) => id),
        waiters,
      );
      const added = await this.#store(drafts);
      await this.#follow(drafts, added);
    } catch (error) {
      for (const { id } of drafts) this.#waiters.fail(id, error as Error);
      for (const waiter of waiters) waiter.reject(error as Error);
    }
  }

  /** See {@link Scheduler.retry}. */
  async retry(ids: readonly TaskId[]): Promise<readonly TaskId[]> {
    const again = await this.#kit.oneAtATime.do(() => this.#again(ids));
    this.#kit.gate.wake();
    return again;
  }

  /** Children of a task: of the same run, with it as parent. */
  childrenOf(task: Task, children: readonly NewTask[]): readonly NewTask[] {
    return children.map((child) => ({ ...child, run: child.run ?? task.run, parent: task.id }));
  }

  /** What met another task is waited for as that one; it may have ended long ago. */
  async #follow(drafts: readonly TaskDraft[], added: readonly Added[]): Promise<void> {
    const met: TaskId[] = [];
    for (let at = 0; at < drafts.length; at += 1) {
      const answer = added[at];
      if (answer === undefined || answer.added) continue;
      this.#waiters.move((drafts[at] as TaskDraft).id, answer.id);
      met.push(answer.id);
    }
    if (met.length > 0) await this.#reports.tellEnded(met);
  }

  async #store(drafts: readonly TaskDraft[], marks?: Marks): Promise<readonly Added[]> {
    const fromMs = drafts[0]?.createdAtMs ?? 0;
    const adding = this.#add(drafts, marks);
    this.#open.add(adding);
    this.#openFrom.set(fromMs, (this.#openFrom.get(fromMs) ?? 0) + 1);
    // Whoever is idle looks at once, so that a store may put both into one commit.
    this.#kit.gate.wake();
    try {
      return await adding;
    } finally {
      this.#open.delete(adding);
      const others = (this.#openFrom.get(fromMs) ?? 1) - 1;
      if (others === 0) this.#openFrom.delete(fromMs);
      else this.#openFrom.set(fromMs, others);
      this.#kit.gate.wake();
    }
  }

  async #add(drafts: readonly TaskDraft[], marks?: Marks): Promise<readonly Added[]> {
    const added = await this.#kit.store.addGraph(drafts, marks);
    for (const { deadlineAtMs } of drafts)
      if (deadlineAtMs !== null) this.#deadlineAtMs = Math.min(this.#deadlineAtMs, deadlineAtMs);
    this.#reports.added(drafts, added);
    return added;
  }

  async #again(ids: readonly TaskId[]): Promise<readonly TaskId[]> {
    const again = await this.#kit.store.retry(ids, this.#kit.clock.now());
    if (again.length === 0) return again;
    const known = await this.#reports.known(again);
    for (const id of again) this.#reports.requeued(id, known.get(id));
    return again;
  }
}
