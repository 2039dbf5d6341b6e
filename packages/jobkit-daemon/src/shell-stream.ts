/** The event stream of a daemon: the log before the bus, because the bus goes on with the log's numbers. */
import { join } from "node:path";
import { type Clock, EventBus, type EventTable } from "jobkit-core";
import { countsSince, keptCounters } from "./counters.ts";
import { openEventLog } from "./event-log/event-log.ts";
import { logLimits } from "./event-log/log-limits.ts";
import { daemonEvents } from "./events.ts";
import { LogTeller } from "./log-teller.ts";
import { dataNames } from "./paths.ts";
import { eventRows } from "./rows.ts";
import type { Ground, Shell } from "./shell.ts";
import { readStatusFile } from "./status/status-file.ts";
import { Tally } from "./tally.ts";
import type { Vitals } from "./vitals.ts";

/** What {@link openStream} opens. */
export type Stream = Pick<Shell, "log" | "bus" | "events" | "tally">;

/**
 * Open the log and the bus; the log is its first listener, so that nobody acts on an event that is not
 * written. Counters go on where the last daemon stopped. What it opens is closed by `stack`.
 * @throws LOG_UNREADABLE.
 */
export async function openStream(
  { app, dataDir, clock, settings, instance, startedMs }: Ground,
  stack: AsyncDisposableStack,
  vitals: Vitals,
): Promise<Stream> {
  const { holder, leftBehind } = instance;
  const teller = new LogTeller();
  const log = stack.use(
    openEventLog({
      folder: join(dataDir, dataNames.events),
      origin: holder,
      clock,
      limits: () => logLimits(settings.view),
      report: (fact) => teller.take(fact),
    }),
  );
  const tables: readonly EventTable[] = [daemonEvents, ...(app.events === undefined ? [] : [app.events])];
  const bus = new EventBus({ clock, tables, nextSeq: log.lastSeq + 1 });
  const file = await readLastStatus(dataDir, clock);
  bus.restore(await countsSince(keptCounters(file), log, eventRows(app.events)));
  stack.use(log.listenTo(bus));
  const events = bus.emitter(daemonEvents);
  teller.tellTo(events, log.healedBytes);
  if (leftBehind !== null)
    events.emit("daemon.revived", () => ({ pid: leftBehind.pid, instance: leftBehind.instance }));
  stack.defer(() => {
    const { interrupted = 0, abandoned = 0 } = vitals.drained ?? {};
    const ranMs = Math.round(clock.monotonic() - startedMs);
    if (vitals.drained !== null) events.emit("daemon.stopped", () => ({ ranMs, interrupted, abandoned }));
  });
  return { log, bus, events, tally: stack.use(new Tally(bus)) };
}

/** The status that the last daemon left, for its counters. One that cannot be read is as good as none: the log has them. */
async function readLastStatus(dataDir: string, clock: Clock): Promise<unknown> {
  try {
    return (await readStatusFile(join(dataDir, dataNames.status), clock.now()))?.status ?? null;
  } catch {
    // It is derived, and about to be written anew; counts begin with what the log still holds.
    return null;
  }
}
