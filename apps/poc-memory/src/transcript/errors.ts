import { defineErrors } from "jobkit-core";

/** What can go wrong with a transcript file as a whole. What is wrong with a line is a skip reason. */
export const transcriptError = defineErrors({
  TRANSCRIPT_GONE: {
    retry: false,
    doc: "A transcript was there when its folder was scanned and is not there any more.",
    next: "Nothing to do: agents delete old sessions. What was read of it stays.",
  },
  TRANSCRIPT_UNREADABLE: {
    retry: true,
    doc: "A transcript could not be opened or read.",
    next: "See the cause: give this user the right to read it, or look at the disk.",
  },
  TRANSCRIPT_NOT_A_FILE: {
    retry: false,
    doc: "What has a transcript's name is a folder, a link, a pipe or a device.",
    next: "Links are not followed. To read what lies behind it, name its real folder as a transcript root.",
  },
  REDACTION_KEY_INVALID: {
    retry: false,
    doc: "The key that marks redacted secrets cannot be used.",
    next: "Put redaction.key back from a backup, or remove it; marks made before will then not match new ones.",
  },
});
