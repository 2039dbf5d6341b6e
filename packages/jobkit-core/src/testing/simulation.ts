/**
 * A whole kit on fake time: submissions with dependencies, failures, timeouts, cancellations, retries by
 * hand, pauses, drains, jumps of the clock, a store that fails and answers out of order, and processes that
 * die at any call of it. Same seed, same run. It looks for broken promises of the scheduler and its store,
 * and returns them as sentences.
 */
import { describeError } from "../base/errors.ts";
import { newTaskId, type TaskId } from "../base/ids.ts";
import type { QueueStore } from "../queue/queue-store.ts";
import { RamQueue } from "../queue/ram-queue.ts";
import type { NewTask, OnParentFailure } from "../task/task.ts";
import { FakeClock } from "./fake-clock.ts";
import { SeededRandom } from "./seeded-random.ts";
import { behaviours, simulatedJobNames, simulatedJobs } from "./simulation/jobs.ts";
import { Ledger } from "./simulation/ledger.ts";
import { SimulatedProcess } from "./simulation/simulated-process.ts";
import { INJECTED, type Faults } from "./simulation/simulated-store.ts";

/** What to simulate. */
export interface SimulationOptions {
  readonly seed: number;
  /** Things that are done to the kit before it is left alone. Default 40. */
  readonly steps?: number;
  /** Share of store calls that throw. Default: by seed one of 0, 0.02, 0.15. */
  readonly failShare?: number;
  /** Share of store calls at which the process dies. Default: by seed one of 0, 0.003, 0.02. */
  readonly deathShare?: number;
  /** Make the store call of this number throw, counted from 1. */
  readonly failCall?: number;
  /** Longest answer of the store in ms; 0 for at once. Default: by seed one of 0, 40. */
  readonly delayMaxMs?: number;
  /** Makes the store that outlives the processes. Default: a {@link RamQueue}. */
  readonly open?: () => QueueStore | Promise<QueueStore>;
}

/** How a simulation went. */
export interface SimulationReport {
  readonly seed: number;
  /** Broken promises, in words; empty for a sound kit. */
  readonly complaints: readonly string[];
  readonly accepted: number;
  readonly finished: number;
  readonly events: number;
  readonly deaths: number;
  readonly storeCalls: number;
}

const STEPS = 40;
const BATCH_MAX = 7;
const ROUND_MS = 120_000;
const ROUNDS_MAX = 200;
const STARTS_MAX = 1_000;
const HOUR_MS = 3_600_000;

