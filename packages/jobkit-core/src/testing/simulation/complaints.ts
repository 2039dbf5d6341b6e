/** So many are kept; more only bury the first. */
const KEPT_MAX = 50;

/** Broken promises, in words. */
export class Complaints {
  readonly list: string[] = [];

  add(what: string): void {
    if (this.list.length < KEPT_MAX) this.list.push(what);
  }

  /** Of one task. */
  of(id: string, what: string): void {
    this.add(`task ${id} ${what}`);
  }
}
