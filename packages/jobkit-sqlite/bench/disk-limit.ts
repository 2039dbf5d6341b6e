import { closeSync, fdatasync, openSync, writeSync } from "node:fs";

const RECORD = Buffer.alloc(187, 120);

/** What the disk itself allows: records of 187 bytes, `producers` of them waiting for one fdatasync. Per second. */
export async function groupCommitLimit(path: string, producers: number, ms: number): Promise<number> {
  const file = openSync(path, "w");
  const batch = Buffer.concat(Array.from({ length: producers }, () => RECORD));
  const untilMs = performance.now() + ms;
  let written = 0;
  const beganMs = performance.now();
  while (performance.now() < untilMs) {
    writeSync(file, batch);
    await new Promise<void>((resolve, reject) => {
      fdatasync(file, (error) => (error === null ? resolve() : reject(error)));
    });
    written += producers;
  }
  closeSync(file);
  return Math.round((written * 1_000) / (performance.now() - beganMs));
}
