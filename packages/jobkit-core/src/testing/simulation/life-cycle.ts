/** The lives of the processes of a simulation: how they begin, die, are closed in good order, and come to rest. */
import { describeError } from "../../base/errors.ts";
import { INJECTED } from "./faults.ts";
import { setFree } from "./operator.ts";
import type { World } from "./world.ts";

const STARTS_MAX = 1_000;
const ROUND_MS = 120_000;
const ROUNDS_MAX = 200;
const HOUR_MS = 3_600_000;

/** Start the process, or the next one where it is dead, until one has started. */
export async function begin(world: World): Promise<void> {
  for (let tries = 0; tries < STARTS_MAX; tries += 1) {
    if (world.process.dead) {
      world.tally.deaths += 1;
      world.ledger.died(world.process.diedMs);
      world.process = world.spawn();
    }
    world.ledger.began(world.process.name);
    if (await started(world)) return;
  }
  world.complain("no process could be started");
}

/** Close the process in good order and begin another one. */
export async function restart(world: World): Promise<void> {
  const { process, random, clock, ledger } = world;
  const end = { closed: false };
  void (async () => {
    await process.scheduler.drain(random.below(6_000));
    await process.scheduler[Symbol.asyncDispose]();
    end.closed = true;
  })();
  for (let round = 0; round < ROUNDS_MAX && !end.closed && !process.dead; round += 1)
    await clock.advance(1_000);
  if (process.dead) return;
  if (!end.closed) world.complain("closing did not come to an end");
  // An answer that the store still owes is let in.
  await clock.advance(world.faults.delayMaxMs * 2 + world.faults.diskMaxMs);
  if (process.dead) return;
  ledger.waiting.closed();
  // What the store refused to the last is found running by the next process, as after a death.
  process.kill();
}

/** Nothing goes wrong any more, and nobody keeps anything from running: let it all come to its end. */
export async function comeToRest(world: World): Promise<void> {
  world.faults.failShare = 0;
  world.faults.deathShare = 0;
  if (world.process.dead) await begin(world);
  void setFree(world);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    let nextDueAtMs: number | null | undefined;
    const stop = new AbortController();
    void (async () => {
      try {
        ({ nextDueAtMs } = await world.process.scheduler.idle(stop.signal));
      } catch {
        // Not idle within the round: the next round asks again.
      }
    })();
    await world.clock.advance(ROUND_MS);
    stop.abort(new Error("the round is over"));
    await world.clock.settle();
    await world.look();
    if (nextDueAtMs === null) return;
  }
  world.complain("did not come to rest");
}

/** Close everything: no lane, no slot and no timer may be left. */
export async function checkLeaks(world: World): Promise<void> {
  const { scheduler } = world.process;
  const { lanes, lanesFree, running, pools } = scheduler.snapshot();
  if (lanesFree !== lanes || running.length > 0) world.complain("a lane leaked");
  for (const { name, held } of pools) if (held > 0) world.complain(`${held} slots of ${name} leaked`);
  const closing = scheduler[Symbol.asyncDispose]();
  await world.clock.advance(1_000);
  await closing;
  await world.clock.settle();
  world.ledger.waiting.closed();
  // Jobs that ignored their signal may sleep on: give them the time they asked for.
  await world.clock.advance(HOUR_MS);
  if (world.clock.pending > 0) world.complain(`${world.clock.pending} sleepers leaked`);
}

async function started(world: World): Promise<boolean> {
  const { process, clock } = world;
  const start: { answer: "yes" | "no" | null } = { answer: null };
  void (async () => {
    try {
      await process.scheduler.start();
      start.answer = "yes";
    } catch (error) {
      start.answer = "no";
      const { message } = describeError(error);
      if (message !== INJECTED) world.complain(message);
    }
  })();
  while (start.answer === null && !process.dead) await clock.advance(1);
  return start.answer === "yes" && !process.dead;
}
