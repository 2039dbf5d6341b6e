/** Time as an argument. Nothing in jobkit-core reads a clock of its own. */
export interface Clock {
  /** Wall time in ms since 1970. May jump in both directions: use it for dates, never for durations. */
  now(): number;
  /** Ms since an arbitrary start. Never goes back: use it for durations, deadlines and delays. */
  monotonic(): number;
  /**
   * Wait `ms` of monotonic time (0 or less: one turn of the event loop).
   * @throws signal.reason when `signal` aborts; no timer is left behind then.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
