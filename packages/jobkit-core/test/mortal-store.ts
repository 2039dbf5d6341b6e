import type { QueueStore, Turn, TurnRequest } from "../src/index.ts";
import { setup, type Bench } from "./scheduler-kit.ts";
import { ThroughStore } from "./through-store.ts";

/** A store as one process sees it: once the process is dead, no call of it reaches the store any more. */
export class MortalStore extends ThroughStore {
  #dead = false;
  readonly #listening: Disposable[] = [];

  /** The process dies, whatever it was doing. */
  die(): void {
    this.#dead = true;
    for (const listening of this.#listening) listening[Symbol.dispose]();
  }

  override turn(request: TurnRequest): Promise<Turn> {
    return this.#dead ? new Promise(() => {}) : super.turn(request);
  }

  override touch(...call: Parameters<QueueStore["touch"]>): ReturnType<QueueStore["touch"]> {
    return this.#dead ? new Promise(() => {}) : super.touch(...call);
  }

  override addGraph(...call: Parameters<QueueStore["addGraph"]>): ReturnType<QueueStore["addGraph"]> {
    return this.#dead ? new Promise(() => {}) : super.addGraph(...call);
  }

  override onWake(listener: () => void): Disposable {
    const listening = super.onWake(listener);
    this.#listening.push(listening);
    return listening;
  }
}

/**
 * A scheduler that can be killed: it leaves in the store what it was running. It is never closed, because what
 * is dead says no farewell.
 */
export function mortal(
  store: QueueStore,
  options: Omit<NonNullable<Parameters<typeof setup>[0]>, "store">,
): Omit<Bench, typeof Symbol.asyncDispose> & { readonly die: () => void } {
  const own = new MortalStore(store);
  const { clock, seen, bus, scheduler } = setup({ ...options, store: own });
  return { clock, store, seen, bus, scheduler, die: () => own.die() };
}
