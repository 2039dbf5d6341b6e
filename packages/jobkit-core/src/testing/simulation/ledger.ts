/**
 * What a simulation must keep true, checked against the events alone and, at the end, against the store:
 * every accepted task ends in exactly one last state and is told exactly once, attempts stay within the
 * policy, lanes, pools and limits are never exceeded, no task runs twice at once or before its parents.
 */
import type { TaskId } from "../../base/ids.ts";
import type { JobEvent } from "../../events/event.ts";
import type { Job } from "../../job/job.ts";
import type { Added, TaskDraft } from "../../queue/queue-store.ts";
import { isLast } from "../../task/state.ts";
import type { Task } from "../../task/task.ts";
import { simulatedPools } from "./jobs.ts";
import type { StoreWitness } from "./simulated-store.ts";

/** What a dying process had no time to tell lies at most so many ms back. */
const UNTOLD_MS = 30_000;

interface Line {
  /** Process that submitted it. */
  readonly by: string;
  /** How often it was queued: accepted, and put back by hand. */
  queued: number;
  told: number;
  finished: number;
  /** Ends that a process died before it could tell. */
  untold: number;
  lastOutcome: string | null;
  changedAtMs: number;
  firstStart: number;
  lastEnd: number;
}

export class Ledger implements StoreWitness {
  readonly complaints: string[] = [];
  readonly #jobs: ReadonlyMap<string, Job>;
  readonly #lanes: number;
  readonly #monotonic: () => number;
  readonly #lines = new Map<TaskId, Line>();
  /** By task that runs: its job. */
  readonly #running = new Map<TaskId, Job>();
  readonly #dead = new Set<string>();
  #process = "";
  #order = 0;

  constructor(jobs: readonly Job[], lanes: number, monotonic: () => number) {
    this.#jobs = new Map(jobs.map((job) => [job.name, job]));
    this.#lanes = lanes;
    this.#monotonic = monotonic;
  }

