import { defineErrors } from "jobkit-core";

/** Errors of the shell as a whole. Append rows; never rename or reuse a code. */
export const shellError = defineErrors({
  CONFIG_INVALID: {
    retry: false,
    doc: "The configuration has mistakes; nothing of it was applied.",
    next: "Correct every line that the message names; `config validate` checks again.",
  },
});
