import type { TaskId } from "../../base/ids.ts";
import type { Added, TaskDraft } from "../../queue/queue-store.ts";
import type { TaskStateKind } from "../../task/state.ts";

/** Who added a task that no simulated process did: another process of the same store. */
export const OUTSIDE = "outside";

/** One accepted task, as the answers of the store tell it. */
export interface Line {
  readonly draft: TaskDraft;
  /** Process that added it, or {@link OUTSIDE}. */
  readonly by: string;
  /** Order of adding. */
  readonly order: number;
  /** What it waits for: its parents, then what it forked. */
  after: readonly TaskId[];
  /** Taken away by a retry by hand. */
  deadlineAtMs: number | null;
  life: "living" | "ended" | "gone";
  /** How it ended last. */
  ended: TaskStateKind | null;
  /** Who runs it, by which claim. */
  running: { readonly owner: string; readonly claim: number } | null;
  /** Claimed since it began to live: it holds its sequence. */
  begun: boolean;
  attempt: number;
  claim: number;
  forks: number;
  /** It may not be claimed before, wall time in ms. */
  notBeforeMs: number;
  /** When the store changed it last, in monotonic ms. */
  changedMs: number;
  /** How often it was queued: accepted, and put back by hand. */
  queued: number;
  /** How often that was told, or will never be because its process died first. */
  told: number;
  mute: number;
  /** How often its end was told, or will never be. */
  finished: number;
  untold: number;
  lastOutcome: string | null;
  /** Order of the first event of its running, and of the last of its end. */
  firstStart: number;
  lastEnd: number;
}

/** Every task that a store has ever accepted in a simulation: a second opinion of what the store holds. */
export class Book {
  readonly lines = new Map<TaskId, Line>();
  /** Somebody has set the wall clock: times of before and after do not compare. */
  wallWasSet = false;
  readonly #standIns = new Map<TaskId, TaskId>();
  readonly #monotonic: () => number;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  get(id: TaskId): Line | undefined {
    return this.lines.get(id);
  }

  /** The task that stands for a draft; `undefined` where it was never stored. */
  standsFor(id: TaskId): TaskId | undefined {
    return this.lines.has(id) ? id : this.#standIns.get(id);
  }

  /** Does that task live? Unknown ones do not. */
  lives(id: TaskId): boolean {
    return this.lines.get(id)?.life === "living";
  }

  /** Those that are not known to be forgotten, in order of adding. */
  stored(): readonly Line[] {
    return [...this.lines.values()].filter(({ life }) => life !== "gone");
  }

  /** The answers to a batch. @returns the lines that are new. */
  add(drafts: readonly TaskDraft[], added: readonly Added[], by: string): readonly Line[] {
    const fresh: Line[] = [];
    for (const [at, draft] of drafts.entries()) {
      const answer = added[at];
      if (answer === undefined) continue;
      if (answer.added) fresh.push(this.#enter(draft, answer, by));
      else this.#standIns.set(draft.id, answer.id);
    }
    for (const line of fresh) line.after = [...new Set(line.after.map((id) => this.standsFor(id) ?? id))];
    return fresh;
  }

  end(id: TaskId, kind: TaskStateKind): void {
    this.#change(id, (line) => {
      line.life = "ended";
      line.ended = kind;
      line.running = null;
      line.begun = false;
    });
  }

  revive(id: TaskId): void {
    this.#change(id, (line) => {
      line.life = "living";
      line.after = line.draft.after.map((parent) => this.standsFor(parent) ?? parent);
      line.deadlineAtMs = null;
      line.attempt = 0;
      line.forks = 0;
      line.notBeforeMs = 0;
      line.queued += 1;
    });
  }

  /** Change what is known of a task. */
  change(id: TaskId, change: (line: Line) => void): void {
    this.#change(id, change);
  }

  #enter(draft: TaskDraft, { ended }: Added, by: string): Line {
    const line: Line = {
      draft,
      by,
      order: this.lines.size,
      after: draft.after,
      deadlineAtMs: draft.deadlineAtMs,
      life: ended === undefined ? "living" : "ended",
      ended: ended ?? null,
      running: null,
      begun: false,
      attempt: 0,
      claim: 0,
      forks: 0,
      notBeforeMs: draft.dueAtMs,
      changedMs: this.#monotonic(),
      queued: 1,
      told: 0,
      mute: by === OUTSIDE ? 1 : 0,
      finished: 0,
      untold: ended !== undefined && by === OUTSIDE ? 1 : 0,
      lastOutcome: null,
      firstStart: Number.POSITIVE_INFINITY,
      lastEnd: -1,
    };
    this.lines.set(draft.id, line);
    return line;
  }

  #change(id: TaskId, change: (line: Line) => void): void {
    const line = this.lines.get(id);
    if (line === undefined) return;
    change(line);
    line.changedMs = this.#monotonic();
  }
}
