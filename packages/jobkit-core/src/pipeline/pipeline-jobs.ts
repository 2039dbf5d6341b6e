import type { Clock } from "../base/clock.ts";
import type { Emitter } from "../events/emitter.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { Job } from "../job/job.ts";
import type { QueueStore } from "../queue/queue-store.ts";
import type { PhaseFunctions } from "./decide.ts";
import { endJob } from "./end-job.ts";
import { phaseJob } from "./phase-job.ts";

/** What the jobs behind pipelines are made of. */
export interface PipelineJobsOptions extends PhaseFunctions {
  readonly clock: Pick<Clock, "now">;
  readonly events: Emitter<JobkitEvents>;
  readonly store: Pick<QueueStore, "marks" | "setMarks">;
  /** The group of lanes they run in. They are short and hold no slot. Default "main". */
  readonly lane?: string;
}

/** The jobs that run pipelines: give them to the scheduler beside those of the application. */
export function pipelineJobs(options: PipelineJobsOptions): readonly Job[] {
  // A registry holds jobs of any input; each checks its own by its schema.
  return [phaseJob(options), endJob(options)];
}
