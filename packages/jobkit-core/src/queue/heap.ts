/** What a {@link Heap} keeps in its members: where they stand, 0 or more; below 0 while they stand in none. */
export interface HeapMember {
  heapAt: number;
}

/**
 * A binary heap that knows where each member stands, so that any member leaves in logarithmic time.
 * A member is in at most one heap at a time. Bounded by its owner. (Williams, "Heapsort", 1964.)
 */
export class Heap<T extends HeapMember> {
  readonly #before: (a: T, b: T) => boolean;
  readonly #members: T[] = [];

  /** @param before true where `a` must leave earlier than `b`; a strict total order. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#members.length;
  }

  /** The member that leaves first, or `undefined` when empty. */
  first(): T | undefined {
    return this.#members[0];
  }

  push(member: T): void {
    this.#members.push(member);
    this.#rise(member, this.#members.length - 1);
  }

  /** Take the first member out. */
  pop(): T | undefined {
    const first = this.#members[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Take a member out wherever it stands. It must stand in this heap. */
  remove(member: T): void {
    const at = member.heapAt;
    const last = this.#members.pop() as T;
    member.heapAt = -1;
    if (last === member) return;
    this.#rise(last, at);
    if (last.heapAt === at) this.#sink(last, at);
  }

  /** Take out, and return in no order, every member that `leaves`. Linear in the size. */
  removeWhere(leaves: (member: T) => boolean): readonly T[] {
    const gone = this.#members.filter((member) => leaves(member));
    for (const member of gone) this.remove(member);
    return gone;
  }

  #rise(member: T, from: number): void {
    const members = this.#members;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = members[above] as T;
      if (!this.#before(member, parent)) break;
      members[at] = parent;
      parent.heapAt = at;
      at = above;
    }
    members[at] = member;
    member.heapAt = at;
  }

  #sink(member: T, from: number): void {
    const members = this.#members;
    const size = members.length;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= size) break;
      if (below + 1 < size && this.#before(members[below + 1] as T, members[below] as T)) below += 1;
      const child = members[below] as T;
      if (!this.#before(child, member)) break;
      members[at] = child;
      child.heapAt = at;
      at = below;
    }
    members[at] = member;
    member.heapAt = at;
  }
}
