import {
  checkedSchedule,
  compileWhen,
  EventBus,
  jobkitEvents,
  Timetable,
  type Added,
  type Json,
  type NewTask,
  type PlannedSchedule,
  type Schedule,
  type Task,
  type TaskId,
  type TaskState,
  type TimetableOptions,
} from "../src/index.ts";
import { FakeClock, Recorder, SeededRandom } from "../src/testing/index.ts";

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** A schedule of which a test says only what matters to it. */
export function schedule(fields: Partial<Schedule> = {}): Schedule {
  const task = { job: "digest", input: null };
  return { name: "nightly", doc: "Write the digest.", when: "daily at 03:00", task, ...fields };
}

export async function planned(fields: Partial<Schedule> = {}): Promise<PlannedSchedule> {
  const checked = checkedSchedule(schedule(fields));
  return { ...checked, dues: await compileWhen(checked.when, "the test") };
}

/**
 * Keeps tasks and marks as a scheduler with its store would, and runs nothing: a test ends tasks by hand.
 * `refuse` throws before anything is kept; `dieAfter` throws after everything is kept, as a process that is
 * killed before it hears the answer.
 */
export class FakeHost {
  readonly tasks: Task[] = [];
  readonly cancelled: TaskId[] = [];
  kept: Record<string, Json> = {};
  refuse: ((tasks: readonly NewTask[]) => Error | null) | null = null;
  dieAfter = false;
  /** Asked of `get`. */
  asked = 0;

  submit(tasks: readonly NewTask[], options: { marks?: Readonly<Record<string, Json>> } = {}) {
    return attempt((): readonly Added[] => {
      const refusal = this.refuse?.(tasks) ?? null;
      if (refusal !== null) throw refusal;
      const added = tasks.map((task) => this.#add(task));
      Object.assign(this.kept, options.marks);
      if (this.dieAfter) throw new Error("killed");
      return added;
    });
  }

  cancel(ids: readonly TaskId[], reason: string): Promise<void> {
    return attempt(() => {
      this.cancelled.push(...ids);
      for (const id of ids)
        this.become(id, { kind: "cancelled", startedAtMs: null, endedAtMs: 0, reason }, 0);
    });
  }

  get(ids: readonly TaskId[]): Promise<readonly Task[]> {
    this.asked += 1;
    return attempt(() => this.tasks.filter(({ id }) => ids.includes(id)));
  }

  marks(names: readonly string[]) {
    return attempt(() =>
      Object.fromEntries(Object.entries(this.kept).filter(([name]) => names.includes(name))),
    );
  }

  setMarks(marks: Readonly<Record<string, Json>>): Promise<void> {
    return attempt(() => void Object.assign(this.kept, marks));
  }

  /** Put the newest task, or one that is named, into a state. */
  become(id: TaskId | undefined, state: TaskState, claim = 1): void {
    const at = this.tasks.findIndex((task) => task.id === id);
    this.tasks[at] = { ...(this.tasks[at] as Task), state, claim };
  }

  start(id = this.tasks.at(-1)?.id): void {
    this.become(id, { kind: "running", owner: "here", startedAtMs: 0, leaseUntilMs: 0 });
  }

  end(id = this.tasks.at(-1)?.id): void {
    this.become(id, { kind: "done", startedAtMs: 0, endedAtMs: 0, result: null });
  }

  endAll(): void {
    for (const { id } of this.tasks) this.end(id);
  }

  #add(task: NewTask): Added {
    const twin = this.tasks.find(
      (other) => other.idempotencyKey !== null && other.idempotencyKey === task.idempotencyKey,
    );
    if (twin !== undefined) return { id: twin.id, added: false };
    const state = { kind: "ready", dueAtMs: 0 } as const;
    const stored = { ...task, state, claim: 0 } as unknown as Task;
    this.tasks.push(stored);
    return { id: stored.id, added: true };
  }
}

/** A timetable over a fake host, a fake clock and a recorder. Close it. */
export async function open(options: Partial<TimetableOptions> & { host?: FakeHost; clock?: FakeClock } = {}) {
  const clock = options.clock ?? new FakeClock();
  const host = options.host ?? new FakeHost();
  const bus = new EventBus({ clock });
  const recorder = new Recorder(bus);
  const timetable = await Timetable.open({
    schedules: [schedule()],
    store: host,
    events: bus.emitter(jobkitEvents),
    random: new SeededRandom(1),
    ...options,
    clock,
    host,
  });
  return { timetable, clock, host, recorder };
}

/** The due times that a host got tasks for, as text. */
export function dueOf({ tasks }: FakeHost): readonly string[] {
  return tasks.map(({ idempotencyKey }) => String(idempotencyKey).split(" ")[1] ?? "");
}

async function attempt<T>(work: () => T): Promise<T> {
  await Promise.resolve();
  return work();
}
