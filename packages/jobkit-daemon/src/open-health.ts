import {
  CheckRunner,
  HealthMonitor,
  type HealthFacts,
  type Job,
  jobkitEvents,
  SchedulerFacts,
  type SettingsNow,
} from "jobkit-core";
import { LoopWatch } from "./loop-watch.ts";
import type { Ground, Shell } from "./shell.ts";

/** Who watches over the work. Nobody looks before they are started. */
export interface Watchers {
  readonly monitor: HealthMonitor;
  readonly checks: CheckRunner;
}

/** Open those who watch over the work; closed by `stack`, before the scheduler. */
export function openHealth(
  { clock, settings: { view } }: Pick<Ground, "clock" | "settings">,
  { bus, queue, scheduler, routine }: Pick<Shell, "bus" | "queue" | "scheduler" | "routine">,
  jobs: readonly Job[],
  stack: AsyncDisposableStack,
): Watchers {
  const events = bus.emitter(jobkitEvents);
  const settings: SettingsNow = () => view;
  const checks = stack.use(new CheckRunner({ jobs, holder: scheduler, clock, events, settings }));
  const loop = stack.use(new LoopWatch({ bus, clock, busy: () => scheduler.snapshot().running.length > 0 }));
  const storeRetryMs = view["work.storeRetryMs"];
  const facts = stack.use(
    new SchedulerFacts({ scheduler, store: queue, jobs, bus, clock, checks, storeRetryMs }),
  );
  const source = async (): Promise<Partial<HealthFacts>> => ({
    ...(await facts.gather()),
    schedules: routine.states().map(({ name, overdueMs, missed }) => ({ name, overdueMs, missed })),
    loopBlockedMs: loop.take(),
  });
  const monitor = stack.use(new HealthMonitor({ source, clock, events, settings }));
  return { monitor, checks };
}
