import { suggestion } from "../base/suggest.ts";

/** One thing that is wrong with a pipeline. */
export interface PipelineProblem {
  /** The keys that lead to it, for whoever knows the lines of the file. */
  readonly keys: readonly string[];
  /** The same keys joined by dots, for people. */
  readonly path: string;
  /** What is wrong, as the rest of a sentence that begins with the path. */
  readonly message: string;
}

/** Where a reader stands in a value, and where it leaves what it finds wrong there. */
export class Place {
  readonly keys: readonly string[];
  readonly #problems: PipelineProblem[];

  constructor(keys: readonly string[], problems: PipelineProblem[]) {
    this.keys = keys;
    this.#problems = problems;
  }

  get path(): string {
    return this.keys.join(".");
  }

  inside(key: string | number): Place {
    return new Place([...this.keys, String(key)], this.#problems);
  }

  /** Leave a problem. The reader goes on: all of them are told at once. */
  complain(message: string): void {
    this.#problems.push({ keys: this.keys, path: this.path, message });
  }

  /** Leave a problem where `name` is not one of `known`; nothing where nobody says what is known. */
  expectKnown(what: string, name: string, known: Iterable<string> | undefined): void {
    if (known === undefined) return;
    const names = [...known];
    if (names.includes(name)) return;
    const near = suggestion(name, names);
    const rest = near === "" && names.length > 0 ? `; there is ${shownNames(names)}` : near;
    this.complain(`no ${what} ${shown(name)}${rest}`);
  }

  /** The object at this place, with no key beyond `allowed`; `null` where there is none. */
  object(value: unknown, allowed: readonly string[] | null): Readonly<Record<string, unknown>> | null {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      this.complain(`${shown(value)} is not an object with keys`);
      return null;
    }
    if (allowed !== null)
      for (const key of Object.keys(value))
        if (!allowed.includes(key)) {
          const near = suggestion(key, allowed);
          this.inside(key).complain(
            `unknown key${near === "" ? `; keys here are ${allowed.join(", ")}` : near}`,
          );
        }
    return value as Readonly<Record<string, unknown>>;
  }
}

const SHOWN_MAX = 60;
const NAMES_MAX = 8;

/** A given value in a message: short, on one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

function shownNames(names: readonly string[]): string {
  const rest = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : "";
  return `${names.slice(0, NAMES_MAX).join(", ")}${rest}`;
}
