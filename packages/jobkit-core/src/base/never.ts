/** The end of every switch over a union: the compiler refuses the call while a case is missing. */
export function assertNever(value: never): never {
  throw new TypeError(`unhandled variant: ${JSON.stringify(value)}`);
}
