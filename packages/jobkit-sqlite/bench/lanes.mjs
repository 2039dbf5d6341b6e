/**
 * The least that drives a queue store as a scheduler does: some lanes, one turn at a time that settles all that
 * has ended and claims for all lanes that are free. No events, no retries, no limits: what a benchmark of the
 * store should not measure.
 */
const LEASE_MS = 60_000;
const JOB = "noop";

/** Run `handler` on so many lanes until the answer is called. */
export function runLanes(store, lanes, handler) {
  let free = lanes;
  let stopped = false;
  let turning = null;
  let again = false;
  let settlements = [];
  let onDisk = null;
  const wake = () => {
    again = true;
    turning ??= turns().finally(() => {
      turning = null;
      // Somebody may have ended between the last look and here.
      if (again) wake();
    });
  };
  const listening = store.onWake(wake);

  async function turns() {
    while (again) {
      // All lanes that end now are settled together.
      await Promise.resolve();
      await Promise.resolve();
      again = false;
      const mine = settlements;
      settlements = [];
      const nowMs = Date.now();
      const room = stopped
        ? null
        : {
            lanes: { all: free },
            pools: {},
            jobs: [{ name: JOB, lane: "all", starts: free, limit: "at its own limit", needs: {} }],
          };
      const { claimed, stored } = await store.turn({
        owner: "bench",
        nowMs,
        leaseUntilMs: nowMs + LEASE_MS,
        settlements: mine,
        room,
      });
      onDisk = stored;
      free -= claimed.length;
      for (const task of claimed) void run(task);
    }
  }

  async function run({ id, claim, input }) {
    await handler(input);
    free += 1;
    const outcome = { kind: "done", result: null };
    settlements.push({ id, claim, owner: "bench", nowMs: Date.now(), outcome });
    wake();
  }

  wake();
  return async () => {
    stopped = true;
    listening[Symbol.dispose]();
    do {
      wake();
      await turning;
    } while (settlements.length > 0);
    await onDisk;
  };
}
