import { closeSync, openSync } from "node:fs";

/** The terminal of whichever process opens it (POSIX, General Terminal Interface). */
const OWN_TERMINAL = "/dev/tty";

/** True where this process belongs to a terminal that is still there. A service belongs to none. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync(OWN_TERMINAL, "r"));
    return true;
  } catch {
    // ENXIO: there is none, or it was closed. Every other reason means the same for whoever wants to use it.
    return false;
  }
}
