import type { Json, Marks } from "jobkit-core";
import { parsed } from "./row.ts";
import type { Statements } from "./statements.ts";

/** The small named values beside the tasks. Must be called inside a transaction. */
export class MarkTable {
  readonly #run: Statements;

  constructor(statements: Statements) {
    this.#run = statements;
  }

  read(names: readonly string[]): Marks {
    return Object.fromEntries(
      names.flatMap((name) => {
        const row = this.#run.mark.get(name);
        return row === undefined ? [] : [[name, parsed(row.value) as Json]];
      }),
    );
  }

  /** A mark set to `null` is forgotten. */
  set(marks: Marks): void {
    for (const [name, value] of Object.entries(marks))
      if (value === null) this.#run.forgetMark.run(name);
      else this.#run.setMark.run(name, JSON.stringify(value));
  }
}
