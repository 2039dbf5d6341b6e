import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type Clock, defineJob, type Job } from "jobkit-core";
import { statOrNull } from "./look.ts";
import type { Sums } from "./sums.ts";

interface HashInput {
  readonly path: string;
}

/** Any Standard Schema does; this one is small enough to write by hand. */
const hashInput = {
  "~standard": {
    version: 1 as const,
    vendor: "checksum-keeper",
    validate: (value: unknown) =>
      value !== null && typeof value === "object" && "path" in value && typeof value.path === "string"
        ? { value: { path: value.path } }
        : { issues: [{ message: "expected { path }", path: ["path"] }] },
    types: undefined as unknown as { readonly input: unknown; readonly output: HashInput },
  },
};

const GONE = { size: 0, mtimeMs: 0, sha256: null };

/** The job that hashes one file and notes the result. */
export function hashJob(sums: Sums, clock: Clock): Job<HashInput> {
  return defineJob<HashInput>({
    name: "hash",
    doc: "Reads a file to its end and notes its SHA-256.",
    input: hashInput,
    needs: { cpu: 1 },
    timeoutMs: Number.POSITIVE_INFINITY,
    async run({ input: { path }, signal, progress }) {
      const stat = await statOrNull(path);
      if (stat === null) {
        sums.put({ path, ...GONE }, clock.now());
        return { gone: true };
      }
      const hash = createHash("sha256");
      let read = 0;
      for await (const chunk of createReadStream(path, { signal })) {
        hash.update(chunk as Uint8Array);
        read += (chunk as Uint8Array).length;
        progress(read, stat.size, path);
      }
      const sha256 = hash.digest("hex");
      // The stat from before the reading: a file that grew meanwhile differs from it, and is looked at again.
      sums.put({ path, ...stat, sha256 }, clock.now());
      return { sha256, bytes: read };
    },
  });
}
