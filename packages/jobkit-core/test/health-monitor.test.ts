import { describe, expect, test } from "vitest";
import type { SettingValue } from "../src/base/setting-value.ts";
import { EventBus } from "../src/events/bus.ts";
import { jobkitEvents } from "../src/events/table.ts";
import type { HealthFacts } from "../src/health/facts.ts";
import { HealthMonitor, type HealthMonitorOptions } from "../src/health/monitor.ts";
import { healthRule } from "../src/health/rule.ts";
import { FakeClock } from "../src/testing/fake-clock.ts";
import { Recorder } from "../src/testing/recorder.ts";
import { attempt, HOUR, MINUTE, SECOND } from "./health-kit.ts";

function setup(options: Partial<HealthMonitorOptions> = {}) {
  const clock = options.clock instanceof FakeClock ? options.clock : new FakeClock();
  const bus = new EventBus({ clock });
  const recorder = new Recorder(bus);
  const world: { facts: Partial<HealthFacts>; settings: Record<string, SettingValue>; looks: number } = {
    facts: {},
    settings: {},
    looks: 0,
  };
  const monitor = new HealthMonitor({
    source: () => {
      world.looks += 1;
      return world.facts;
    },
    events: bus.emitter(jobkitEvents),
    settings: () => world.settings,
    ...options,
    clock,
  });
  return { clock, recorder, world, monitor };
}

/** Names and targets of what was told. */
function told(recorder: Recorder): readonly string[] {
  return recorder.events.map(({ ev, attrs }) => `${ev} ${attrs["alert"]} ${attrs["target"]}`);
}

const failing: Partial<HealthFacts> = { store: { failuresInARow: 5, slowMs: null } };

describe("a health monitor", () => {
  test("tells of an alert that fires, reports it, and tells of its end with how long it lasted", async () => {
    const { clock, recorder, world, monitor } = setup();
    monitor.start();
    await clock.advance(1);
    const before = monitor.report();

    world.facts = failing;
    await clock.advance(MINUTE);
    const during = monitor.report();
    await clock.advance(MINUTE);
    world.facts = {};
    await clock.advance(MINUTE);

    expect(before).toMatchObject({ ok: true, level: "ok", reasons: [], alerts: [] });
    expect(during).toMatchObject({
      ok: false,
      level: "error",
      reasons: ["the queue store refused 5 calls in a row"],
      alerts: [{ rule: "store-failing", target: "", state: "firing", value: 5, bound: 2 }],
    });
    expect(during.alerts[0]?.sinceMs).toBe(clock.now() - 2 * MINUTE - 1);
    expect(told(recorder)).toEqual(["alert.fired store-failing ", "alert.resolved store-failing "]);
    expect(recorder.of("alert.resolved")[0]?.attrs["lastedMs"]).toBe(65 * SECOND);
    expect(monitor.report()).toMatchObject({ ok: true, level: "ok", alerts: [{ state: "resolved" }] });
    expect(recorder.problems).toEqual([]);
    await monitor[Symbol.asyncDispose]();
  });

  test("waits out the patience of a rule, which a setting stretches", async () => {
    const { clock, recorder, world, monitor } = setup();
    world.facts = { store: { failuresInARow: 0, slowMs: 900 } };
    world.settings = { "health.patience": 2 };
    monitor.start();

    await clock.advance(119 * SECOND);
    const pending = monitor.report();
    await clock.advance(SECOND);

    expect(pending).toMatchObject({ ok: true, level: "ok", alerts: [{ state: "pending" }] });
    expect(monitor.report()).toMatchObject({ ok: true, level: "warn", alerts: [{ state: "firing" }] });
    expect(told(recorder)).toEqual(["alert.pending store-slow ", "alert.fired store-slow "]);
    await monitor[Symbol.asyncDispose]();
  });

  test("looks often while something runs and seldom while nothing does", async () => {
    const { clock, world, monitor } = setup();
    monitor.start();

    await clock.advance(10 * MINUTE);
    const idle = world.looks;
    world.facts = { running: [attempt({})] };
    await clock.advance(MINUTE);
    const began = world.looks;
    await clock.advance(MINUTE);

    expect(idle).toBe(11);
    expect(world.looks - began).toBe(12);
    await monitor[Symbol.asyncDispose]();
  });

  test("obeys a changed setting at the next look, and leaves out rules that are off", async () => {
    const { recorder, world, monitor } = setup();
    world.facts = failing;
    world.settings = { "health.off": ["store-failing"] };
    const off = await monitor.look();
    world.settings = { "health.storeFailuresMax": 9 };
    const lenient = await monitor.look();
    world.settings = {};
    const strict = await monitor.look();

    expect([off.ok, lenient.ok, strict.ok]).toEqual([true, true, false]);
    expect(recorder.names()).toEqual(["alert.fired"]);
  });

  test("sees the wall clock jump between two looks", async () => {
    const { clock, recorder, monitor } = setup();
    monitor.start();
    await clock.advance(1);

    clock.jump(-HOUR);
    await clock.advance(MINUTE);

    expect(told(recorder)).toEqual(["alert.fired clock-jumped "]);
    expect(recorder.events[0]?.attrs["why"]).toContain("1 h back");
    await monitor[Symbol.asyncDispose]();
  });

  test("notices by being late that a job never yields, and names the only one that ran", async () => {
    const clock = new StallingClock();
    const { recorder, world, monitor } = setup({ clock });
    world.facts = { running: [attempt({ job: "spins" })] };
    monitor.start();
    await clock.advance(1);

    clock.stallMs = 20 * SECOND;
    await clock.advance(5 * SECOND);

    const during = told(recorder);
    await clock.advance(2 * MINUTE);

    expect(during).toEqual(["alert.fired loop-blocked spins"]);
    expect(told(recorder).slice(1)).toEqual(["alert.resolved loop-blocked spins"]);
    await monitor[Symbol.asyncDispose]();
  });

  test("says in one line how many there are where a rule is broken of several", async () => {
    const { world, monitor } = setup();
    world.facts = {
      running: [attempt({ silentMs: HOUR }), attempt({ task: "t2", silentMs: 2 * HOUR })],
    };

    const report = await monitor.look();

    expect(report.reasons).toEqual(["2 attempts make no progress, such as: read has said nothing for 2 h"]);
  });

  test("puts firing before pending, and errors before warnings", async () => {
    const { world, monitor } = setup();
    world.facts = {
      running: [attempt({ silentMs: HOUR })],
      store: { failuresInARow: 5, slowMs: 9_000 },
    };

    const { alerts } = await monitor.look();

    expect(alerts.map(({ rule, state }) => `${rule} ${state}`)).toEqual([
      "store-failing firing",
      "attempt-silent firing",
      "store-slow pending",
    ]);
  });
});

