/** Who does the work of a daemon: its scheduler, and the pipelines and schedules that feed it. */
import {
  type EventBus,
  type Job,
  jobkitEvents,
  type KnownNames,
  MAIN_LANE,
  pipelineJobs,
  Pipelines,
  type QueueStore,
  Scheduler,
} from "jobkit-core";
import type { AppParts } from "./app.ts";
import { LiveRoutine } from "./routine/live-routine.ts";
import { runPipelineJob } from "./routine/run-pipeline.ts";
import type { RunOptions } from "./run-options.ts";
import { settingsOrThrow } from "./settings-in-force.ts";
import type { Ground } from "./shell.ts";

/** What the work is made of. */
export interface WorkParts {
  readonly bus: EventBus;
  readonly queue: QueueStore;
  readonly parts: AppParts;
}

/** What is opened. */
export interface Work {
  readonly scheduler: Scheduler;
  readonly routine: LiveRoutine;
  /** Those of the application, and those behind its pipelines. */
  readonly jobs: readonly Job[];
}

/**
 * Open it; closed by `stack`. The configuration is read once more, now that it is known what it may name.
 * @throws CONFIG_INVALID, POOL_*, LANE_UNKNOWN; RangeError when two jobs share a name.
 */
export async function openWork(
  ground: Ground,
  { bus, queue, parts }: WorkParts,
  options: RunOptions,
  stack: AsyncDisposableStack,
): Promise<Work> {
  const { app, clock, random, settings, instance } = ground;
  const { phases = {}, lanes = {} } = parts;
  const { view } = settings;
  const events = bus.emitter(jobkitEvents);
  const known = knownOf(parts);
  const { routine: first } = await settingsOrThrow(app, options, known);
  const shared = { ...phases, clock, events, store: queue };
  const jobs: readonly Job[] = [
    ...parts.jobs,
    ...pipelineJobs(shared),
    runPipelineJob({ store: queue, pipelines: () => pipelines }),
  ];
  const scheduler = stack.use(
    new Scheduler({
      store: queue,
      jobs,
      pools: poolSizes(parts),
      events,
      clock,
      random,
      owner: instance.holder.instance,
      lanes: { [MAIN_LANE]: view["work.lanes"], ...lanes },
      leaseMs: view["work.leaseMs"],
      storeRetryMs: view["work.storeRetryMs"],
    }),
  );
  const pipelines = new Pipelines({ ...shared, random, scheduler, pipelines: first.pipelines });
  const routine = stack.use(
    new LiveRoutine({ routine: first, pipelines, known, scheduler, store: queue, bus, clock, random }),
  );
  return { scheduler, routine, jobs };
}

/** Slots by pool as they should be now. */
export function poolSizes({ pools = {} }: AppParts): Readonly<Record<string, number>> {
  const sizes = Object.entries(pools).map(([name, size]) => [
    name,
    typeof size === "function" ? size() : size,
  ]);
  return Object.fromEntries(sizes) as Readonly<Record<string, number>>;
}

function knownOf(parts: AppParts): KnownNames {
  const { predicates = {}, lists = {} } = parts.phases ?? {};
  return {
    jobs: parts.jobs.map(({ name }) => name),
    predicates: Object.keys(predicates),
    lists: Object.keys(lists),
    pools: poolSizes(parts),
  };
}
