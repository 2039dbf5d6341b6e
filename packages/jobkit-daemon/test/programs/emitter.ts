/**
 * Emits events into the log of folder argv[2] for ever, turn after turn, and after each turn writes the number
 * of the last accepted event to the side file argv[3]. Says "running" once. Ends when it is killed.
 */
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { EventBus, jobkitEvents } from "jobkit-core";
import { systemClock } from "jobkit-core/system";
import { openEventLog } from "../../src/event-log/event-log.ts";

const [, , folder = "", sideFile = "", seed = "1"] = process.argv;
const limits = {
  segmentBytes: 16 * 1024,
  totalBytes: 64 * 1024 * 1024,
  ageMs: 86_400_000,
  syncMs: 50,
  retryMs: 100,
  ringBytes: 1024 * 1024,
  lineBytes: 64 * 1024,
};
const origin = {
  instance: `kill-${process.pid}`,
  version: "0.0.0",
  pid: process.pid,
  startedAtMs: Date.now(),
};
const log = openEventLog({ folder, origin, clock: systemClock, limits: () => limits });
const bus = new EventBus({ clock: systemClock, nextSeq: log.lastSeq + 1 });
const events = bus.emitter(jobkitEvents);
log.listenTo(bus);
const side = openSync(sideFile, "a");
// Node writes the cache at the end of a process, and this one is killed.
flushCompileCache();
writeFileSync(1, "running\n");
for (let turn = Number(seed); ; turn += 1) {
  for (let count = 0; count < 1 + (turn % 9); count += 1)
    events.emit("task.noted", () => ({ task: "t1", text: `turn ${turn} ${"k".repeat((turn * 37) % 400)}` }));
  // What is said to the outside is said by something that waited: here the side file stands for it.
  await Promise.resolve();
  writeSync(side, `${bus.lastSeq}\n`);
  if (turn % 50 === 0) await systemClock.sleep(0);
  if (bus.lastSeq < 0) closeSync(side);
}
