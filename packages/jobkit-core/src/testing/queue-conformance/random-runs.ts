import type { TaskId } from "../../base/ids.ts";
import { describeError } from "../../base/errors.ts";
import type { Outcome, QueueStore, Settled, TaskDraft } from "../../queue/queue-store.ts";
import { draftTask } from "../../task/draft.ts";
import { isLast, type TaskState } from "../../task/state.ts";
import type { NewTask } from "../../task/task.ts";
import { SeededRandom } from "../seeded-random.ts";
import {
  claim,
  ConformanceError,
  ids,
  look,
  present,
  same,
  settlement,
  STRANGER,
  T0,
  turn,
  type QueueStoreCase,
} from "./kit.ts";
import { QueueModel, type ModelTask } from "./model.ts";

const SEEDS = 12;
const STEPS = 120;
const JOBS = ["a", "b"];
const OWNERS = ["me", "them"];
const DUE_SPREAD_MS = 50;
const STEP_MS_MAX = 10;

/** Random operations, the store against the model; each seed is a case, so that a failing one is named. */
export const randomRuns: readonly QueueStoreCase[] = Array.from({ length: SEEDS }, (_, seed) => ({
  name: `${STEPS} random operations leave the store as they leave the model (seed ${seed})`,
  async run(open) {
    await using store = await open();
    await new RandomRun(store, seed).play();
  },
}));

class RandomRun {
  readonly #store: QueueStore;
  readonly #random: SeededRandom;
  readonly #model = new QueueModel();
  readonly #log: string[] = [];
  readonly #known: TaskId[] = [STRANGER];
  #nowMs = T0;

  constructor(store: QueueStore, seed: number) {
    this.#store = store;
    this.#random = new SeededRandom(seed);
  }

  async play(): Promise<void> {
    try {
      for (let step = 0; step < STEPS; step += 1) {
        this.#nowMs += this.#random.below(STEP_MS_MAX);
        await this.#step();
        await this.#compare();
      }
    } catch (error) {
      const { message } = describeError(error);
      throw new ConformanceError(
        `seed ${this.#random.seed}: ${message}\nafter ${this.#log.join("\n      ")}`,
      );
    }
  }

