import {
  EventBus,
  isGap,
  jobkitEvents,
  type EventHistory,
  type JobEvent,
  type Subscription,
} from "../src/index.ts";
import { FakeClock } from "../src/testing/index.ts";

/** A bus, a log of it, and two ways to make events: one numbered, one transient. */
export function setup(): {
  bus: EventBus;
  log: RamLog;
  note: (text?: string) => void;
  progress: (task?: string) => void;
} {
  const bus = new EventBus({ clock: new FakeClock() });
  const emitter = bus.emitter(jobkitEvents);
  const log = new RamLog();
  bus.listen({ name: "log" }, (event) => log.append(event));
  const note = (text = "x"): void => emitter.emit("task.noted", () => ({ task: "t", text }));
  const progress = (task = "t"): void =>
    emitter.emit("task.progressed", () => ({ task, done: 1, total: 0, what: "", counters: "" }));
  return { bus, log, note, progress };
}

/** A log that keeps durable events until told to forget, and counts who reads. */
export class RamLog implements EventHistory {
  readonly kept: JobEvent[] = [];
  reading = 0;

  append(event: JobEvent): void {
    if (event.ev !== "task.progressed") this.kept.push(event);
  }

  forgetBefore(seq: number): void {
    this.kept.splice(
      0,
      this.kept.findIndex((event) => event.seq >= seq),
    );
  }

  async *read(sinceSeq: number): AsyncGenerator<JobEvent> {
    this.reading += 1;
    try {
      for (const event of this.kept.filter(({ seq }) => seq > sinceSeq)) {
        await Promise.resolve();
        yield event;
      }
    } finally {
      this.reading -= 1;
    }
  }
}

/** Read `count` events, or up to the end. */
export async function take(subscription: Subscription, count: number): Promise<JobEvent[]> {
  const taken: JobEvent[] = [];
  while (taken.length < count) {
    const { value, done } = await subscription.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

/** An event short enough to compare: its number, or the numbers of a gap. */
export const brief = (event: JobEvent): unknown =>
  isGap(event) ? `gap ${event.attrs["from"]}-${event.attrs["to"]} ${event.attrs["dropped"]}` : event.seq;
/** Let every callback that can run, run. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};
