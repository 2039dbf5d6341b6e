import { join } from "node:path";
import { describeError, type Json } from "jobkit-core";
import { dataNames } from "./paths.ts";
import type { Shell } from "./shell.ts";
import { buildStatus } from "./status-build.ts";
import { StatusWriter, writeStatusFile } from "./status/status-file.ts";

/**
 * Write the status from now on, whenever something happened, and tell when the daemon becomes well or
 * unwell. The last write is made when the answer is disposed, so dispose it before the shell.
 */
export function writeStatus(shell: Shell): AsyncDisposable {
  const { dataDir, clock, settings, bus, events } = shell;
  const stack = new AsyncDisposableStack();
  const writer = stack.use(
    new StatusWriter({
      clock,
      intervalMs: () => settings.view["status.intervalMs"],
      write: async () => writeStatusFile(join(dataDir, dataNames.status), await statusOf(shell)),
      onFailure: (error) => events.emit("status.failed", () => ({ why: describeError(error).message })),
    }),
  );
  stack.use(bus.listen({ name: "status", rows: movesStatus }, () => writer.touch()));
  writer.touch();
  return stack;
}

async function statusOf(shell: Shell): Promise<Json> {
  const { status, health } = await buildStatus(shell);
  const { vitals, events } = shell;
  if (vitals.well !== health.ok) {
    vitals.well = health.ok;
    const why = health.ok ? "nothing is wrong any more" : health.reasons.join("; ");
    events.emit("health.changed", () => ({ verdict: health.ok ? "well" : "unwell", why }));
  }
  return status;
}

/** The writer's own complaint would make the status dirty again, for ever. */
function movesStatus(row: string): boolean {
  return row !== "status.failed";
}