  /** Every accepted task, in order. */
  get ids(): readonly TaskId[] {
    return [...this.#lines.keys()];
  }

  /** A process begins to work; there is one at a time. */
  began(process: string): void {
    this.#process = process;
  }

  accepted(drafts: readonly TaskDraft[], added: readonly Added[]): void {
    for (const [at, draft] of drafts.entries())
      if (added[at]?.added === true)
        this.#lines.set(draft.id, {
          by: this.#process,
          queued: 1,
          told: 0,
          finished: 0,
          untold: 0,
          lastOutcome: null,
          changedAtMs: this.#monotonic(),
          firstStart: Number.POSITIVE_INFINITY,
          lastEnd: -1,
        });
  }

  touched(ids: readonly TaskId[]): void {
    for (const id of ids) {
      const line = this.#lines.get(id);
      if (line !== undefined) line.changedAtMs = this.#monotonic();
    }
  }

  requeued(ids: readonly TaskId[]): void {
    for (const id of ids) {
      const line = this.#lines.get(id);
      if (line !== undefined) line.queued += 1;
    }
    this.touched(ids);
  }

  /** The process died. What it had not told of `tasks` (all that are stored) nobody will ever tell. */
  died(tasks: readonly Task[]): void {
    this.#dead.add(this.#process);
    this.#running.clear();
    for (const task of tasks) {
      const line = this.#lines.get(task.id);
      if (line === undefined) continue;
      // One that lives again was queued once more than it can have ended.
      const missing = line.queued - (isLast(task.state.kind) ? 0 : 1) - line.finished - line.untold;
      if (missing <= 0) continue;
      line.untold += missing;
      if (this.#monotonic() - line.changedAtMs > UNTOLD_MS)
        this.#complain(task.id, "ended, and was never told");
    }
  }

  /** Every event of every process, in order. */
  event(event: JobEvent): void {
    this.#order += 1;
    const id = event.attrs["task"] as TaskId | undefined;
    if (event.ev === "scheduler.failed" && event.attrs["why"] !== "injected by the simulation")
      this.complaints.push(`scheduler.failed: ${event.attrs["why"]}`);
    if (id === undefined) return;
    const line = this.#lines.get(id);
    if (line === undefined) this.#complain(id, `${event.ev} of a task that nobody accepted`);
    else if (event.ev === "task.queued") line.told += 1;
    else if (event.ev === "task.started") this.#started(id, line, event);
    else if (event.ev === "task.retrying" || event.ev === "task.interrupted" || event.ev === "task.forked") this.#stopped(id);
    else if (event.ev === "task.finished") this.#finished(id, line, String(event.attrs["outcome"]));
  }

  /** The end: `tasks` is all that is stored, and nothing runs any more. */
  close(tasks: readonly Task[]): void {
    const stored = new Map(tasks.map((task) => [task.id, task]));
    for (const [id, line] of this.#lines) {
      const task = stored.get(id);
      if (task === undefined) this.#complain(id, "was accepted and is not stored");
      else if (!isLast(task.state.kind)) this.#complain(id, `is ${task.state.kind} at the end`);
      else this.#checkEnd(task, line, stored);
    }
    for (const id of this.#running.keys()) this.#complain(id, "was started and never ended");
  }

  #checkEnd(task: Task, line: Line, stored: ReadonlyMap<TaskId, Task>): void {
    if (line.finished + line.untold !== line.queued)
      this.#complain(task.id, `was queued ${line.queued} times, told finished ${line.finished}`);
    if (line.untold === 0 && line.lastOutcome !== task.state.kind)
      this.#complain(task.id, `was told ${line.lastOutcome} and is ${task.state.kind}`);
    if (line.queued > 1) return;
    for (const id of task.after) {
      const parent = this.#lines.get(id);
      const state = stored.get(id)?.state.kind;
      if (parent === undefined || parent.queued > 1 || parent.untold > 0) continue;
      if (line.firstStart < parent.lastEnd) this.#complain(task.id, "started before its parent ended");
      if (task.state.kind === "done" && task.onParentFailure !== "run" && state !== "done")
        this.#complain(task.id, `is done below a parent that is ${state}`);
    }
  }

  #started(id: TaskId, line: Line, event: JobEvent): void {
    const job = this.#jobs.get(event.job ?? "");
    if (job === undefined) return this.#complain(id, `started as job ${event.job}`);
    if (line.told === 0 && !this.#dead.has(line.by)) this.#complain(id, "started before it was told queued");
    if (this.#running.has(id)) this.#complain(id, "runs twice at once");
    if (line.finished + line.untold >= line.queued) this.#complain(id, "started after its end");
    if ((event.attempt ?? 0) > job.retry.attempts) this.#complain(id, `began attempt ${event.attempt}`);
    line.firstStart = Math.min(line.firstStart, this.#order);
    this.#running.set(id, job);
    this.#checkLimits(job);
  }

  #checkLimits(started: Job): void {
    const running = [...this.#running.values()];
    if (running.length > this.#lanes) this.complaints.push(`${running.length} tasks in ${this.#lanes} lanes`);
    const same = running.filter((job) => job.name === started.name).length;
    if (same > started.concurrencyMax) this.complaints.push(`${same} of ${started.name} at once`);
    for (const [pool, size] of Object.entries(simulatedPools)) {
      const used = running.reduce((sum, job) => sum + (job.needs[pool] ?? 0), 0);
      if (used > size) this.complaints.push(`${used} of ${size} slots of ${pool} in use`);
    }
  }

  #stopped(id: TaskId): void {
    if (!this.#running.delete(id)) this.#complain(id, "stopped without having been started");
  }

  #finished(id: TaskId, line: Line, outcome: string): void {
    this.#running.delete(id);
    line.finished += 1;
    line.lastOutcome = outcome;
    line.lastEnd = this.#order;
    if (line.told === 0 && !this.#dead.has(line.by)) this.#complain(id, "finished before it was told queued");
    if (line.finished + line.untold > line.queued) this.#complain(id, `told ${outcome} once too often`);
  }

  #complain(id: TaskId, what: string): void {
    this.complaints.push(`task ${id} ${what}`);
  }
}
