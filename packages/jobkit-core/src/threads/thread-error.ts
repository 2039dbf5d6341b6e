import { jobkitError } from "../base/error-table.ts";
import { CodedError, describeError, type ErrorTable } from "../base/errors.ts";
import { mayRetry } from "../run/fatal.ts";
import type { ThreadError } from "./thread-message.ts";

/** Anything that was thrown, as it can be copied to the other side. */
export function packError(error: unknown): ThreadError {
  return { ...describeError(error), retry: mayRetry(error) };
}

/** The error of the other side: same code, same words, same answer to whether trying again may help. */
export function unpackError({ code, message, retry }: ThreadError): CodedError {
  const { doc, next } = (jobkitError.table as ErrorTable)[code] ?? { doc: "", next: "" };
  return new CodedError(code, { retry, doc, next }, message);
}
