import type { Routine } from "./routine.ts";

/** What differs between two routines, as words: "pipeline daily", "schedule daily", "zone of schedules". */
export function changedIn(before: Routine, after: Routine): readonly string[] {
  return [
    ...changedNames(before.pipelines, after.pipelines).map((name) => `pipeline ${name}`),
    ...changedNames(before.schedules, after.schedules).map((name) => `schedule ${name}`),
    ...(before.zone === after.zone ? [] : [`zone of schedules from ${before.zone} to ${after.zone}`]),
  ];
}

interface Named {
  readonly name: string;
}

/** Both are plain data in the order of their keys' reading: equal text is equal content. */
function changedNames(before: readonly Named[], after: readonly Named[]): readonly string[] {
  const old = new Map(before.map((one) => [one.name, JSON.stringify(one)]));
  const now = new Map(after.map((one) => [one.name, JSON.stringify(one)]));
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
}
