/** Whether the daemon as a whole is well: what the shell sees of itself, and what the application says. */
import type { HealthFinding } from "./app.ts";
import type { ReconcilerState } from "./reconcile/reconcile-loop.ts";

/** What the shell knows of itself. */
export interface ShellVitals {
  readonly reconcilers: readonly ReconcilerState[];
  /** What the disk said when it refused the event log; `null` while it takes it. */
  readonly logFailure: string | null;
}

/** From so many failed looks in a row on it is no accident. */
const LOOKS_FAILED_MAX = 3;

/** The shell's own findings; none where all is well. */
export function shellFindings({ reconcilers, logFailure }: ShellVitals): readonly HealthFinding[] {
  const findings: HealthFinding[] = reconcilers
    .filter(({ failuresInARow }) => failuresInARow > 0)
    .map(({ name, failuresInARow, why }) => ({
      level: failuresInARow >= LOOKS_FAILED_MAX ? "error" : "warn",
      what: `looking for work failed ${failuresInARow} times in a row (${name}; from ${LOOKS_FAILED_MAX} on it is no accident)`,
      why: why ?? "no reason was given",
    }));
  if (logFailure !== null)
    findings.push({ level: "error", what: "the disk refuses the event log", why: logFailure });
  return findings;
}
