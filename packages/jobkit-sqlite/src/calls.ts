/** Calls that wait for the transaction they are part of, and the ways to answer them. */

/** The answer to a call that may be answered before the disk has it. */
export interface Committed<T> {
  readonly value: T;
  /** Resolves when the disk has it, rejects where it never will; `null` where it has. */
  readonly stored: Promise<void> | null;
}

/** One call. */
export interface Call {
  readonly doing: string;
  readonly writes: boolean;
  readonly work: () => unknown;
  /** Give the answer before the disk has it, where that is of some use. @returns whether it was given. */
  readonly early?: (value: unknown) => boolean;
  /** The disk has it: give the answer, or tell whoever was answered early. */
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What became of the work of a call. */
export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

/** A call that is answered when the disk has what it did. */
export function durableCall<T>(
  about: Pick<Call, "doing" | "writes">,
  work: () => T,
): { readonly call: Call; readonly promise: Promise<T> } {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return { call: { ...about, work, resolve: (value) => resolve(value as T), reject }, promise };
}

/** A call that is answered when it is committed, where `isUrgent` says so of the answer, else as any other. */
export function earlyCall<T>(
  doing: string,
  work: () => T,
  isUrgent: (value: T) => boolean,
): { readonly call: Call; readonly promise: Promise<Committed<T>> } {
  const answer = Promise.withResolvers<Committed<T>>();
  let stored: PromiseWithResolvers<void> | null = null;
  const call: Call = {
    doing,
    writes: true,
    work,
    early(value) {
      if (!isUrgent(value as T)) return false;
      stored = Promise.withResolvers<void>();
      // Whoever does not ask need not handle it.
      stored.promise.catch(() => {});
      answer.resolve({ value: value as T, stored: stored.promise });
      return true;
    },
    resolve(value) {
      if (stored === null) answer.resolve({ value: value as T, stored: null });
      else stored.resolve();
    },
    reject: (error) => (stored ?? answer).reject(error),
  };
  return { call, promise: answer.promise };
}

/** Answer those to whom it is of use before the disk has it. @returns whether there are any. */
export function answerEarly(group: readonly Call[], answers: readonly Answer[]): boolean {
  let any = false;
  for (const [at, { early }] of group.entries()) {
    const answer = answers[at];
    if (early !== undefined && answer?.ok === true && early(answer.value)) any = true;
  }
  return any;
}
