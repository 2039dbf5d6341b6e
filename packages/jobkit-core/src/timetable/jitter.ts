/**
 * Where in its jitter a due time starts: chance that repeats. The same name and due time give the same
 * answer after a restart and in another process, so nothing has to be remembered.
 */

const FNV_OFFSET = 0x81_1c_9d_c5;
const FNV_PRIME = 0x01_00_01_93;
const TWO_TO_32 = 2 ** 32;

/** A whole number of ms from 0 to `maxMs`, both included, spread evenly over names and due times. */
export function jitterOf(name: string, dueMs: number, maxMs: number): number {
  return maxMs <= 0 ? 0 : Math.floor((hash(`${name} ${dueMs}`) / TWO_TO_32) * (maxMs + 1));
}

/** FNV-1a over the text's code units, finished as in MurmurHash3 so that near texts lie far apart. */
function hash(text: string): number {
  let mixed = FNV_OFFSET;
  for (let at = 0; at < text.length; at += 1) mixed = Math.imul(mixed ^ text.charCodeAt(at), FNV_PRIME);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
