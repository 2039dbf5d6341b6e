import { Heap, type HeapMember } from "./heap.ts";

/** So many places of the run that hold nobody are kept before they are swept out, and never more than half. */
const SWEEP_MIN = 1_024;

/**
 * Members in leaving order, of which nearly all come in that order: those stand in a plain run, where coming
 * and leaving costs the same however many there are; a member that comes out of order stands in a heap.
 * A member is in at most one line (or heap) at a time. Bounded by its owner.
 */
export class Line<T extends HeapMember> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #heap: Heap<T>;
  /** In leaving order; `null` where somebody has left out of turn. Neither its first nor its last is `null`. */
  #run: (T | null)[] = [];
  /** Position of the first member of the run. */
  #first = 0;
  /** Members carry -2 less their place, counted from the place of position 0 of the run. */
  #base = 0;
  #gone = 0;

  /** @param before true where `a` must leave earlier than `b`; a strict total order. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
    this.#heap = new Heap(before);
  }

  get size(): number {
    return this.#heap.size + this.#run.length - this.#first - this.#gone;
  }

  push(member: T): void {
    const last = this.#run.at(-1);
    if (last === undefined || last === null || this.#before(last, member)) {
      member.heapAt = -2 - this.#base - this.#run.length;
      this.#run.push(member);
    } else this.#heap.push(member);
  }

  /** The member that leaves first, or `undefined` when empty. */
  first(): T | undefined {
    const inRun = this.#run[this.#first];
    const inHeap = this.#heap.first();
    if (inRun === undefined || inRun === null) return inHeap;
    return inHeap !== undefined && this.#before(inHeap, inRun) ? inHeap : inRun;
  }

  /** Take a member out wherever it stands. It must stand in this line. */
  remove(member: T): void {
    if (member.heapAt >= 0) {
      this.#heap.remove(member);
      return;
    }
    const at = -2 - member.heapAt - this.#base;
    member.heapAt = -1;
    if (at === this.#first) this.#leaveFirst();
    else if (at === this.#run.length - 1) this.#leaveLast();
    else {
      this.#run[at] = null;
      this.#gone += 1;
    }
    if (this.#first + this.#gone >= SWEEP_MIN && (this.#first + this.#gone) * 2 > this.#run.length)
      this.#sweep();
  }

  /** Take out, and return in no order, every member that `leaves`. Linear in the size. */
  removeWhere(leaves: (member: T) => boolean): readonly T[] {
    const gone = [...this.#heap.removeWhere(leaves)];
    for (const member of this.#run.slice(this.#first))
      if (member !== null && leaves(member)) {
        this.remove(member);
        gone.push(member);
      }
    return gone;
  }

  #leaveFirst(): void {
    const run = this.#run;
    run[this.#first] = null;
    this.#first += 1;
    while (this.#first < run.length && run[this.#first] === null) {
      this.#first += 1;
      this.#gone -= 1;
    }
    if (this.#first < run.length) return;
    // Empty: the next one begins a new run.
    this.#base += run.length;
    this.#run = [];
    this.#first = 0;
  }

  #leaveLast(): void {
    const run = this.#run;
    run.pop();
    // The first is never null, and it is not the last: this ends.
    while (run.at(-1) === null) {
      run.pop();
      this.#gone -= 1;
    }
  }

  #sweep(): void {
    const kept: T[] = [];
    for (const member of this.#run) if (member !== null) kept.push(member);
    this.#base += this.#run.length;
    for (let at = 0; at < kept.length; at += 1) (kept[at] as T).heapAt = -2 - this.#base - at;
    this.#run = kept;
    this.#first = 0;
    this.#gone = 0;
  }
}