/** A clock on which the time of the next sleepers passes `stallMs` before they are woken. */
class StallingClock extends FakeClock {
  stallMs = 0;
  #stalledMs = 0;

  override now(): number {
    return super.now() + this.#stalledMs;
  }

  override monotonic(): number {
    return super.monotonic() + this.#stalledMs;
  }

  override async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await super.sleep(ms, signal);
    this.#stalledMs += this.stallMs;
    this.stallMs = 0;
  }
}

describe("a monitor that cannot see", () => {
  test("says so at once where its source throws, and keeps what fires as it was", async () => {
    const { clock, recorder, world, monitor } = setup();
    world.facts = failing;
    monitor.start();
    await clock.advance(1);

    Object.defineProperty(world, "facts", {
      configurable: true,
      get: () => {
        throw new Error("no store");
      },
    });
    await clock.advance(5 * SECOND);
    const blind = monitor.report();
    Object.defineProperty(world, "facts", { value: {} });
    await clock.advance(5 * SECOND);

    expect(blind.alerts.map(({ rule, state }) => `${rule} ${state}`)).toEqual([
      "health-blind firing",
      "store-failing firing",
    ]);
    expect(blind.reasons[1]).toBe("the facts could not be gathered: no store");
    expect(told(recorder)).toEqual([
      "alert.fired store-failing ",
      "alert.fired health-blind facts",
      "alert.resolved store-failing ",
      "alert.resolved health-blind facts",
    ]);
    await monitor[Symbol.asyncDispose]();
  });

  test("gives up a source that hangs, and tells it so", async () => {
    let reason: unknown = null;
    const source = (signal: AbortSignal) =>
      new Promise<never>(() => {
        signal.addEventListener("abort", () => (reason = signal.reason));
      });
    const { clock, monitor } = setup({ source });
    monitor.start();

    await clock.advance(10 * SECOND);

    expect(monitor.report().reasons).toEqual([
      "the facts could not be gathered: gathering the facts of health for more than 10000 ms",
    ]);
    expect(reason).toMatchObject({ code: "CHECK_FAILED" });
    await monitor[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);
  });

  test("asks the other rules where one throws, and names that one", async () => {
    const broken = healthRule({
      name: "broken-rule",
      doc: "A rule of a test.",
      next: "Mend it.",
      level: "warn",
      unit: "count",
      forMs: 0,
      clearForMs: 0,
      settings: {},
      check: () => {
        throw new Error("a mistake");
      },
      summary: () => "broken",
    });
    const fine = healthRule({ ...broken, name: "fine-rule", doc: "Another.", check: () => [] });
    const always = healthRule({
      ...broken,
      name: "always-rule",
      doc: "A third.",
      check: () => [{ target: "x", why: "always", value: 1, bound: 0 }],
    });
    const { monitor } = setup({ rules: [broken, fine, always] });

    const report = await monitor.look();

    expect(report.reasons).toEqual(["always", "rule broken-rule threw: a mistake"]);
  });
});

describe("a monitor that is closed", () => {
  test("leaves no timer behind and does not look again, also in the middle of a look", async () => {
    const answers: (() => void)[] = [];
    const source = (): Promise<Partial<HealthFacts>> =>
      new Promise((resolve) => answers.push(() => resolve(failing)));
    const { clock, recorder, monitor } = setup({ source });
    monitor.start();
    await clock.settle();

    await monitor[Symbol.asyncDispose]();
    answers[0]?.();
    await clock.advance(HOUR);

    expect(clock.pending).toBe(0);
    expect(answers).toHaveLength(1);
    expect(recorder.events).toEqual([]);
    expect(() => monitor.start()).toThrow("started twice");
  });

  test("looks one at a time, whoever asks", async () => {
    let under = 0;
    let most = 0;
    const source = async (): Promise<Partial<HealthFacts>> => {
      under += 1;
      most = Math.max(most, under);
      await clock.sleep(100);
      under -= 1;
      return {};
    };
    const clock = new FakeClock();
    const { monitor } = setup({ source, clock });
    monitor.start();

    const looks = [monitor.look(), monitor.look()];
    await clock.advance(200);
    await Promise.all(looks);

    expect(most).toBe(1);
    await monitor[Symbol.asyncDispose]();
  });
});
