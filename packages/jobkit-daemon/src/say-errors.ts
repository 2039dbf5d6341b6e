import { eventWords } from "./event-words.ts";
import type { RunOptions } from "./run-options.ts";
import type { Shell } from "./shell.ts";

/** Errors of the shell itself: with `once` they are said too, because the summary at the end has no place for them. */
const SHELL_ERRORS: ReadonlySet<string> = new Set(["scheduler.failed", "log.failed", "subscriber.failed"]);

/**
 * Say what goes wrong as it happens, for whoever watches the daemon's own output. A run to the end tells
 * of failed tasks in its summary, so there they are not said twice.
 */
export function sayErrors({ bus }: Pick<Shell, "bus">, { say, once = false }: RunOptions): Disposable {
  if (say === undefined) return new DisposableStack();
  return bus.listen(
    {
      name: "say-errors",
      rows: (name, { sev }) => sev === "error" && (!once || SHELL_ERRORS.has(name)),
    },
    (event) => say(`${event.ev}: ${eventWords(event, bus.row(event.ev))}`),
  );
}
