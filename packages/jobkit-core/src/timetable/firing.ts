import type { Clock } from "../base/clock.ts";
import type { TaskId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import type { Emitter } from "../events/emitter.ts";
import type { JobkitEvents } from "../events/table.ts";
import type { Added } from "../queue/queue-store.ts";
import { isLast } from "../task/state.ts";
import type { Decision, Standing } from "./decide.ts";
import type { Entry } from "./entries.ts";
import type { TimetableHost, TimetableStore } from "./host.ts";
import { markToJson } from "./marks.ts";
import { markName, sayDue, scheduledTask, type TimetableTask } from "./scheduled-tasks.ts";

/** What firing needs from outside. */
export interface FiringKit {
  readonly host: TimetableHost;
  readonly store: TimetableStore;
  readonly events: Emitter<JobkitEvents>;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Carries out what was decided about a schedule: submit, cancel, remember, tell. The mark of a schedule moves in
 * the commit that stores its tasks. One call at a time: the caller sees to that.
 */
export class Firing {
  readonly #kit: FiringKit;

  constructor(kit: FiringKit) {
    this.#kit = kit;
  }

  /** How a task stands now. @throws what the store throws. */
  async standing(id: TaskId): Promise<Standing> {
    const [task] = await this.#kit.store.get([id]);
    if (task === undefined || isLast(task.state.kind)) return "ended";
    return task.claim > 0 ? "begun" : "waiting";
  }

  /** Do what was decided, and remember it. @throws what submitting, cancelling and the store throw. */
  async act(entry: Entry, decision: Decision): Promise<void> {
    const { host, store, clock, random, events } = this.#kit;
    const { schedule, mark } = entry;
    const { fire, overlap, uptoMs, missed, caught } = decision;
    const { name } = schedule;
    if (overlap?.became === "replaced" && mark.task !== null)
      await host.cancel([mark.task], `schedule ${name} is due again`);
    const nowMs = clock.now();
    const tasks = fire.map(({ dueMs }) => scheduledTask(schedule, { dueMs, nowMs, random }));
    const dueMs = fire.at(-1)?.dueMs ?? mark.dueMs;
    let added: readonly Added[] = [];
    if (tasks.length > 0) added = await this.#submit(entry, tasks, { uptoMs, dueMs });
    else if (uptoMs !== mark.uptoMs) {
      const next = { ...mark, uptoMs };
      await store.setMarks({ [markName(name)]: markToJson(next) });
      entry.mark = next;
    }
    entry.missed += missed;
    const policy = typeof schedule.missed === "string" ? schedule.missed : "all";
    if (missed > 0) events.emit("schedule.missed", () => ({ schedule: name, missed, caught, policy }));
    if (overlap !== null) {
      const { became } = overlap;
      events.emit("schedule.overlapped", () => ({ schedule: name, due: sayDue(overlap.dueMs), became }));
    }
    for (const [at, { dueMs: firedMs, why }] of fire.entries())
      // Where another task stands for it, it was told when that one was submitted.
      if (added[at]?.added === true) this.#tell(name, firedMs, why);
  }

  /** Submit one task by hand. @throws what submitting and cancelling throw. */
  async ask(entry: Entry): Promise<Added> {
    const { host, clock, random } = this.#kit;
    const { schedule, mark } = entry;
    if (schedule.overlap === "replace" && mark.task !== null)
      await host.cancel([mark.task], `schedule ${schedule.name} was asked for by hand`);
    const nowMs = clock.now();
    const task = scheduledTask(schedule, { dueMs: nowMs, nowMs, random, asked: true });
    const [added] = await this.#submit(entry, [task], { uptoMs: mark.uptoMs, dueMs: nowMs });
    this.#tell(schedule.name, nowMs, "asked");
    return added ?? { id: task.id, added: true };
  }

  async #submit(
    entry: Entry,
    tasks: readonly TimetableTask[],
    { uptoMs, dueMs }: { readonly uptoMs: number; readonly dueMs: number | null },
  ): Promise<readonly Added[]> {
    const { host, store } = this.#kit;
    const name = markName(entry.schedule.name);
    const mark = { uptoMs, dueMs, task: tasks.at(-1)?.id ?? null };
    const added = await host.submit(tasks, { marks: { [name]: markToJson(mark) } });
    entry.mark = { ...mark, task: added.at(-1)?.id ?? mark.task };
    // Another task stands for it, which nobody could know beforehand.
    if (entry.mark.task !== mark.task) await store.setMarks({ [name]: markToJson(entry.mark) });
    return added;
  }

  #tell(schedule: string, dueMs: number, why: "due" | "missed" | "asked"): void {
    const { clock, events } = this.#kit;
    const lateMs = Math.max(0, clock.now() - dueMs);
    events.emit("schedule.fired", () => ({ schedule, due: sayDue(dueMs), lateMs, why }));
  }
}
