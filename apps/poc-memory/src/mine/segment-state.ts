/**
 * What a segment is remembered by while it is being read: plain JSON, small whatever the transcript's
 * size, so that it can be stored between two readings. Only `step` makes new ones; only `memories` reads
 * them for meaning. Every text is cut and every list bounded by `limits.ts`, and a state never takes more
 * than 128 KiB as JSON.
 */

/** Which segment, without its root: what keys are made from names no folder of one machine. */
export interface SegmentName {
  /** Path below its transcript root, as `TranscriptName.name`. */
  readonly transcript: string;
  /** Grows by one each time another file took this one's name. */
  readonly generation: number;
  /** 0 for the first segment of a file. */
  readonly segment: number;
}

/** A line of the transcript. `atMs` is its time, or that of the last line before it that has one; 0 where none has. */
export interface LinePlace {
  readonly line: number;
  readonly uuid: string | null;
  readonly atMs: number;
}

/** One request of the person and what came of it, in the order of the file. */
export interface Turn {
  /** Number of the request within the segment, from 0. What `turn` means in the rest of the state. */
  readonly n: number;
  /** Number of the prompt it came with or after, from 0; -1 before the first. What `rewindToTurn` counts in. */
  readonly prompt: number;
  readonly at: LinePlace;
  /** `carried`: work went on from the segment before without a new request. */
  readonly kind: "prompt" | "command" | "carried";
  readonly text: string;
  /** The gist of the last thing the agent said, for the story. */
  readonly answer: string;
  readonly answerAt: LinePlace | null;
  /** Files changed and commands run: nothing done and little said is no story. */
  readonly deeds: number;
  readonly interrupted: boolean;
  /** The person went back to before this turn. */
  readonly abandoned: boolean;
}

/** A file that the agent changed. */
export interface FileChange {
  /** Relative to the project where it lies inside. */
  readonly path: string;
  readonly edits: number;
  readonly created: boolean;
  readonly lastTurn: number;
  /** Last changed in a turn that the person went back from. */
  readonly abandoned: boolean;
  readonly at: LinePlace;
}

/** What a command is for; `other` ones are told only when they failed and were mended. */
export type CommandKind = "test" | "lint" | "build" | "format" | "release" | "run" | "other";

/** A command that tells about the project, all its runs together. */
export interface CommandRun {
  readonly command: string;
  readonly kind: CommandKind;
  /** Relative to the project; "" for its root. */
  readonly folder: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly lastOk: boolean;
  /** The command that it runs, where a task runner says so; "" otherwise. */
  readonly underlying: string;
  readonly lastTurn: number;
  /** Of the first success, else of the first run. */
  readonly at: LinePlace;
}

/** A tool call whose result has not been seen. */
export interface PendingCall {
  readonly callId: string;
  readonly at: LinePlace;
  readonly turn: number;
  readonly what:
    | {
        readonly kind: "edit";
        readonly path: string;
        readonly change: string;
        readonly created: boolean;
      }
    | {
        readonly kind: "command";
        readonly parts: readonly CommandPart[];
        readonly commit: CommitMessage | null;
      };
}

/** One command of a chain, cleaned of redirections and filters. */
export interface CommandPart {
  readonly command: string;
  readonly kind: CommandKind;
  readonly folder: string;
}

/** What `git commit` was asked to record. */
export interface CommitMessage {
  readonly subject: string;
  readonly body: string;
}

/** A commit that was made. */
export interface Commit {
  readonly sha: string;
  readonly branch: string;
  readonly subject: string;
  readonly body: string;
  readonly turn: number;
  readonly at: LinePlace;
}

/** A failure that has not been mended. */
export interface OpenFailure {
  /** The command that failed; `null` for an error the person brought. */
  readonly command: string | null;
  readonly kind: CommandKind;
  /** The first error, and another one where mending the first brought it up. At least one. */
  readonly errors: readonly string[];
  readonly turn: number;
  readonly at: LinePlace;
  /** What the agent said about it; "" until it did. */
  readonly why: string;
  /** What was changed since. */
  readonly changes: readonly Change[];
}

/** An edit as far as it explains a fix. */
export interface Change {
  readonly path: string;
  readonly change: string;
}

/** A failure, what was done, and the same command succeeding. */
export interface Fix {
  readonly command: string | null;
  readonly kind: CommandKind;
  readonly errors: readonly string[];
  readonly why: string;
  readonly changes: readonly Change[];
  readonly turn: number;
  readonly failedAt: LinePlace;
  readonly fixedAt: LinePlace;
}

/** A sentence that may become a fact. */
export interface Statement {
  readonly category: "preference" | "decision" | "project" | "fix";
  readonly text: string;
  /** Which rule took it. */
  readonly rule: string;
  readonly said: "person" | "agent";
  readonly turn: number;
  readonly at: LinePlace;
  /** Its own weight in the choice when there are too many: larger stays. */
  readonly merit: number;
}

/** The state of one segment. A value: `step` returns a new one and leaves the old as it was. */
export interface SegmentState {
  /** Shape of this JSON. States are stored, so a change of it needs a migration of the open segments. */
  readonly shape: 1;
  readonly place: SegmentName;
  /** Of the main chain; `null` before the first record that names one. */
  readonly sessionId: string | null;
  /** Working folder of the first record that names one: what the project is called by. */
  readonly root: string | null;
  /** Working folder now. */
  readonly cwd: string | null;
  readonly branch: string | null;
  readonly startedAtMs: number | null;
  readonly lastAtMs: number | null;
  /** Records taken, duplicates not counted. */
  readonly records: number;
  /** The headline of the request the segment before was at, where this one goes on without a new one. */
  readonly carried: string | null;
  /**
   * Records of the main chain with a prompt: what the transcript's tree counts turns by, and what
   * `rewindToTurn` is a number of.
   */
  readonly turnsBegun: number;
  /** Requests in all: prompts, slash commands, words said when refusing, work that went on. `turns` keeps the first and the last. */
  readonly requestsBegun: number;
  readonly turns: readonly Turn[];
  readonly files: readonly FileChange[];
  /** Changed files that no longer fitted in `files`. */
  readonly filesBeyond: number;
  readonly runs: readonly CommandRun[];
  readonly pending: readonly PendingCall[];
  readonly failures: readonly OpenFailure[];
  readonly fixes: readonly Fix[];
  readonly commits: readonly Commit[];
  readonly pullRequests: readonly { readonly url: string; readonly at: LinePlace }[];
  /** Statements that stand. */
  readonly statements: readonly Statement[];
  /** Statements of the newest answer: they stand when the turn ends with it, and go when the agent works on. */
  readonly unsettled: readonly Statement[];
  /** What the agent last asked leave to do: what a yes agrees to. */
  readonly offer: string | null;
  /** The agent has called a tool since it last spoke. */
  readonly workedSinceAnswer: boolean;
  /** The last substantial thing the agent said, longer than a turn's gist. */
  readonly outcome: { readonly text: string; readonly turn: number; readonly at: LinePlace } | null;
}
