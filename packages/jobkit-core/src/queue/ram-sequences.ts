import { Heap } from "./heap.ts";
import { startsBefore, type Entry, type Place } from "./ram-entry.ts";

/**
 * The tasks of one sequence: at most one of them is claimable or claimed. Who was claimed holds the sequence
 * until it has ended, also between attempts and while it waits for what it forked. While nobody holds it, the
 * first in starting order of those that are due stands in front; the others wait in line.
 */
export class Sequence implements Place {
  readonly name: string;
  /** Unfinished tasks of it, the front included. */
  living = 0;
  readonly #line = new Heap<Entry>(startsBefore);
  #front: Entry | null = null;
  #held = false;

  constructor(name: string) {
    this.name = name;
  }

  /** May this due task be claimed? If not, it stands in line from now on. */
  admits(entry: Entry): boolean {
    const front = this.#front;
    if (front === entry || front === null) {
      this.#front = entry;
      return true;
    }
    if (this.#held || startsBefore(front, entry)) {
      this.#lineUp(entry);
      return false;
    }
    // It goes before the one that stands in front and was not claimed yet.
    front.place?.remove(front);
    this.#lineUp(front);
    this.#front = entry;
    return true;
  }

  /** It was claimed. */
  hold(): void {
    this.#held = true;
  }

  /** Leave the line. */
  remove(entry: Entry): void {
    this.#line.remove(entry);
  }

  /** A task has ended: another may stand in front instead of it. */
  leave(entry: Entry): void {
    if (this.#front === entry) this.#fill();
  }

  /** A task is not due any more: another may stand in front, unless it holds the sequence. */
  stepBack(entry: Entry): void {
    if (this.#front === entry && !this.#held) this.#fill();
  }

  /** The first in line that its shelf finds due; one that it does not goes back to where it waits for its time. */
  #fill(): void {
    this.#front = null;
    this.#held = false;
    while (this.#front === null) {
      const next = this.#line.pop();
      if (next === undefined) return;
      next.place = null;
      next.shelf.stand(next);
    }
  }

  #lineUp(entry: Entry): void {
    entry.place = this;
    this.#line.push(entry);
  }
}

/** All sequences that have unfinished tasks. */
export class Sequences {
  readonly #byName = new Map<string, Sequence>();

  /** One more unfinished task in the sequence of that name. */
  enter(name: string): Sequence {
    let sequence = this.#byName.get(name);
    if (sequence === undefined) this.#byName.set(name, (sequence = new Sequence(name)));
    sequence.living += 1;
    return sequence;
  }

  /** One of its tasks has ended: an empty sequence is forgotten. */
  exit(sequence: Sequence): void {
    sequence.living -= 1;
    if (sequence.living === 0) this.#byName.delete(sequence.name);
  }
}
