/**
 * What the operating system says to this process, and the last words when nobody caught an error.
 * SIGUSR1 is left to Node's inspector.
 */

/** What to do about each. */
export interface SignalHandlers {
  /** First SIGTERM or SIGINT. */
  readonly stop: (signal: "SIGTERM" | "SIGINT") => void;
  /** Second SIGTERM or SIGINT. The process ends right after with `exitCode`; must be synchronous. */
  readonly stopNow: (exitCode: number) => void;
  /** SIGHUP. */
  readonly reload: () => void;
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
  const onCrash = (error: unknown): void => {
    handlers.crashed(error);
    target.exit(EXIT_CRASHED);
  };
  const onTerm = (): void => onStop("SIGTERM");
  const onInt = (): void => onStop("SIGINT");
  target.on("SIGTERM", onTerm);
  target.on("SIGINT", onInt);
  target.on("SIGHUP", handlers.reload);
  // A rejection that nobody handled arrives here too: Node raises it as an uncaught exception.
  target.on("uncaughtException", onCrash);
  return {
    [Symbol.dispose]: () => {
      target.off("SIGTERM", onTerm);
      target.off("SIGINT", onInt);
      target.off("SIGHUP", handlers.reload);
      target.off("uncaughtException", onCrash);
    },
  };
}
