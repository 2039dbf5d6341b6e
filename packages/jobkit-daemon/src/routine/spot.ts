import { type CodedError, jobkitError, parseDuration, suggestion, type Json } from "jobkit-core";

/** One thing that is wrong with a routine. */
export interface RoutineProblem {
  /** The keys that lead to it, for whoever knows the lines of the file. */
  readonly keys: readonly string[];
  readonly error: CodedError;
}

/** Bounds of a whole number, both included. */
export interface WholeRange {
  readonly min: number;
  readonly max: number;
}

const SHOWN_MAX = 60;

/** Where a reader of schedules stands in a value, and where it leaves what it finds wrong there. */
export class Spot {
  readonly keys: readonly string[];
  readonly #problems: RoutineProblem[];

  constructor(keys: readonly string[], problems: RoutineProblem[]) {
    this.keys = keys;
    this.#problems = problems;
  }

  get path(): string {
    return this.keys.join(".");
  }

  inside(key: string): Spot {
    return new Spot([...this.keys, key], this.#problems);
  }

  /** Leave a problem. The reader goes on: all of them are told at once. */
  complain(message: string): void {
    const next = "Correct the key that the message names.";
    this.take(jobkitError("SCHEDULE_INVALID", `reading ${this.path}: ${message}`, { next }));
  }

  /** Leave a problem that somebody else has put into words. */
  take(error: CodedError): void {
    this.#problems.push({ keys: this.keys, error });
  }

  /** The object at this spot, with no key beyond `allowed` (null: any); `null` where there is none. */
  object(value: unknown, allowed: readonly string[] | null): Readonly<Record<string, unknown>> | null {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      this.complain(`${shown(value)} is not an object with keys`);
      return null;
    }
    for (const key of Object.keys(value)) {
      if (allowed === null || allowed.includes(key)) continue;
      const near = suggestion(key, allowed);
      this.inside(key).complain(`unknown key${near === "" ? `; keys here are ${allowed.join(", ")}` : near}`);
    }
    return value as Readonly<Record<string, unknown>>;
  }

  /** Text that is not empty; `undefined` where it is none. */
  text(value: unknown): string | undefined {
    if (typeof value === "string" && value.trim() !== "") return value;
    this.complain(`${shown(value)} is not a text`);
    return undefined;
  }

  /** One of `choices`; `undefined` where it is none. */
  choice<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    const near = typeof value === "string" ? suggestion(value, choices) : "";
    this.complain(`${shown(value)} is not one of ${choices.join(", ")}${near}`);
    return undefined;
  }

  /** Ms, as a number or as text with a unit; `undefined` where it is neither. */
  duration(value: unknown): number | undefined {
    const ms = typeof value === "string" ? parseDuration(value) : value;
    if (typeof ms === "number" && ms >= 0 && ms <= Number.MAX_SAFE_INTEGER) return ms;
    this.complain(`${shown(value)} is not a duration such as 30s, 5m or 1h30m`);
    return undefined;
  }

  /** A whole number within its range; `undefined` where it is none. */
  whole(value: unknown, { min, max }: WholeRange): number | undefined {
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
    this.complain(`${shown(value)} is not a whole number from ${min} to ${max}`);
    return undefined;
  }

  /** Leave a problem where `name` is not one of `known`; nothing where nobody says what is known. */
  known(what: string, name: string, known: Iterable<string> | undefined): void {
    if (known === undefined) return;
    const names = [...known];
    if (names.includes(name)) return;
    const near = suggestion(name, names);
    const rest = near === "" && names.length > 0 ? `; there is ${names.join(", ")}` : near;
    this.complain(`no ${what} ${shown(name)}${rest}`);
  }
}

/** What a parsed file holds is JSON already: YAML of the core schema knows nothing more. */
export function asJson(value: unknown): Json {
  return value as Json;
}

/** A given value in a message: short, on one line. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}
