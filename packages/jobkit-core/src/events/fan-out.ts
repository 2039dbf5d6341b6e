/**
 * Delivery of events to listeners: in order, whole, and whatever a listener does.
 *
 * What must stay true: everybody hears everything in the order it was sent, even where a listener answers
 * an event with another; one that throws harms nobody and is removed after too many times in a row; one
 * that answers without end is removed instead of hanging the program.
 */
import { describeError } from "../base/errors.ts";
import type { JobEvent } from "./event.ts";

/** One listener, as its own bus knows it. */
export interface Registered {
  readonly name: string;
  readonly listener: (event: JobEvent) => void;
  /** Failures in a row. */
  failures: number;
  /** False once removed: a delivery under way passes it over. */
  here: boolean;
}

/** What the owner does about a listener that failed. Called inside a delivery. */
export interface FanOutOwner {
  /** Take it out of every list. `registered.here` is false already. */
  remove(registered: Registered): void;
  /** Tell the others why it failed, after the delivery, or it would be told of itself without end. */
  report(registered: Registered, why: string, removed: boolean): void;
}

interface Delivery {
  readonly event: JobEvent;
  readonly listeners: readonly Registered[];
}

/** A listener that threw so many times in a row is removed. */
const FAILURES_MAX = 10;
/** So many events may be emitted by listeners in answer to one; who answers beyond it is removed. */
const ANSWERS_MAX = 10_000;

/** Calls listeners. Owns none of them: the lists are handed in with each event. */
export class FanOut {
  readonly #owner: FanOutOwner;
  readonly #waiting: Delivery[] = [];
  /** Who is being called; `null` outside of a delivery. */
  #calling: Registered | null = null;

  constructor(owner: FanOutOwner) {
    this.#owner = owner;
  }

  /**
   * Deliver now, or after the delivery under way: an answer must not overtake what it answers.
   * @param listeners a list that nobody changes: who comes or goes makes a new one.
   */
  send(event: JobEvent, listeners: readonly Registered[]): void {
    if (this.#calling !== null) {
      this.#waiting.push({ event, listeners });
      if (this.#waiting.length > ANSWERS_MAX) this.#stopAnswering(this.#calling);
      return;
    }
    this.#deliver(event, listeners);
    if (this.#waiting.length > 0) this.#deliverAnswers();
  }

  /** Take a listener out, at once. Twice is harmless. */
  remove(registered: Registered): void {
    if (!registered.here) return;
    registered.here = false;
    this.#owner.remove(registered);
  }

  #deliverAnswers(): void {
    // The list grows while it is walked: answers may be answered.
    for (const answer of this.#waiting) this.#deliver(answer.event, answer.listeners);
    this.#waiting.length = 0;
  }

  #deliver(event: JobEvent, listeners: readonly Registered[]): void {
    for (let at = 0; at < listeners.length; at += 1) {
      const registered = listeners[at] as Registered;
      if (!registered.here) continue;
      this.#calling = registered;
      try {
        registered.listener(event);
        if (registered.failures > 0) registered.failures = 0;
      } catch (error) {
        this.#failed(registered, describeError(error).message);
      }
    }
    this.#calling = null;
  }

  #failed(registered: Registered, why: string): void {
    registered.failures += 1;
    if (registered.failures >= FAILURES_MAX) this.remove(registered);
    this.#owner.report(registered, why, !registered.here);
  }

  #stopAnswering(registered: Registered): void {
    if (!registered.here) return;
    this.remove(registered);
    this.#owner.report(registered, "it answers events with events without end", true);
  }
}