  #step(): Promise<void> {
    const dice = this.#random.below(20);
    if (dice < 6) return this.#add();
    if (dice < 10) return this.#claim();
    if (dice < 15) return this.#settle();
    if (dice < 16) return this.#cancel();
    if (dice < 18) return this.#retry();
    if (dice < 19) return this.#recover();
    return this.#prune();
  }

  async #add(): Promise<void> {
    const drafts: TaskDraft[] = Array.from({ length: 1 + this.#random.below(5) }, () => this.#draft());
    const known = [...this.#known, ...ids(drafts)];
    const graph = drafts.map((draft) => ({ ...draft, after: this.#some(known, 3) }));
    this.#say(
      "add",
      graph.map(({ id, after, key, onParentFailure }) => ({ id, after, key, onParentFailure })),
    );
    const expected = outcomeOf(() => this.#model.add(graph));
    const actual = await this.#store.addGraph(graph).then(
      (value) => ({ value }),
      (error: unknown) => ({ code: describeError(error).code }),
    );
    same(actual, expected, "the answer to addGraph");
    if ("value" in expected) this.#known.push(...ids(drafts));
  }

  async #claim(): Promise<void> {
    const [job, owner, limit] = [this.#random.pick(JOBS), this.#random.pick(OWNERS), this.#random.below(4)];
    this.#say("claim", { job, owner, limit });
    this.#model.expire(this.#nowMs);
    const expected = this.#model.claim(job, limit, owner, this.#nowMs);
    same(ids(await claim(this.#store, this.#nowMs, { job, owner, limit })), expected, "the claimed tasks");
  }

  async #settle(): Promise<void> {
    const running = await this.#store.list({ states: ["running"], limit: 1_000 });
    if (running.tasks.length === 0) return;
    const settlements = Array.from({ length: 1 + this.#random.below(3) }, () => {
      const task = this.#random.pick(running.tasks);
      const made = settlement(task, this.#nowMs, this.#outcome());
      return this.#random.chance(0.1) ? { ...made, claim: made.claim + this.#random.pick([-1, 1]) } : made;
    });
    this.#say("settle", settlements);
    const expected = settlements.map((one) => sorted(this.#model.settle(one)));
    const expired = this.#model.expire(this.#nowMs).map(sorted);
    const answer = await turn(this.#store, this.#nowMs, { settlements });
    same(answer.settled.map(sorted), expected, "the answers to settlements");
    same(answer.expired.map(sorted), expired, "what has expired");
    const forked = settlements.flatMap(({ outcome }) => (outcome.kind === "forked" ? outcome.drafts : []));
    this.#known.push(...ids(forked).filter((id) => this.#model.find(id) !== undefined));
  }

  async #cancel(): Promise<void> {
    const asked = this.#some(this.#known, 2);
    this.#say("cancel", asked);
    const expected = asked.map((id) => this.#model.cancel(id, this.#nowMs, "no"));
    const answers = await this.#store.cancel({ ids: asked, nowMs: this.#nowMs, reason: "no" });
    same(
      answers.map(({ was, settled }) => (settled === null ? was : sorted(settled))),
      expected.map((one) => (typeof one === "string" ? one : sorted(one))),
      "the answers to cancel",
    );
  }

  async #retry(): Promise<void> {
    const asked = this.#some(this.#known, 6);
    this.#say("retry", asked);
    const expected = this.#model.retry(asked, this.#nowMs);
    same(await this.#store.retry(asked, this.#nowMs), expected, "the retried tasks");
  }

  async #recover(): Promise<void> {
    this.#say("recover", "me");
    const expected = this.#model.recover("me", this.#nowMs);
    const recovered = await this.#store.recover({ nowMs: this.#nowMs, lost: "others", owner: "me" });
    same(ids(recovered).toSorted(), expected.toSorted(), "the recovered tasks");
  }

  async #prune(): Promise<void> {
    const before = this.#nowMs - this.#random.below(DUE_SPREAD_MS);
    this.#say("prune", before);
    const forgotten = await this.#store.prune({ endedBeforeMs: before, limit: 1_000 });
    same(forgotten, this.#model.prune(before), "the number of forgotten tasks");
  }

  async #compare(): Promise<void> {
    const { tasks } = await this.#store.list({ order: "oldest", limit: 1_000 });
    const expected = this.#model.tasks;
    same(
      tasks.map(({ id, attempt, claim: last, forks, state, after }) => ({
        id,
        attempt,
        last,
        forks,
        state: told(state),
        after,
      })),
      expected.map(({ draft, attempt, claim: last, forks, state, after }) => ({
        id: draft.id,
        attempt,
        last,
        forks,
        state: told(state),
        after,
      })),
      "the stored tasks",
    );
    await this.#compareWaiting(expected);
    const counts = Map.groupBy(expected, ({ draft, state }) => `${draft.job} ${state.kind}`);
    same(
      (await this.#store.counts()).map(({ job, state, count }) => `${job} ${state} ${count}`).toSorted(),
      [...counts].map(([name, group]) => `${name} ${group.length}`).toSorted(),
      "the counts",
    );
  }

  /** A look ends what has passed its deadline, so it comes last. */
  async #compareWaiting(expected: readonly ModelTask[]): Promise<void> {
    const overdue = expected.some(
      ({ draft, state }) =>
        (draft.deadlineAtMs ?? Infinity) <= this.#nowMs && !isLast(state.kind) && state.kind !== "running",
    );
    if (overdue) return;
    const { waiting, nextAtMs } = await look(this.#store, this.#nowMs, JOBS);
    same(
      waiting,
      JOBS.filter((job) => this.#model.due(job, this.#nowMs).length > 0),
      "the jobs with claimable tasks",
    );
    const later = expected.flatMap(({ draft, state }) => [
      ...("dueAtMs" in state && state.dueAtMs > this.#nowMs ? [state.dueAtMs] : []),
      ...(draft.deadlineAtMs === null || isLast(state.kind) || state.kind === "running"
        ? []
        : [draft.deadlineAtMs]),
    ]);
    same(nextAtMs, later.length === 0 ? null : Math.min(...later), "when the answer changes");
  }

  #draft(more: Partial<NewTask> = {}): TaskDraft {
    return draftTask(
      {
        job: this.#random.pick(JOBS),
        input: null,
        key: this.#random.chance(0.3) ? this.#random.pick(["k", "l"]) : null,
        keyForMs: this.#random.chance(0.3) ? this.#random.below(DUE_SPREAD_MS) : 0,
        idempotencyKey: this.#random.chance(0.1) ? this.#random.pick(["i", "j"]) : null,
        sequence: this.#random.chance(0.3) ? this.#random.pick(["s", "t"]) : null,
        deadlineAtMs: this.#random.chance(0.1) ? this.#nowMs + this.#random.below(2 * DUE_SPREAD_MS) : null,
        onParentFailure: this.#random.pick(["skip", "fail", "run"]),
        priority: this.#random.below(3),
        dueAtMs: this.#nowMs + (this.#random.chance(0.3) ? this.#random.below(DUE_SPREAD_MS) : 0),
        ...more,
      },
      { random: this.#random, nowMs: this.#nowMs },
    );
  }

  #outcome(): Outcome {
    const error = { code: "INTERNAL", message: "it broke" };
    return this.#random.pick<Outcome>([
      { kind: "done", result: null },
      { kind: "failed", error },
      { kind: "cancelled", reason: "no" },
      { kind: "interrupted" },
      { kind: "retrying", dueAtMs: this.#nowMs + this.#random.below(DUE_SPREAD_MS), error },
      { kind: "forked", drafts: this.#children() },
    ]);
  }

  /** What a task forks: few tasks, which may wait for each other. */
  #children(): readonly TaskDraft[] {
    const drafts: TaskDraft[] = [];
    for (let at = this.#random.below(3); at > 0; at -= 1)
      drafts.push(this.#draft({ after: drafts.filter(() => this.#random.chance(0.3)).map(({ id }) => id) }));
    return drafts;
  }

  /** Up to `most` ids, most often few; the stranger seldom. */
  #some(known: readonly TaskId[], most: number): readonly TaskId[] {
    const count = this.#random.chance(0.5) ? 0 : this.#random.below(most + 1);
    const few = Array.from({ length: count }, () => this.#random.pick(known.slice(-20)));
    return [...new Set(few)].filter((id) => id !== STRANGER || this.#random.chance(0.2));
  }

  #say(what: string, details: unknown): void {
    this.#log.push(`${what} at ${this.#nowMs - T0} ${present(JSON.stringify(details), "words")}`);
  }
}

function outcomeOf<T>(call: () => T): { readonly value: T } | { readonly code: string } {
  try {
    return { value: call() };
  } catch (error) {
    return { code: describeError(error).code };
  }
}

/** What is promised of a state: of an error, its code and not its words. */
function told(state: TaskState): object {
  return { state: "error" in state ? { ...state, error: state.error.code } : state };
}

/** The order in which consequences are told is not promised. */
function sorted<T extends Pick<Settled, "unblocked" | "ended" | "forked">>(
  settled: T,
): Omit<T, "forked"> & { readonly forked?: unknown } {
  return {
    ...settled,
    unblocked: settled.unblocked.toSorted(),
    ended: settled.ended.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ...(settled.forked !== undefined && "code" in settled.forked ? { forked: settled.forked.code } : {}),
  };
}
