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
  /** Is this value of some use before the disk has it? */
  readonly isUrgent?: (value: unknown) => boolean;
  /** Give the answer; a call that was answered early is told with it that the disk has it, or not. */
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  /** Answer before the disk has it. */
  readonly early?: (value: unknown, stored: Promise<void>) => void;
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
  const { promise, resolve, reject } = Promise.withResolvers<Committed<T>>();
  const call: Call = {
    doing,
    writes: true,
    work,
    isUrgent: (value) => isUrgent(value as T),
    early: (value, stored) => resolve({ value: value as T, stored }),
    resolve: (value) => resolve({ value: value as T, stored: null }),
    reject,
  };
  return { call, promise };
}

/** Answer those to whom it is of use before the disk has it. @returns whether there are any. */
export function answerEarly(group: readonly Call[], answers: readonly Answer[]): boolean {
  let any = false;
  for (let at = 0; at < group.length; at += 1) {
    const call = group[at] as Call;
    const answer = answers[at] as Answer;
    if (call.early === undefined || !answer.ok || call.isUrgent?.(answer.value) !== true) continue;
    const stored = Promise.withResolvers<void>();
    // Whoever does not ask need not handle it.
    stored.promise.catch(() => {});
    call.resolve = () => stored.resolve();
    call.reject = stored.reject;
    call.early(answer.value, stored.promise);
    any = true;
  }
  return any;
}
