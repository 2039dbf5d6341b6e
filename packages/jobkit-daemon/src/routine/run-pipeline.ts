import {
  defineJob,
  fork,
  isLast,
  type Job,
  type Json,
  jobkitError,
  type Pipelines,
  type QueueStore,
} from "jobkit-core";

/** What a task of the job is told. */
interface RunPipelineInput {
  readonly pipeline: string;
  readonly date: string;
  readonly args?: Readonly<Record<string, Json>>;
}

/** What the job needs. `pipelines` is asked when a task runs: they are opened after the scheduler. */
export interface RunPipelineDeps {
  readonly pipelines: () => Pick<Pipelines, "run" | "status">;
  readonly store: Pick<QueueStore, "get">;
}

/** Name of the job by which schedules run pipelines. */
export const RUN_PIPELINE = "run-pipeline";

const inputSchema = {
  "~standard": {
    version: 1 as const,
    vendor: "jobkit-daemon",
    validate: (value: unknown) =>
      isInput(value)
        ? { value }
        : { issues: [{ message: 'expected {"pipeline", "date"} as texts, and maybe "args"' }] },
  },
};

/**
 * Run a pipeline at a date and wait for its end without holding a lane, so that a schedule knows whether its last
 * run is over. Doing it twice is doing it once: a pipeline runs once at a date. It is done also where the run
 * failed: the task at the end of the run has failed then, and one failure is told once.
 */
export function runPipelineJob({ pipelines, store }: RunPipelineDeps): Job {
  return defineJob<RunPipelineInput>({
    name: RUN_PIPELINE,
    doc: "Runs a pipeline at a date, once, and waits for its end.",
    input: inputSchema,
    async run({ input: { pipeline, date, args = {} }, forks }) {
      const { run, end } = await pipelines().run(pipeline, { date, args });
      const [task] = await store.get([end]);
      if (task === undefined) throw jobkitError("RUN_UNKNOWN", `waiting for run ${run} of ${pipeline}`);
      if (forks === 0 && !isLast(task.state.kind))
        return fork([{ id: task.id, job: task.job, input: task.input, labels: task.labels }]);
      return { run, date, outcome: (await pipelines().status(run)).outcome };
    },
  });
}

function isInput(value: unknown): value is RunPipelineInput {
  if (value === null || typeof value !== "object") return false;
  const { pipeline, date, args } = value as Readonly<Record<string, unknown>>;
  const argsFit = args === undefined || (args !== null && typeof args === "object" && !Array.isArray(args));
  return typeof pipeline === "string" && typeof date === "string" && argsFit;
}
