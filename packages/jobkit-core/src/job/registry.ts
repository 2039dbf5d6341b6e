import { jobkitError } from "../base/error-table.ts";
import { suggestion } from "../base/suggest.ts";
import type { Job } from "./job.ts";

/** The jobs of one scheduler, by name. */
export class JobRegistry {
  readonly #jobs = new Map<string, Job>();

  /** @throws RangeError when two jobs share a name. */
  constructor(jobs: readonly Job[]) {
    for (const job of jobs) {
      if (this.#jobs.has(job.name)) throw new RangeError(`job ${job.name}: registered twice`);
      this.#jobs.set(job.name, job);
    }
  }

  /** Every name, in the order of registration. */
  get names(): readonly string[] {
    return [...this.#jobs.keys()];
  }

  /** Every job, in the order of registration. */
  get all(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  /** The job of that name. @throws JOB_UNKNOWN with the nearest name. */
  get(name: string): Job {
    const job = this.#jobs.get(name);
    if (job !== undefined) return job;
    const near = suggestion(name, this.#jobs.keys());
    throw jobkitError("JOB_UNKNOWN", `looking for job ${JSON.stringify(name)}${near}`);
  }
}
