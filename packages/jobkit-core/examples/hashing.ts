/** What runs in the threads of `threads.ts`. */
import { createHash } from "node:crypto";
import { threadFunction } from "jobkit-core/threads";

export const hash = threadFunction(({ text }: { readonly text: string }, { note }) => {
  note(`hashing ${text.length} letters`);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
});

export const loop = threadFunction((_input: { readonly text: string }) => {
  for (;;);
});
