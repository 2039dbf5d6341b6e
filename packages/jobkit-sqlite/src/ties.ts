import type { TaskId } from "jobkit-core";
import type { LifeRow } from "./row.ts";
import type { ParentRow, Statements } from "./statements.ts";

/** `dependency.hold`; see schema.ts. */
const ENDED = 1;
const LIVING = 2;

/** Who waits for whom. Must be called inside a transaction. */
export class Ties {
  readonly #run: Statements;

  constructor(statements: Statements) {
    this.#run = statements;
  }

  /** Put an unfinished task behind a parent. @param marked the parent's row says already that one waits. */
  add(child: number, { at, parent, seq }: ParentRow, ended: boolean, marked: boolean): void {
    this.#run.insertDependency.run(child, at, parent, seq, ended ? ENDED : LIVING);
    if (!ended && !marked) this.#run.isWaitedFor.run(seq);
  }

  /** Note whom a task that ended at birth would have waited for. */
  addOver(child: number, { at, parent, seq }: ParentRow): void {
    this.#run.insertDependency.run(child, at, parent, seq, 0);
  }

  /** Put a running task behind these as well. @returns for how many it waits now. */
  fork({ seq, id }: LifeRow, children: readonly TaskId[]): number {
    const tied = this.#run.parentsOf.all(seq);
    const known = new Set<TaskId>(tied.map(({ parent }) => parent)).add(id);
    const more = [...new Set(children)].filter((child) => !known.has(child));
    const behind = more.map((parent, at) => ({
      at: tied.length + at,
      parent,
      seq: this.#run.seqById.get(parent)?.seq ?? 0,
    }));
    return this.#hold(seq, tied, () => false) + this.#insert(seq, behind);
  }

  /**
   * A task begins anew: it forgets what it forked, and waits for those of its parents that live or are
   * in `alive`. @returns for how many it waits.
   */
  restart({ seq, parents }: LifeRow, alive: ReadonlySet<TaskId>): number {
    this.#run.letChildrenGo.run(seq, parents);
    return this.#hold(seq, this.#run.parentsOf.all(seq), (parent) => alive.has(parent));
  }

  /** Those that wait for a task that has ended, which they are told here; each is told once. */
  waitingOn(seq: number): readonly number[] {
    const children = this.#run.children.all(seq);
    if (children.length > 0) this.#run.parentEnded.run(seq);
    return children.map(({ child }) => child);
  }

  /** A task has ended: as far as it is concerned, those it named may be forgotten. */
  letParentsGo(seq: number): void {
    this.#run.letParentsGo.run(seq);
  }

  #insert(child: number, behind: readonly ParentRow[]): number {
    let living = 0;
    for (const one of behind) {
      const ended = !this.#isLiving(one.seq);
      this.add(child, one, ended, false);
      if (!ended) living += 1;
    }
    return living;
  }

  /** Hold on to named tasks as they are now. @returns how many of them live. */
  #hold(child: number, named: readonly ParentRow[], alive: (parent: TaskId) => boolean): number {
    let living = 0;
    for (const { at, parent, seq } of named) {
      const lives = alive(parent) || this.#isLiving(seq);
      this.#run.holdParent.run(lives ? LIVING : ENDED, child, at);
      if (!lives) continue;
      this.#run.isWaitedFor.run(seq);
      living += 1;
    }
    return living;
  }

  #isLiving(seq: number): boolean {
    return this.#run.isLiving.get(seq)?.living === 1;
  }
}
