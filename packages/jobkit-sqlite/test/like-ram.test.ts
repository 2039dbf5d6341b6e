import {
  draftTasks,
  RamQueue,
  type NewTask,
  type QueueStore,
  type Settled,
  type Task,
  type TaskId,
  type Turn,
} from "jobkit-core";
import { SeededRandom } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { describe, expect, test } from "vitest";
import { NOW, roomFor } from "./drafts.ts";

const SEEDS = 40;
const STEPS = 120;
const JOBS = ["a", "b"] as const;
const OWNERS = ["me", "you"] as const;

/** One step of a random life: done to both stores in the same words. */
type Step = (queue: QueueStore) => Promise<unknown>;

/** What the steps of a run are made from, as the reference store has answered so far. */
class RandomLife {
  readonly #random: SeededRandom;
  readonly #ids: TaskId[] = [];
  /** Those that wait for others, or are waited for. */
  readonly #tied = new Set<TaskId>();
  readonly #timeJumps: boolean;
  #running: readonly Task[] = [];
  nowMs = NOW;

  constructor(seed: number, timeJumps: boolean) {
    this.#timeJumps = timeJumps;
    this.#random = new SeededRandom(seed);
  }

  /** What runs now, as the reference store sees it. */
  see(running: readonly Task[]): void {
    this.#running = running;
  }

