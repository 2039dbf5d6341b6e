import { eventWords } from "./event-words.ts";
import type { RunOptions } from "./run-options.ts";
import type { Shell } from "./shell.ts";

/** Errors of the shell itself: with `once` they are said too, because the summary at the end has no place for them. */
const SHELL_ERRORS: ReadonlySet<string> = new Set(["scheduler.failed", "log.failed", "subscriber.failed"]);

/** Ms for which the same line is not said again: a full disk is tried, and refuses, every second. */
const AGAIN_MS = 60_000;

/**
 * Say what goes wrong as it happens, for whoever watches the daemon's own output. A run to the end tells
 * of failed tasks in its summary, so there they are not said twice.
 */
export function sayErrors(
  { bus, clock }: Pick<Shell, "bus" | "clock">,
  { say, once = false }: RunOptions,
): Disposable {
  if (say === undefined) return new DisposableStack();
  /** The last line of each row, and when it was said. */
  const said = new Map<string, { readonly line: string; readonly atMs: number }>();
  return bus.listen(
    {
      name: "say-errors",
      rows: (name, { sev }) => sev === "error" && (!once || SHELL_ERRORS.has(name)),
    },
    (event) => {
      const line = `${event.ev}: ${eventWords(event, bus.row(event.ev))}`;
      const last = said.get(event.ev);
      const nowMs = clock.monotonic();
      if (last?.line === line && nowMs - last.atMs < AGAIN_MS) return;
      said.set(event.ev, { line, atMs: nowMs });
      say(line);
    },
  );
}
