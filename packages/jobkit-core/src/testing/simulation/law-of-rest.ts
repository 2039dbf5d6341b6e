/**
 * What must be true of the store whenever nothing is on its way: it holds what it has answered, and nobody
 * waits who could start, nor for what has ended, nor past a deadline.
 */
import type { TaskId } from "../../base/ids.ts";
import type { Job } from "../../job/job.ts";
import { describeHeld, fillRoom, type Head, type Room } from "../../queue/room.ts";
import type { SchedulerSnapshot } from "../../schedule/snapshot.ts";
import { isLast } from "../../task/state.ts";
import type { Task } from "../../task/task.ts";
import { OUTSIDE, type Book, type Line } from "./book.ts";
import type { Complaints } from "./complaints.ts";
import type { LawOfLimits } from "./law-of-limits.ts";

/** A rate opens so many ms late at most: what was claimed begins when the store has answered. */
const RATE_SLACK_MS = 500;

interface Waiting extends Head {
  readonly id: TaskId;
  readonly job: string;
  readonly order: number;
  readonly sequence: string | null;
}

interface Starting extends Waiting {
  /** What the next tasks of other jobs wait for. */
  readonly others: string;
}

/** What is looked at. */
export interface Rest {
  /** All that are stored. */
  readonly tasks: readonly Task[];
  readonly snapshot: SchedulerSnapshot;
  /** Wall time in ms since 1970. */
  readonly nowMs: number;
  /** Not so soon after the wall clock was set: what is due by it is looked for within a minute. */
  readonly wallIsSteady: boolean;
}

export interface RestOptions {
  readonly book: Book;
  readonly complaints: Complaints;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly limits: LawOfLimits;
}

export class LawOfRest {
  readonly #options: RestOptions;

  constructor(options: RestOptions) {
    this.#options = options;
  }

  check(rest: Rest): void {
    const { book } = this.#options;
    const stored = new Map(rest.tasks.map((task) => [task.id, task]));
    for (const line of book.stored()) this.#agree(line, stored.get(line.draft.id), rest);
    if (rest.wallIsSteady) this.#nobodyCouldStart(rest);
  }

  #agree(line: Line, task: Task | undefined, rest: Rest): void {
    const { nowMs } = rest;
    const { book, complaints, limits } = this.#options;
    const { id } = line.draft;
    if (task === undefined) return complaints.of(id, "was accepted and is not stored");
    const { kind } = task.state;
    const ended = isLast(kind);
    if (ended ? line.ended !== kind || line.life !== "ended" : line.life !== "living")
      complaints.of(id, `is ${kind} and was answered ${line.life} ${line.ended ?? ""}`);
    if ((kind === "running") !== (line.running !== null) || (kind === "running") !== limits.running.has(id))
      complaints.of(id, `is ${kind} and ${limits.running.has(id) ? "runs" : "does not run"}`);
    if (kind === "blocked" && !task.after.some((parent) => book.lives(parent)))
      complaints.of(id, "waits for nothing that lives");
    const overdueMs = nowMs - (line.deadlineAtMs ?? Number.POSITIVE_INFINITY);
    if (!ended && kind !== "running" && rest.wallIsSteady && overdueMs >= 0 && !isOutside(line))
      complaints.of(id, `waits ${overdueMs} ms past its deadline`);
  }

  /** One who could start whether or not the rates that are about to open are open. */
  #nobodyCouldStart(rest: Rest): void {
    const waiting = this.#waiting(rest);
    const [early, late] = [0, RATE_SLACK_MS].map((slackMs) => this.#starting(waiting, rest, slackMs));
    if (early === null || early === undefined || late === null) return;
    this.#options.complaints.of(early.id, `of ${early.job} waits while there is room (${early.others})`);
  }

  #starting(waiting: readonly Waiting[], { snapshot }: Rest, slackMs: number): Starting | null {
    const taken: Waiting[] = [];
    const held = fillRoom<Waiting>(this.#room(snapshot, slackMs), {
      first: (job) => waiting.find((one) => one.job === job && !taken.includes(one)),
      take: (head) => void taken.push(head),
    });
    const [first] = taken;
    if (first === undefined) return null;
    const others = [...held].map(([job, reason]) => `${job}: ${describeHeld(reason)}`).join(", ");
    return { ...first, others };
  }

  /** Those that may be claimed, in starting order. */
  #waiting({ tasks, nowMs }: Rest): readonly Waiting[] {
    const { book } = this.#options;
    const holders = new Map<string, TaskId>();
    for (const { begun, draft } of book.lines.values())
      if (begun && draft.sequence !== null) holders.set(draft.sequence, draft.id);
    const due = tasks.flatMap((task): readonly Waiting[] => {
      const { id, job, priority, sequence, state } = task;
      if ((state.kind !== "ready" && state.kind !== "retrying") || state.dueAtMs > nowMs) return [];
      const { order } = book.get(id) as Line;
      return [
        { id, job, priority, sequence, order, dueAtMs: state.dueAtMs, needs: task.limits?.needs ?? null },
      ];
    });
    const sorted = due.toSorted(
      (a, b) => b.priority - a.priority || a.dueAtMs - b.dueAtMs || a.order - b.order,
    );
    return sorted.filter(({ sequence, id }, at) => {
      if (sequence === null) return true;
      const holder = holders.get(sequence);
      if (holder !== undefined) return holder === id;
      return sorted.findIndex((other) => other.sequence === sequence) === at;
    });
  }

  #room({ laneGroups, pools, paused, holds }: SchedulerSnapshot, slackMs: number): Room {
    const { jobs, limits } = this.#options;
    return {
      lanes: Object.fromEntries(laneGroups.map(({ name, size, busy }) => [name, size - busy])),
      pools: Object.fromEntries(pools.map(({ name, size, free }) => [name, { size, free }])),
      jobs: [...jobs.values()].map(({ name, lane, needs, concurrencyMax, rate }) => {
        if (paused.all || paused.jobs.includes(name))
          return { name, lane, needs, starts: 0, limit: "paused" };
        if (holds[name] !== undefined) return { name, lane, needs, starts: 0, limit: "not ready" };
        const free = concurrencyMax - limits.runningOf(name);
        const allowed = rate === null ? free : rate.starts - limits.claimedWithin(name, rate.perMs + slackMs);
        return { name, lane, needs, starts: Math.min(free, allowed), limit: "at its own limit" };
      }),
    };
  }
}

/** A deadline that another process has stored is seen at the next turn, whenever that is. */
function isOutside({ by }: Line): boolean {
  return by === OUTSIDE;
}
