const FIRST_CAPACITY = 1024;

/** Undirected edges in the order they came, in typed arrays that double when they are full. 13 bytes an edge. */
export class EdgeList {
  from = new Int32Array(FIRST_CAPACITY);
  to = new Int32Array(FIRST_CAPACITY);
  strengths = new Float32Array(FIRST_CAPACITY);
  types = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  /** How many edges there are; the arrays are longer. */
  get length(): number {
    return this.#length;
  }

  /** Add one edge. Self loops and repetitions are the caller's affair. */
  push(from: number, to: number, strength: number, type: number): void {
    if (this.#length === this.from.length) this.#grow();
    this.from[this.#length] = from;
    this.to[this.#length] = to;
    this.strengths[this.#length] = strength;
    this.types[this.#length] = type;
    this.#length += 1;
  }

  #grow(): void {
    const capacity = this.from.length * 2;
    this.from = grown(new Int32Array(capacity), this.from);
    this.to = grown(new Int32Array(capacity), this.to);
    this.strengths = grown(new Float32Array(capacity), this.strengths);
    this.types = grown(new Uint8Array(capacity), this.types);
  }
}

function grown<T extends Int32Array | Float32Array | Uint8Array>(fresh: T, old: T): T {
  fresh.set(old);
  return fresh;
}
