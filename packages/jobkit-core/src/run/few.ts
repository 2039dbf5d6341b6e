/**
 * A few members in the order they came. Meant for as many as there are lanes: looking through a short list costs
 * half of what a set does, which is made anew every few changes.
 */
export class Few<T> {
  readonly #members: T[] = [];

  get size(): number {
    return this.#members.length;
  }

  /** In the order they came. */
  get all(): readonly T[] {
    return this.#members;
  }

  /** It must not be there. */
  add(member: T): void {
    this.#members.push(member);
  }

  /** @returns false where it was not there. */
  delete(member: T): boolean {
    const members = this.#members;
    const at = members.indexOf(member);
    if (at < 0) return false;
    // Not by splice, which makes a list of what it takes out.
    for (let next = at + 1; next < members.length; next += 1) members[next - 1] = members[next] as T;
    members.pop();
    return true;
  }

  clear(): void {
    this.#members.length = 0;
  }
}
