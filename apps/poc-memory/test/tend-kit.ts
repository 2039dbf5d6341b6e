/** A memory with the jobs of its daily work on a scheduler, for tests: a clock by hand, everything in RAM. */
import {
  definePipeline,
  EventBus,
  jobkitEvents,
  pipelineJobs,
  Pipelines,
  RamQueue,
  Scheduler,
  type Json,
  type RunStatus,
} from "jobkit-core";
import { FakeClock, Recorder, SeededRandom } from "jobkit-core/testing";
import { memoryEvents } from "../src/events.ts";
import { MemoryGraph } from "../src/graph/memory-graph.ts";
import { defaultHealthBounds } from "../src/health/settings.ts";
import { capDegree } from "../src/jobs/cap-degree.ts";
import { compareHealth, snapshotHealth } from "../src/jobs/compare-health.ts";
import { decayWeights } from "../src/jobs/decay-weights.ts";
import { linkOrphanMemories } from "../src/jobs/link-orphans.ts";
import { writeDigests } from "../src/jobs/write-digests.ts";
import { openMemoryStore } from "../src/store/open.ts";
import type { SqliteMemoryStore } from "../src/store/sqlite-store.ts";
import { LocalCalendar } from "../src/tend/calendar.ts";
import { dailyPipeline } from "../src/tend/daily-pipeline.ts";
import { tendLists, tendPredicates } from "../src/tend/due-work.ts";
import { defaultTendSettings } from "../src/tend/settings.ts";
import type { TendDeps } from "../src/tend/tend-deps.ts";

/** The daily work of one memory. Begins at noon (UTC) of 2026-05-20, a Wednesday. */
export class TendWorld implements AsyncDisposable {
  readonly clock = new FakeClock(Date.parse("2026-05-20T12:00:00Z"));
  readonly store: SqliteMemoryStore = openMemoryStore({ path: ":memory:", mode: "write" });
  readonly deps: TendDeps;
  readonly recorder: Recorder;
  readonly scheduler: Scheduler;
  readonly pipelines: Pipelines;

  constructor() {
    const { clock, store } = this;
    const bus = new EventBus({ clock, tables: [memoryEvents] });
    this.recorder = new Recorder(bus);
    this.deps = {
      store,
      clock,
      graph: new MemoryGraph(),
      events: bus.emitter(memoryEvents),
      calendar: new LocalCalendar("Europe/Berlin"),
      settings: { ...defaultTendSettings, ...defaultHealthBounds },
    };
    const functions = { predicates: tendPredicates(this.deps), lists: tendLists(this.deps) };
    const shared = {
      clock,
      store: new RamQueue(),
      random: new SeededRandom(1),
      events: bus.emitter(jobkitEvents),
    };
    this.scheduler = new Scheduler({
      ...shared,
      jobs: [
        decayWeights(this.deps),
        linkOrphanMemories(this.deps),
        capDegree(this.deps),
        ...writeDigests(this.deps),
        snapshotHealth(this.deps),
        compareHealth(this.deps),
        ...pipelineJobs({ ...shared, ...functions }),
      ],
      pools: {},
      lanes: 2,
      owner: "test",
    });
    this.pipelines = new Pipelines({
      ...shared,
      ...functions,
      pipelines: [definePipeline(dailyPipeline)],
      scheduler: this.scheduler,
    });
  }

  /** What a job returns for an input. @throws Error with the task's error where it does not end well. */
  async run(job: string, input: Json = { date: "2026-05-20" }): Promise<Record<string, Json>> {
    const [added] = await this.scheduler.submit([{ job, input }]);
    await this.clock.settle();
    if (added === undefined) throw new Error(`${job} was not taken`);
    const { state } = await this.scheduler.ended(added.id);
    if (state.kind !== "done") throw new Error(`${job} ended ${JSON.stringify(state)}`);
    return state.result as Record<string, Json>;
  }

  /** The daily pipeline of a date, run to its end. */
  async daily(date: string): Promise<RunStatus> {
    const { run, end } = await this.pipelines.run("daily", { date });
    await this.clock.settle();
    await this.scheduler.ended(end);
    return this.pipelines.status(run);
  }

  /** Let the scheduler begin. */
  async begin(): Promise<this> {
    await this.scheduler.start();
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.scheduler.drain(1_000);
    this.recorder[Symbol.dispose]();
    this.store[Symbol.dispose]();
  }
}
