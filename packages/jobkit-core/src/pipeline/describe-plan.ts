import { sayDuration } from "../base/units.ts";
import type { PipelineEstimate } from "./estimate.ts";
import type { PipelinePlan, PlannedPhase } from "./plan.ts";

/** A dry run as lines for people; with what it would take where that is known. */
export function describePlan(plan: PipelinePlan, expected?: PipelineEstimate): readonly string[] {
  const head = `${plan.pipeline} at ${plan.date} would run ${many(plan.tasks, "task")} in ${many(plan.phases.length, "phase")}`;
  const nameWidth = plan.phases.reduce((most, { name }) => Math.max(most, name.length), 0);
  const estimates = new Map(expected?.phases.map((one) => [one.name, one.expectedMs]));
  const rows = plan.phases.map((one) => {
    const expectedMs = estimates.get(one.name);
    const time = one.plan.kind === "run" && expectedMs != null ? `, about ${sayDuration(expectedMs)}` : "";
    return `  ${String(one.layer + 1).padStart(2)}  ${one.name.padEnd(nameWidth)}  ${sayPlan(one)}${time}`;
  });
  return [`${head}${expected === undefined ? "" : sayEnd(expected)}`, ...rows];
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function sayPlan({ plan, phase }: PlannedPhase): string {
  if (plan.kind === "skip") return `skip     ${plan.why}`;
  if (plan.kind === "depends") return `depends  ${plan.why}`;
  const tasks = plan.tasks === 1 ? `1 ${phase.job}` : `${plan.tasks} × ${phase.job}`;
  if (phase.after.length === 0) return `run      ${tasks}`;
  const rule = {
    success: `if ${phase.after.join(", ")} succeed${phase.after.length === 1 ? "s" : ""}`,
    "no-failure": `unless ${phase.after.join(", ")} fail${phase.after.length === 1 ? "s" : ""}`,
    always: `whatever becomes of ${phase.after.join(", ")}`,
  }[phase.when.parents];
  return `run      ${tasks}, ${rule}`;
}

function sayEnd({ criticalPath, criticalPathMs, deviationMs, unknown }: PipelineEstimate): string {
  if (criticalPathMs === 0) return "";
  const off = deviationMs >= 1 ? ` ± ${sayDuration(deviationMs)}` : "";
  const blind = unknown.length === 0 ? "" : `, not counting ${unknown.join(", ")}`;
  return `, about ${sayDuration(criticalPathMs)}${off} by way of ${criticalPath.join(" → ")}${blind}`;
}
