import { expect, test } from "vitest";
import { isLast, mayFollow, taskStates, type TaskStateKind } from "jobkit-core";

const kinds = Object.keys(taskStates) as TaskStateKind[];

test("every state is reached from blocked or ready, and from every living state a last one is reached", () => {
  expect(reached(["blocked", "ready"])).toEqual(new Set(kinds));
  expect(kinds.filter((kind) => ![...reached([kind])].some(isLast))).toEqual([]);
});

test("the last states are done, failed, cancelled and skipped; a person may retry all but done", () => {
  const last = kinds.filter(isLast);

  expect(last).toEqual(["done", "failed", "cancelled", "skipped"]);
  expect(last.filter((kind) => mayFollow(kind, "ready"))).toEqual(["failed", "cancelled", "skipped"]);
});

test("only a running task ends done", () => {
  expect(kinds.filter((kind) => mayFollow(kind, "done"))).toEqual(["running"]);
});

function reached(from: readonly TaskStateKind[]): Set<TaskStateKind> {
  const seen = new Set<TaskStateKind>(from);
  for (const kind of seen) for (const next of taskStates[kind].next) seen.add(next);
  return seen;
}
