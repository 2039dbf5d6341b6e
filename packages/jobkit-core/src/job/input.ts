import type { StandardSchemaV1 } from "@standard-schema/spec";
import { jobkitError } from "../base/error-table.ts";
import type { CodedError } from "../base/errors.ts";
import type { Job } from "./job.ts";

/** So many complaints are told at once; more only bury the first. */
const ISSUES_MAX = 3;

/**
 * The input as the job's schema sees it. Answers at once where the schema does.
 * @throws INPUT_INVALID naming the fields that do not fit; also where the schema itself throws.
 */
export function checkedInput<Input>(job: Job<Input>, input: unknown): Input | Promise<Input> {
  let answer: StandardSchemaV1.Result<Input> | Promise<StandardSchemaV1.Result<Input>>;
  try {
    answer = job.input["~standard"].validate(input);
  } catch (cause) {
    throw broken(job, cause);
  }
  if (!(answer instanceof Promise)) return fitting(job, answer);
  return answer.then(
    (result) => fitting(job, result),
    (cause: unknown) => {
      throw broken(job, cause);
    },
  );
}

function fitting<Input>(job: Job<Input>, result: StandardSchemaV1.Result<Input>): Input {
  if (result.issues === undefined) return result.value;
  const told = result.issues.slice(0, ISSUES_MAX).map((issue) => `${placeOf(issue)}: ${issue.message}`);
  const more = result.issues.length > ISSUES_MAX ? ` and ${result.issues.length - ISSUES_MAX} more` : "";
  throw jobkitError("INPUT_INVALID", `checking the input of ${job.name}: ${told.join("; ")}${more}`);
}

function placeOf(issue: StandardSchemaV1.Issue): string {
  const path = (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part));
  return path.length === 0 ? "the input" : path.join(".");
}

function broken(job: Pick<Job, "name">, cause: unknown): CodedError {
  return jobkitError("INPUT_INVALID", `checking the input of ${job.name}: its schema threw`, { cause });
}
