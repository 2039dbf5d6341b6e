import {
  Alarms,
  Attempt,
  draftTask,
  EventBus,
  jobkitEvents,
  newRunId,
  newTaskId,
  type Added,
  type AttemptEnd,
  type Job,
  type JobEvent,
  type Json,
  type NewTask,
  type Task,
} from "../src/index.ts";
import { emptyLease } from "../src/pool/lease.ts";
import { FakeClock, SeededRandom } from "../src/testing/index.ts";

/** One attempt that runs, and everything it says. */
export interface AttemptBench {
  readonly clock: FakeClock;
  readonly seen: JobEvent[];
  readonly ends: AttemptEnd[];
  readonly attempt: Attempt;
  readonly alarms: Alarms;
  /** What it submitted. */
  readonly submitted: NewTask[];
}

/** What may be said of the attempt; everything has a default. */
export interface AttemptSetup {
  readonly input?: Json;
  readonly clock?: FakeClock;
  readonly task?: Partial<Task>;
  /** What its task has waited for. */
  readonly waitedFor?: readonly Task[];
}

/** Attempt 2 of a task of that job, in lane "main-1", due 70 ms ago; it runs. */
export function attemptOf(
  job: Job,
  { input = null, clock = new FakeClock(), ...more }: AttemptSetup = {},
): AttemptBench {
  const bus = new EventBus({ clock });
  const seen: JobEvent[] = [];
  bus.listen({ name: "test" }, (event) => seen.push(event));
  const alarms = new Alarms(clock);
  const random = new SeededRandom(3);
  const events = bus.emitter(jobkitEvents);
  const ends: AttemptEnd[] = [];
  const submitted: NewTask[] = [];
  const startedAtMs = clock.now();
  const task = { ...taskOf(job, input, startedAtMs), ...more.task };
  const attempt = new Attempt(
    {
      task,
      job,
      startedAtMs,
      dueAtMs: startedAtMs - 70,
      beganMs: clock.monotonic(),
      worker: "main-1",
      lease: emptyLease,
    },
    {
      clock,
      alarms,
      random,
      events,
      started: events.row("task.started"),
      family: {
        waitedFor: async () => more.waitedFor ?? [],
        submit: async (_parent, children) => {
          submitted.push(...children);
          return children.map((): Added => ({ id: newTaskId(random, startedAtMs), added: true }));
        },
        draft: async (_parent, children) =>
          children.map((child) => draftTask(child, { random, nowMs: startedAtMs })),
      },
      ended: (_attempt, end) => void ends.push(end),
    },
  );
  attempt.run();
  return { clock, seen, ends, attempt, alarms, submitted };
}

function taskOf(job: Job, input: Json, nowMs: number): Task {
  const random = new SeededRandom(4);
  const draft = draftTask(
    { job: job.name, input, id: newTaskId(random, nowMs) },
    { random, nowMs, run: newRunId(random, nowMs) },
  );
  const { dueAtMs: _, ...facts } = draft;
  return {
    ...facts,
    attempt: 2,
    claim: 1,
    forks: 0,
    state: { kind: "running", owner: "one", startedAtMs: nowMs, leaseUntilMs: nowMs + 60_000 },
  };
}
