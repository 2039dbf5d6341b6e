/** What the reader keeps of a transcript, at most. Every number is an argument so that settings rows can turn it. */
export interface TranscriptLimits {
  /** Longest line that is gathered, in bytes without its newline. A longer one is streamed past and reported. */
  readonly lineBytes: number;
  /** Deepest nesting of objects and arrays that is parsed. */
  readonly depth: number;
  /** Longest prompt, in UTF-16 units; of a longer one head and tail are kept. */
  readonly promptChars: number;
  /** Longest answer or summary, in UTF-16 units; head and tail of a longer one. */
  readonly answerChars: number;
  /** Longest tool result, in UTF-16 units; head and tail of a longer one. */
  readonly resultChars: number;
  /** Longest string in a tool's input, in UTF-16 units; head and tail of a longer one. */
  readonly inputChars: number;
  /** Most values kept of one tool's input; the rest are left out. */
  readonly inputValues: number;
  /** Most entries kept of one line; the rest are left out. */
  readonly entries: number;
}

/**
 * The defaults. Of 330,800 real records the longest line was 1.5 MB, so 16 MiB loses none of them; 64 % of
 * tool results are under 1 kB and what matters of long ones stands at their two ends.
 */
export const defaultLimits: TranscriptLimits = {
  lineBytes: 16 * 1024 * 1024,
  depth: 128,
  promptChars: 32 * 1024,
  answerChars: 32 * 1024,
  resultChars: 8 * 1024,
  inputChars: 4 * 1024,
  inputValues: 32,
  entries: 256,
};