/** Run one simulation to its end. Rejects only where the simulation itself is broken. */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  await using store = await (options.open?.() ?? new RamQueue());
  const simulation = new Simulation(options, store);
  return await simulation.run();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #store: QueueStore;
  readonly #clock = new FakeClock();
  readonly #random: SeededRandom;
  readonly #faults: Faults;
  readonly #lanes: number;
  readonly #ledger: Ledger;
  #process: SimulatedProcess;
  #processes = 0;
  #deaths = 0;
  #events = 0;
  #finished = 0;

  constructor(options: SimulationOptions, store: QueueStore) {
    this.#options = options;
    this.#store = store;
    const random = new SeededRandom(options.seed);
    this.#random = random;
    this.#lanes = 1 + random.below(6);
    this.#faults = {
      failShare: options.failShare ?? random.pick([0, 0.02, 0.15]),
      deathShare: options.deathShare ?? random.pick([0, 0.003, 0.02]),
      failCall: options.failCall ?? null,
      delayMaxMs: options.delayMaxMs ?? random.pick([0, 40]),
      calls: 0,
    };
    const jobs = simulatedJobs(this.#clock, random);
    this.#ledger = new Ledger(jobs, this.#lanes, () => this.#clock.monotonic());
    this.#process = this.#spawn();
  }

  async run(): Promise<SimulationReport> {
    await this.#begin();
    for (let step = 0; step < (this.#options.steps ?? STEPS); step += 1) {
      await this.#step();
      if (this.#process.dead) await this.#begin();
    }
    this.#faults.failShare = 0;
    this.#faults.deathShare = 0;
    await this.#comeToRest();
    await this.#checkLeaks();
    this.#ledger.close(await this.#store.get(this.#ledger.ids));
    return {
      seed: this.#options.seed,
      complaints: this.#ledger.complaints,
      accepted: this.#ledger.ids.length,
      finished: this.#finished,
      events: this.#events,
      deaths: this.#deaths,
      storeCalls: this.#faults.calls,
    };
  }

  async #step(): Promise<void> {
    const { scheduler } = this.#process;
    const random = this.#random;
    const what = random.below(100);
    if (what < 35) await this.#ask(() => scheduler.submit(this.#batch()));
    else if (what < 70) await this.#clock.advance(random.below(random.pick([10, 2_000, 15_000])));
    else if (what < 80) await this.#ask(() => scheduler.cancel(this.#some(), "simulated"));
    else if (what < 86) await this.#ask(() => scheduler.retry(this.#some()));
    else if (what < 89)
      await this.#ask(() => scheduler.pause(random.chance(0.5) ? undefined : random.pick(simulatedJobNames)));
    else if (what < 94) await this.#ask(() => scheduler.resume());
    else if (what < 96) this.#clock.jump(random.below(2 * HOUR_MS) - HOUR_MS);
    else if (what < 98) await this.#restart();
    else if (this.#faults.deathShare > 0) this.#process.kill();
  }

  /** Ask the scheduler something it may refuse, fail at, or never answer, and let time tell. */
  async #ask(question: () => Promise<unknown>): Promise<void> {
    const asking = (async () => {
      try {
        await question();
      } catch (error) {
        const { code, message } = describeError(error);
        if (message !== INJECTED) this.#ledger.complaints.push(`a question was refused: ${code} ${message}`);
      }
    })();
    // Sometimes the next step comes before the answer.
    await (this.#random.chance(0.5) ? this.#clock.settle() : Promise.race([asking, this.#clock.sleep(0)]));
  }

  #batch(): readonly NewTask[] {
    const random = this.#random;
    const here: TaskId[] = [];
    const old = this.#ledger.ids;
    return Array.from({ length: 1 + random.below(BATCH_MAX) }, () => {
      const id = newTaskId(random, this.#clock.now());
      const parents = [
        ...here.filter(() => random.chance(0.3)),
        ...(random.chance(0.15) ? this.#some() : []),
      ];
      here.push(id);
      return {
        id,
        job: random.pick(simulatedJobNames),
        input: random.chance(0.5) ? "quick" : random.pick(behaviours),
        key: random.chance(0.2) ? `k${random.below(4)}` : null,
        after: old.length === 0 ? parents.filter((parent) => here.includes(parent)) : parents,
        onParentFailure: random.pick<OnParentFailure>(["skip", "fail", "run"]),
        priority: random.below(3),
        ...(random.chance(0.2) ? { dueAtMs: this.#clock.now() + random.below(60_000) } : {}),
      };
    });
  }

  #some(): readonly TaskId[] {
    const ids = this.#ledger.ids;
    if (ids.length === 0) return [];
    return [...new Set(Array.from({ length: 1 + this.#random.below(4) }, () => this.#random.pick(ids)))];
  }

  #spawn(): SimulatedProcess {
    this.#processes += 1;
    return new SimulatedProcess({
      name: `p${this.#processes}`,
      lanes: this.#lanes,
      clock: this.#clock,
      random: this.#random,
      store: this.#store,
      faults: this.#faults,
      witness: this.#ledger,
      onEvent: (event) => {
        this.#events += 1;
        if (event.ev === "task.finished") this.#finished += 1;
        this.#ledger.event(event);
      },
    });
  }

  /** Start the process, or the next one where it is dead, until one has started. */
  async #begin(): Promise<void> {
    for (let tries = 0; tries < STARTS_MAX; tries += 1) {
      if (this.#process.dead) {
        this.#deaths += 1;
        this.#ledger.died(await this.#store.get(this.#ledger.ids));
        this.#process = this.#spawn();
      }
      this.#ledger.began(this.#process.name);
      if (await this.#started()) return;
    }
    this.#ledger.complaints.push("no process could be started");
  }

  async #started(): Promise<boolean> {
    const start: { answer: "yes" | "no" | null } = { answer: null };
    void (async () => {
      try {
        await this.#process.scheduler.start();
        start.answer = "yes";
      } catch (error) {
        start.answer = "no";
        const { message } = describeError(error);
        if (message !== INJECTED) this.#ledger.complaints.push(message);
      }
    })();
    while (start.answer === null && !this.#process.dead) await this.#clock.advance(1);
    return start.answer === "yes" && !this.#process.dead;
  }

  /** Close the process in good order and begin another one. */
  async #restart(): Promise<void> {
    const { scheduler } = this.#process;
    const end = { closed: false };
    void (async () => {
      await scheduler.drain(this.#random.below(6_000));
      await scheduler[Symbol.asyncDispose]();
      end.closed = true;
    })();
    for (let round = 0; round < ROUNDS_MAX && !end.closed && !this.#process.dead; round += 1)
      await this.#clock.advance(1_000);
    if (this.#process.dead) return;
    if (!end.closed) this.#ledger.complaints.push("closing did not come to an end");
    // What the store refused to the last is found running by the next process, as after a death.
    this.#process.kill();
  }

  async #comeToRest(): Promise<void> {
    if (this.#process.dead) await this.#begin();
    await this.#ask(() => this.#process.scheduler.resume());
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      let nextDueAtMs: number | null | undefined;
      const stop = new AbortController();
      void (async () => {
        try {
          ({ nextDueAtMs } = await this.#process.scheduler.idle(stop.signal));
        } catch {
          // Not idle within the round: the next round asks again.
        }
      })();
      await this.#clock.advance(ROUND_MS);
      stop.abort(new Error("the round is over"));
      if (nextDueAtMs === null) return;
    }
    this.#ledger.complaints.push("did not come to rest");
  }

  async #checkLeaks(): Promise<void> {
    const { scheduler } = this.#process;
    const { lanesFree, running, pools } = scheduler.snapshot();
    if (lanesFree !== this.#lanes || running.length > 0) this.#ledger.complaints.push("a lane leaked");
    for (const { name, held } of pools)
      if (held > 0) this.#ledger.complaints.push(`${held} slots of ${name} leaked`);
    const closing = scheduler[Symbol.asyncDispose]();
    await this.#clock.advance(1_000);
    await closing;
    await this.#clock.settle();
    // Jobs that ignored their signal may sleep on: give them the time they asked for.
    await this.#clock.advance(HOUR_MS);
    if (this.#clock.pending > 0) this.#ledger.complaints.push(`${this.#clock.pending} sleepers leaked`);
  }
}
