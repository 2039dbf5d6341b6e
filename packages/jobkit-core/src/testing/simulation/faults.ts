/** What goes wrong, and how often. Shared by all processes of a simulation, and switched off for its end. */
export interface Faults {
  /** Share of calls that throw and do nothing. */
  failShare: number;
  /** Share of calls at which the process dies, half of them after the store has done its work. */
  deathShare: number;
  /** The call with this number throws as well; counted from 1 over all processes. `null`: none. */
  failCall: number | null;
  /** Longest answer in ms. */
  delayMaxMs: number;
  /** Longest wait for the disk in ms; a turn is answered before it. 0: nobody waits. */
  diskMaxMs: number;
  /** Calls so far. */
  calls: number;
}

/** Message of the errors a simulated store makes up. */
export const INJECTED = "injected by the simulation";
