import * as fc from "fast-check";
import {
  defineJob,
  EventBus,
  type Job,
  type JobContext,
  type JobEvent,
  jobkitEvents,
  type Json,
  type PhaseFunctions,
  type Pipeline,
  pipelineJobs,
  Pipelines,
  type QueueStore,
  RamQueue,
  readPipeline,
  Scheduler,
  type Task,
} from "jobkit-core";
import { FakeClock, SeededRandom } from "jobkit-core/testing";
import { anything } from "./scheduler-kit.ts";

/** What the one job of these tests does with an input. */
export type Work = (input: Json, context: JobContext<unknown>) => Json | Promise<Json>;

export interface WorldOptions extends PhaseFunctions {
  readonly pipelines: readonly Pipeline[];
  readonly work?: Work;
  /** Jobs beside "work". */
  readonly jobs?: readonly Job[];
  readonly store?: QueueStore;
  readonly clock?: FakeClock;
  readonly seed?: number;
}

/** A program with pipelines whose phases all run the job "work", on fake time over memory. */
export class World implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly store: QueueStore;
  readonly scheduler: Scheduler;
  readonly pipelines: Pipelines;
  readonly seen: JobEvent[] = [];
  /** The inputs the job was run with, in order. */
  readonly worked: Json[] = [];

  constructor({ pipelines, work = () => null, seed = 1, ...more }: WorldOptions) {
    this.clock = more.clock ?? new FakeClock();
    this.store = more.store ?? new RamQueue();
    const { clock, store } = this;
    const bus = new EventBus({ clock });
    bus.listen({ name: "test" }, (event) => this.seen.push(event));
    const events = bus.emitter(jobkitEvents);
    const random = new SeededRandom(seed);
    const job = defineJob<unknown>({
      name: "work",
      doc: "The job of a test.",
      input: anything,
      retry: { attempts: 2, firstMs: 1_000 },
      run: async (context) => {
        this.worked.push(context.input as Json);
        return work(context.input as Json, context);
      },
    });
    this.scheduler = new Scheduler({
      jobs: [job, ...(more.jobs ?? []), ...pipelineJobs({ ...more, clock, store, events })],
      pools: {},
      lanes: 4,
      owner: `owner-${seed}`,
      clock,
      store,
      random,
      events,
    });
    const { scheduler } = this;
    this.pipelines = new Pipelines({ ...more, pipelines, scheduler, store, clock, random, events });
  }

  /** Start, and let everything happen that needs no time. */
  async begin(): Promise<this> {
    await this.scheduler.start();
    await this.clock.settle();
    return this;
  }

  /** The texts the job was run with, sorted. */
  get workedTexts(): string[] {
    return this.worked.map((input) => (typeof input === "string" ? input : JSON.stringify(input))).toSorted();
  }

  /** Phase to how it stands. */
  async states(run: Task["run"]): Promise<Record<string, string>> {
    const { phases } = await this.pipelines.status(run);
    return Object.fromEntries(phases.map(({ name, state }) => [name, state.kind]));
  }

  /** The fields of all events of a row. */
  told(ev: string): JobEvent["attrs"][] {
    return this.seen.filter((event) => event.ev === ev).map(({ attrs }) => attrs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closing = this.scheduler[Symbol.asyncDispose]();
    await this.clock.settle();
    await closing;
  }
}

function anyPhase(at: number): fc.Arbitrary<readonly [string, Json]> {
  return fc
    .record({
      after: fc.uniqueArray(fc.nat(Math.max(0, at - 1)), { maxLength: at === 0 ? 0 : 4 }),
      when: fc.constantFrom("success", "no-failure", "always"),
    })
    .map(({ after, when }) => [`p${at}`, { job: "work", when, after: after.map((to) => `p${to}`) }]);
}

/**
 * A store as a process sees it that dies: after `cut`, or after so many calls, no call is carried out or
 * answered.
 */
export function cuttable(
  target: QueueStore,
  callsMax = Number.POSITIVE_INFINITY,
): { readonly store: QueueStore; readonly cut: () => void } {
  let left = callsMax;
  const store = new Proxy(target, {
    get: (_, name: keyof QueueStore) => {
      const call = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        left -= 1;
        return left < 0 ? new Promise(() => {}) : call.apply(target, args);
      };
    },
  });
  return {
    store,
    cut: () => {
      left = 0;
    },
  };
}

/** Any pipeline without a circle, of up to `max` phases that all run "work". */
export function anyPipeline(max = 12): fc.Arbitrary<Pipeline> {
  return (
    fc
      .integer({ min: 1, max })
      .chain((size) => fc.tuple(...Array.from({ length: size }, (_, at) => anyPhase(at))))
      // Written in any order: only `after` decides.
      .chain((phases) => fc.shuffledSubarray(phases, { minLength: phases.length }))
      .map((phases) => read({ name: "any", phases: Object.fromEntries(phases) }))
  );
}

/** A pipeline that is known to be well. */
export function read(value: unknown): Pipeline {
  const reading = readPipeline(value);
  if (!reading.ok)
    throw new Error(reading.problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  return reading.pipelines[0] as Pipeline;
}
