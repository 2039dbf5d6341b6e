/**
 * What the operating system says to this process, and the last words when nobody caught an error.
 * SIGUSR1 is left to Node's inspector.
 */

/** What to do about each. */
export interface SignalHandlers {
  /** First SIGTERM or SIGINT, or SIGHUP because the terminal was closed. */
  readonly stop: (signal: "SIGTERM" | "SIGINT" | "SIGHUP") => void;
  /** Second SIGTERM or SIGINT. The process ends right after with `exitCode`; must be synchronous. */
  readonly stopNow: (exitCode: number) => void;
  /** SIGHUP, where the terminal is not gone. */
  readonly reload: () => void;
  /** True where the process was started in a terminal that was closed since: SIGHUP says that too. */
  readonly terminalGone: () => boolean;
  /** An exception or rejection that nobody caught. The process ends right after with 1; must be synchronous. */
  readonly crashed: (error: unknown) => void;
}

/** 128 plus the number of the signal, as shells count. */
const EXIT_INTERRUPTED = 130;
const EXIT_TERMINATED = 143;
const EXIT_CRASHED = 1;

/** Obey the signals of `process` until disposed. */
export function listenToProcess(handlers: SignalHandlers, target: NodeJS.Process): Disposable {
  let stopping = false;
  const onStop = (signal: "SIGTERM" | "SIGINT"): void => {
    if (stopping) {
      const exitCode = signal === "SIGINT" ? EXIT_INTERRUPTED : EXIT_TERMINATED;
      handlers.stopNow(exitCode);
      target.exit(exitCode);
    }
    stopping = true;
    handlers.stop(signal);
  };
  // A closing terminal may say it more than once (the shell in it and the kernel), so it never counts as the second.
  const onHangUp = (): void => {
    if (!handlers.terminalGone()) handlers.reload();
    else if (!stopping) {
      stopping = true;
      handlers.stop("SIGHUP");
    }
  };
  const onCrash = (error: unknown): void => {
    handlers.crashed(error);
    target.exit(EXIT_CRASHED);
  };
  const onTerm = (): void => onStop("SIGTERM");
  const onInt = (): void => onStop("SIGINT");
  target.on("SIGTERM", onTerm);
  target.on("SIGINT", onInt);
  target.on("SIGHUP", onHangUp);
  // A rejection that nobody handled arrives here too: Node raises it as an uncaught exception.
  target.on("uncaughtException", onCrash);
  return {
    [Symbol.dispose]: () => {
      target.off("SIGTERM", onTerm);
      target.off("SIGINT", onInt);
      target.off("SIGHUP", onHangUp);
      target.off("uncaughtException", onCrash);
    },
  };
}
