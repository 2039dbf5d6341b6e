/**
 * 16 hex digits that stand for a text: equal texts, equal digits. To tell texts apart in a key, not for secrets.
 * Two 32-bit lanes of multiply and shift, mixed at the end as in MurmurHash3 (Appleby, public domain).
 */
export function digestOf(text: string): string {
  let a = 0xdeadbeef ^ text.length;
  let b = 0x41c6ce57 ^ text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
    a ^= b >>> 15;
    b ^= a >>> 13;
  }
  return hex(mixed(a ^ (b >>> 11))) + hex(mixed(b ^ (a >>> 7)));
}

function mixed(lane: number): number {
  let mix = lane;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

function hex(lane: number): string {
  return lane.toString(16).padStart(8, "0");
}
