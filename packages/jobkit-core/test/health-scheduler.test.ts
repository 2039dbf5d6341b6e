/** A real scheduler, its facts, its checks and a monitor over them, on fake time. */
import { describe, expect, test } from "vitest";
import { CheckRunner, HealthMonitor, jobkitEvents, SchedulerFacts, type Job } from "../src/index.ts";
import type { CheckAnswer } from "../src/job/checks.ts";
import { HOUR, MINUTE, SECOND } from "./health-kit.ts";
import { aborted, job, setup } from "./scheduler-kit.ts";

/** Everything together, started and watched. */
async function watched(jobs: readonly Job[], lanes = 4) {
  const { clock, store, bus, seen, scheduler } = setup({ jobs, lanes, pools: { disk: 1 } });
  const events = bus.emitter(jobkitEvents);
  const checks = new CheckRunner({ jobs, holder: scheduler, clock, events });
  const facts = new SchedulerFacts({ scheduler, store, jobs, bus, clock, checks });
  const monitor = new HealthMonitor({ source: () => facts.gather(), clock, events });
  checks.start();
  await scheduler.start();
  monitor.start();
  const close = async (): Promise<void> => {
    await monitor[Symbol.asyncDispose]();
    facts[Symbol.dispose]();
    await checks[Symbol.asyncDispose]();
    const closed = scheduler[Symbol.asyncDispose]();
    await clock.advance(MINUTE);
    await closed;
  };
  const fired = (): readonly string[] =>
    seen.filter(({ ev }) => ev === "alert.fired").map(({ attrs }) => `${attrs["alert"]} ${attrs["target"]}`);
  return { clock, scheduler, facts, monitor, fired, close };
}

const forEver = ({ signal }: { readonly signal: AbortSignal }): Promise<void> => aborted(signal);

describe("a watched scheduler", () => {
  test("that does its work is well, and needs no timer but the slow look when nothing is left", async () => {
    const { clock, scheduler, monitor, fired, close } = await watched([
      job("quick", () => Promise.resolve()),
    ]);

    await scheduler.submit(Array.from({ length: 50 }, () => ({ job: "quick", input: null })));
    await clock.advance(10 * MINUTE);

    expect(monitor.report()).toMatchObject({ ok: true, level: "ok", alerts: [] });
    expect(fired()).toEqual([]);
    await close();
    expect(clock.pending).toBe(0);
  });

  test("tells of an attempt that spoke once and then fell silent, and of who waits behind it", async () => {
    const speaks = job("speaks", async (context) => {
      context.progress(1, 2);
      await forEver(context);
    });
    const { clock, scheduler, fired, close } = await watched(
      [{ ...speaks, timeoutMs: HOUR }, job("waits", () => Promise.resolve())],
      1,
    );
    const [hanging] = await scheduler.submit([{ job: "speaks", input: null }]);
    await clock.advance(SECOND);
    await scheduler.submit([{ job: "waits", input: null }]);

    await clock.advance(7 * MINUTE);

    expect(fired().toSorted()).toEqual([`attempt-silent ${hanging?.id}`, "lane-starving waits"]);
    await close();
  });

  test("does not take a long queue that is served for a starved job", async () => {
    const naps = job("naps", () => clock.sleep(10 * SECOND));
    const { clock, scheduler, fired, close } = await watched([naps], 2);

    await scheduler.submit(Array.from({ length: 150 }, () => ({ job: "naps", input: null })));
    await clock.advance(10 * MINUTE);

    expect(fired()).toEqual([]);
    await close();
  });

  test("knows who holds the slots of a pool that others wait for", async () => {
    const jobs = [
      { ...job("holds", forEver, { needs: { disk: 1 } }), timeoutMs: HOUR },
      job("waits", () => Promise.resolve(), { needs: { disk: 1 } }),
    ];
    const { clock, scheduler, facts, fired, close } = await watched(jobs);
    await scheduler.submit([{ job: "holds", input: null }]);
    await clock.advance(SECOND);
    await scheduler.submit([{ job: "waits", input: null }]);

    await clock.advance(6 * MINUTE);
    const { running, pools } = await facts.gather();

    expect(fired()).toEqual(["pool-stuck waits"]);
    expect(running).toMatchObject([{ job: "holds", slots: { disk: 1 }, silentMs: null, apart: false }]);
    expect(pools).toEqual([{ name: "disk", size: 1, held: 1 }]);
    await close();
  });

  test("measures what runs by the monotonic clock, whatever the wall clock does", async () => {
    const talks = job("talks", async (context) => {
      context.progress(1, 2);
      await forEver(context);
    });
    const { clock, scheduler, facts, close } = await watched([talks]);
    await scheduler.submit([{ job: "talks", input: null }]);
    await clock.advance(5 * SECOND);
    const before = await facts.gather();

    clock.jump(HOUR);
    await clock.advance(SECOND);
    const after = await facts.gather();

    expect(before.running?.[0]?.ranMs).toBe(5 * SECOND);
    expect(after.running?.[0]?.ranMs).toBe(6 * SECOND);
    await close();
  });

  test("judges how long attempts take by those that ended well", async () => {
    const naps = job("naps", async ({ input }) => {
      await clock.sleep(Number(input));
      if (input === 1) throw new Error("at once");
    });
    const { clock, scheduler, facts, close } = await watched([naps]);
    await scheduler.submit([1, 2_000, 2_000].map((input) => ({ job: "naps", input })));

    await clock.advance(2 * MINUTE);
    const { durations, totals } = await facts.gather();

    expect(durations).toMatchObject([{ job: "naps", count: 2 }]);
    expect(Math.abs((durations?.[0]?.p50Ms ?? 0) - 2_000)).toBeLessThan(20);
    expect(totals).toMatchObject([{ job: "naps", done: 2, failed: 1, retried: 2 }]);
    await close();
  });

  test("starts nothing of a job whose ready check is not well, and says so when that lasts", async () => {
    const world: { answer: CheckAnswer } = { answer: { ok: false, why: "no route" } };
    let ran = 0;
    const needs = job(
      "needs",
      () => {
        ran += 1;
        return Promise.resolve();
      },
      { checks: { ready: () => Promise.resolve(world.answer) } },
    );
    const { clock, scheduler, monitor, fired, close } = await watched([needs]);
    await scheduler.submit([{ job: "needs", input: null }]);

    await clock.advance(2 * MINUTE);
    const before = { ran, fired: fired(), reasons: monitor.report().reasons };
    world.answer = { ok: true };
    await clock.advance(MINUTE);

    expect(before).toMatchObject({ ran: 0, fired: ["job-unready needs"] });
    expect(before.reasons[0]).toContain("no route");
    expect(ran).toBe(1);
    expect(monitor.report()).toMatchObject({ ok: true, level: "ok" });
    await close();
  });
});
