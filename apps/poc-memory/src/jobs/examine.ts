import type { TranscriptName, TranscriptProgress } from "../store/progress.ts";
import { replacementOf, type FileReplacement } from "../transcript/change.ts";
import { identityOf } from "../transcript/identity.ts";
import { asTranscriptError, openRegular } from "../transcript/open.ts";
import { startOfFile } from "../transcript/read.ts";

/** From where a transcript is read now, and whether another file has taken its name. */
export interface Examined {
  /** What is known of it, with the identity it has now and the position to read from. */
  readonly start: TranscriptProgress;
  /** How another file took its name; `null`: the same file. */
  readonly replaced: FileReplacement | null;
}

/**
 * Look at the file behind a name and decide where reading goes on. The same file, however much it grew: where
 * reading stopped. Another file: at its start, one generation further.
 * @throws TRANSCRIPT_GONE, TRANSCRIPT_NOT_A_FILE, TRANSCRIPT_UNREADABLE.
 */
export async function examine(
  path: string,
  name: TranscriptName,
  known: TranscriptProgress | null,
): Promise<Examined> {
  const file = await openRegular(path);
  try {
    const identity = await identityOf(file);
    const mtimeMs = Math.trunc((await file.stat()).mtimeMs);
    const fresh = {
      root: name.root,
      name: name.name,
      identity,
      mtimeMs,
      state: "reading",
      position: startOfFile,
    } as const;
    if (known === null)
      return { start: { ...fresh, generation: 0, linesKept: 0, linesSkipped: {} }, replaced: null };
    const replaced = await replacementOf(file, known, identity.size);
    if (replaced === null) return { start: { ...known, identity, mtimeMs, state: "reading" }, replaced };
    return {
      start: {
        ...fresh,
        generation: known.generation + 1,
        linesKept: known.linesKept,
        linesSkipped: known.linesSkipped,
      },
      replaced,
    };
  } catch (error) {
    throw asTranscriptError(error, `looking at ${path}`);
  } finally {
    await file.close();
  }
}
