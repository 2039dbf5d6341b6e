import { cliError } from "jobkit-daemon";
import { z } from "zod/mini";

const LINES_MAX = 100_000;
const queryLine = z.object({ id: z.union([z.string(), z.number()]), query: z.string() });

/** One query of a batch; its answer carries the same id. */
export type BatchQuery = z.infer<typeof queryLine>;

/**
 * Queries from JSON lines; empty lines are passed over.
 * @throws USAGE_WRONG naming the first line that is none, before anything is searched.
 */
export function readQueries(text: string): readonly BatchQuery[] {
  const lines = text.split("\n");
  if (lines.length > LINES_MAX)
    throw cliError("USAGE_WRONG", `reading a batch of more than ${LINES_MAX} queries`);
  return lines.flatMap((line, at) => (line.trim() === "" ? [] : [readQuery(line, at + 1)]));
}

function readQuery(line: string, number: number): BatchQuery {
  try {
    return z.parse(queryLine, JSON.parse(line));
  } catch (cause) {
    const next = 'Write one {"id": …, "query": "…"} a line.';
    throw cliError("USAGE_WRONG", `reading line ${number} of the batch`, { cause, next });
  }
}
