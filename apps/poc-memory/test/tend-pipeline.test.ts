import { describe, expect, test } from "vitest";
import type { RunStatus } from "jobkit-core";
import { addDays } from "../src/tend/date.ts";
import { decisionAt, mine, sessionAt, textsOf } from "./digest-store.ts";
import { TendWorld } from "./tend-kit.ts";

const TODAY = "2026-05-20";
const DAY_MS = 86_400_000;

const phases = ({ phases: all }: RunStatus): Readonly<Record<string, string>> =>
  Object.fromEntries(all.map(({ name, state, total }) => [name, `${state.kind} ${total}`]));

/** Three weeks with a session every other day. */
function fill(world: TendWorld): void {
  for (let day = 0; day < 22; day += 2) {
    const date = addDays("2026-04-25", day);
    mine(
      world.store,
      sessionAt(`session ${day}`, `${date}T10:00Z`, `# Work on the tide table, part ${day}`),
      decisionAt(
        `decision ${day}`,
        `${date}T11:00Z`,
        `Decision in tides: the moon phase of ${date} is rounded`,
      ),
    );
  }
}

const weights = (world: TendWorld): Readonly<Record<string, number>> =>
  Object.fromEntries(world.store.outlines(["session", "semantic"]).map(({ key, weight }) => [key, weight]));

describe("the daily pipeline", () => {
  test("does all of it, from the bottom up, and hands the measures before to the comparison after", async () => {
    await using world = await new TendWorld().begin();
    fill(world);

    const status = await world.daily(TODAY);

    expect(status.outcome).toBe("done");
    expect(phases(status)).toEqual({
      "health-before": "done 1",
      decay: "done 1",
      "link-orphans": "done 1",
      "cap-degree": "done 1",
      "digest-days": "done 11",
      "digest-weeks": "done 4",
      "digest-months": "done 1",
      "health-after": "done 1",
    });
    const told = world.recorder.events.filter(({ ev }) => ev === "health.compared").map(({ attrs }) => attrs);
    expect(told).toEqual([
      expect.objectContaining({ difference: expect.stringContaining("without a link fell from 22 to ") }),
    ]);
    expect(Object.keys(textsOf(world.store, "month"))).toEqual(["digest/month/2026-04"]);
    expect([world.recorder.problems, world.store.checkIntegrity()]).toEqual([[], []]);
  });

  test("on the next day of a memory that nobody changed, it fades and nothing else is written", async () => {
    await using world = await new TendWorld().begin();
    fill(world);
    await world.daily(TODAY);
    world.clock.jump(DAY_MS);

    const status = await world.daily(addDays(TODAY, 1));

    expect(status.outcome).toBe("done");
    expect(phases(status)).toEqual({
      "health-before": "done 1",
      decay: "done 1",
      "link-orphans": "skipped 0",
      "cap-degree": "skipped 0",
      "digest-days": "skipped 0",
      "digest-weeks": "skipped 0",
      "digest-months": "skipped 0",
      "health-after": "done 1",
    });
  });

  test("caught up after missed days, by one run or by one for each, memory is as if it had run daily", async () => {
    await using daily = await new TendWorld().begin();
    await using atOnce = await new TendWorld().begin();
    await using oneByOne = await new TendWorld().begin();
    for (const world of [daily, atOnce, oneByOne]) fill(world);
    const dates = [0, 1, 2, 3, 4].map((days) => addDays(TODAY, days));

    for (const date of dates) {
      await daily.daily(date);
      daily.clock.jump(DAY_MS);
    }
    for (const world of [atOnce, oneByOne]) world.clock.jump(4 * DAY_MS);
    await atOnce.daily(dates.at(-1) ?? "");
    for (const date of dates) await oneByOne.daily(date);

    for (const world of [atOnce, oneByOne]) {
      expect(weights(world)).toEqual(weights(daily));
      for (const level of ["day", "week", "month"] as const)
        expect(textsOf(world.store, level)).toEqual(textsOf(daily.store, level));
    }
  });

  test("a dry run says what it would do and changes nothing", async () => {
    await using world = await new TendWorld().begin();
    fill(world);
    const before = world.store.revision;

    const plan = await world.pipelines.plan("daily", { date: TODAY });

    expect(plan.phases.find(({ name }) => name === "digest-days")?.plan).toMatchObject({
      kind: "run",
      tasks: 11,
    });
    expect(world.store.revision).toBe(before);
  });
});