  next(): Step {
    const random = this.#random;
    this.nowMs += this.#timeJumps && random.chance(0.05) ? -random.below(400) : random.below(120);
    const { nowMs } = this;
    const what = random.below(100);
    if (what < 25) {
      const drafts = this.#drafts(1 + random.below(4));
      return (queue) => queue.addGraph(drafts);
    }
    if (what < 80) {
      const request = this.#turn();
      return (queue) => queue.turn(request);
    }
    const some = this.#some();
    if (what < 85) return (queue) => queue.cancel({ ids: some, nowMs, reason: "not needed" });
    if (what < 91) {
      const lone = some.filter((id) => !this.#tied.has(id));
      return (queue) => queue.retry([...new Set(lone)], nowMs);
    }
    if (what < 94) return (queue) => queue.prune({ endedBeforeMs: nowMs - random.below(1), limit: 3 });
    if (what < 96) return async (queue) => byId(await queue.recover({ nowMs, lost: "others", owner: "me" }));
    if (what < 98) return (queue) => queue.oldestDue(nowMs);
    return (queue) => queue.list({ limit: 5, states: ["ready", "failed", "blocked"], order: "oldest" });
  }

  #drafts(count: number, parents: readonly TaskId[] = []) {
    const random = this.#random;
    const { nowMs } = this;
    const tasks = Array.from({ length: count }, (): NewTask => ({
      job: this.#pick(JOBS),
      input: { n: random.below(9) },
      priority: random.chance(0.3) ? random.below(3) : 0,
      dueAtMs: random.chance(0.3) ? nowMs + random.below(500) : nowMs,
      sequence: random.chance(0.4) ? this.#pick(["s", "t"]) : null,
      deadlineAtMs: random.chance(0.15) ? nowMs + random.below(900) : null,
      key: random.chance(0.2) ? `key ${random.below(4)}` : null,
      keyForMs: random.chance(0.5) ? random.below(600) : 0,
      idempotencyKey: random.chance(0.1) ? `same ${random.below(9)}` : null,
      labels: random.chance(0.2) ? { host: "x" } : {},
      limits: random.chance(0.2) ? { needs: { pool: 1 + random.below(2) } } : null,
      onParentFailure: this.#pick(["skip", "fail", "run"]),
      after: [...new Set([...parents, ...(random.chance(0.4) ? this.#some() : [])])],
    }));
    const drafts = draftTasks(tasks, { random, nowMs });
    this.#ids.push(...drafts.map(({ id }) => id));
    // Each may wait for those before it in the batch.
    const tied = drafts.map((draft, at) => {
      const before = random.chance(0.4) ? drafts.slice(0, at).map(({ id }) => id) : [];
      return Object.assign({}, draft, { after: [...new Set([...draft.after, ...before])] });
    });
    for (const { id, after } of tied)
      if (after.length > 0) for (const one of [id, ...after]) this.#tied.add(one);
    return tied;
  }

  #turn() {
    const random = this.#random;
    const { nowMs } = this;
    const settlements = this.#running
      .filter(() => random.chance(0.6))
      .map(({ id, claim, state }) => ({
        id,
        owner: state.kind === "running" && random.chance(0.95) ? state.owner : "nobody",
        claim: random.chance(0.95) ? claim : claim + 1,
        nowMs,
        outcome: this.#outcome(),
      }));
    const room = random.chance(0.1)
      ? null
      : { ...roomFor(JOBS, random.below(4)), pools: { pool: { free: random.below(3), size: 2 } } };
    return { owner: this.#pick(OWNERS), nowMs, leaseUntilMs: nowMs + 100, settlements, room };
  }

  #outcome() {
    const random = this.#random;
    const { nowMs } = this;
    const error = { code: "INTERNAL", message: "no" };
    switch (random.below(8)) {
      case 0:
        return { kind: "failed", error } as const;
      case 1:
        return { kind: "retrying", dueAtMs: nowMs + random.below(300), error } as const;
      case 2:
        return { kind: "interrupted" } as const;
      case 3:
        return { kind: "cancelled", reason: "stopped" } as const;
      case 4:
        return { kind: "forked", drafts: this.#drafts(random.below(3)) } as const;
      default:
        return { kind: "done", result: random.chance(0.5) ? null : { ok: true } } as const;
    }
  }

  #some(): readonly TaskId[] {
    const latest = this.#ids.slice(-12);
    return latest.length === 0 ? [] : [this.#pick(latest), this.#pick(latest)];
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random.below(from.length)] as T;
  }
}

function byId(tasks: readonly Task[]): readonly Task[] {
  return tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

interface Answer {
  readonly value?: unknown;
  readonly code?: unknown;
}

/** Answers are compared whole, but without orders that nobody promises; of errors the code. */
async function answer(queue: QueueStore, step: Step): Promise<Answer> {
  try {
    return { value: await step(queue) };
  } catch (error) {
    return { code: error instanceof Error && "code" in error ? error.code : String(error) };
  }
}

const sorted = (settled: readonly Settled[]) =>
  settled.map((one) => ({ ...one, unblocked: one.unblocked.toSorted(), ended: one.ended.length }));

/** In which order tasks became ready says nothing; nor when to look again, while time jumps: it is a hint. */
function comparable({ value, code }: Answer, timeJumps: boolean): unknown {
  if (typeof value !== "object" || value === null || !("settled" in value)) return { value, code };
  const turn = value as Turn;
  const { nextAtMs } = turn;
  const compared = { ...turn, settled: sorted(turn.settled), expired: sorted(turn.expired) };
  return { value: { ...compared, nextAtMs: timeJumps ? null : nextAtMs } };
}

async function everything(queue: QueueStore) {
  const { tasks } = await queue.list({ limit: 1_000, order: "oldest" });
  const counts = (await queue.counts()).map(({ job, state, count }) => `${job} ${state} ${count}`);
  return { tasks, counts: counts.toSorted() };
}

describe.each([
  ["while time goes on", false],
  ["while time jumps back now and then", true],
] as const)("%s", (_name, timeJumps) => {
  test.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    "it answers as the queue in memory does, whatever happens (seed %i)",
    async (seed) => {
      await using reference = new RamQueue();
      await using queue = await openSqliteQueue({ path: ":memory:" });
      const life = new RandomLife(seed, timeJumps);

      for (let at = 0; at < STEPS; at += 1) {
        const step = life.next();
        const [expected, got] = [await answer(reference, step), await answer(queue, step)];
        expect([at, comparable(got, timeJumps)]).toEqual([at, comparable(expected, timeJumps)]);
        life.see((await reference.list({ limit: 1_000, states: ["running"] })).tasks);
      }

      expect(await everything(queue)).toEqual(await everything(reference));
    },
  );
});
