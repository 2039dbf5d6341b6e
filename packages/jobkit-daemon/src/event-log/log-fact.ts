/** Something about the log itself that a person may want to know. Never told from inside `append`. */
export type LogFact =
  | {
      /** Not told by the log, which knows it before anybody can listen: made of `healedBytes` by who opened it. */
      readonly kind: "healed";
      /** Cut off the end. */
      readonly bytes: number;
    }
  | {
      readonly kind: "failed";
      /** Of the system, such as ENOSPC. */ readonly code: string;
      readonly why: string;
    }
  | {
      readonly kind: "recovered";
      readonly failedMs: number;
      /** Events that the log does not have. */ readonly dropped: number;
    }
  | {
      readonly kind: "pruned";
      readonly segments: number;
      readonly bytes: number;
      /** Everything up to this event is gone. */ readonly throughSeq: number;
    };

/** The code and the words of what the system answered. */
export function systemError(error: unknown): { readonly code: string; readonly why: string } {
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
  return { code, why: error instanceof Error ? error.message : String(error) };
}
