/** A line that waits for the disk. */
export interface WaitingLine {
  readonly seq: number;
  /** Wall time of the event. */
  readonly ts: number;
  /** With its newline. */
  readonly text: string;
}

/** Compacting sooner would copy more than it frees. */
const COMPACT_AT = 1_024;

/** Lines that wait for the disk, oldest first. Adding and taking cost the same however many there are. */
export class Backlog {
  #lines: WaitingLine[] = [];
  /** Index of the oldest line that still waits. */
  #head = 0;
  #characters = 0;
  #dropped = 0;

  get length(): number {
    return this.#lines.length - this.#head;
  }

  /** Size of all waiting lines in UTF-16 units: bytes, for the plain text that nearly all of them are. */
  get characters(): number {
    return this.#characters;
  }

  /** Lines that ever gave way. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The waiting line number `index` from the oldest (0). */
  at(index: number): WaitingLine | undefined {
    return this.#lines[this.#head + index];
  }

  push(line: WaitingLine): void {
    this.#lines.push(line);
    this.#characters += line.text.length;
  }

  /** Take away the `count` oldest. */
  take(count: number): void {
    const end = Math.min(this.#head + count, this.#lines.length);
    for (; this.#head < end; this.#head += 1) this.#characters -= this.#lines[this.#head]?.text.length ?? 0;
    if (this.#head === this.#lines.length) {
      this.#lines = [];
      this.#head = 0;
    } else if (this.#head >= COMPACT_AT && this.#head * 2 >= this.#lines.length) {
      this.#lines = this.#lines.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Let the oldest give way until at most `charactersMax` are left. The newest always stays. */
  trim(charactersMax: number): void {
    while (this.#characters > charactersMax && this.length > 1) {
      this.take(1);
      this.#dropped += 1;
    }
  }

  /** Take away what is numbered `seq` or lower. */
  takeThrough(seq: number): void {
    let count = 0;
    while ((this.at(count)?.seq ?? Number.POSITIVE_INFINITY) <= seq) count += 1;
    this.take(count);
  }

  /** A copy of what waits now. */
  list(): readonly WaitingLine[] {
    return this.#lines.slice(this.#head);
  }
}
