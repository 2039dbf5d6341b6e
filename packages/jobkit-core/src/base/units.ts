/**
 * Numbers with a unit as text, both ways: "5m" is 300,000 ms, "8MiB" is 8,388,608 bytes. The exact forms
 * read back to the very number; the `say` forms are rounded, for people only.
 */

interface Unit {
  readonly name: string;
  readonly size: number;
}

/** Largest first, as they are tried when a number is written. */
const durations: readonly Unit[] = [
  { name: "d", size: 86_400_000 },
  { name: "h", size: 3_600_000 },
  { name: "m", size: 60_000 },
  { name: "s", size: 1_000 },
  { name: "ms", size: 1 },
];
const binary: readonly Unit[] = [
  { name: "TiB", size: 2 ** 40 },
  { name: "GiB", size: 2 ** 30 },
  { name: "MiB", size: 2 ** 20 },
  { name: "KiB", size: 2 ** 10 },
];
const decimal: readonly Unit[] = [
  { name: "TB", size: 1e12 },
  { name: "GB", size: 1e9 },
  { name: "MB", size: 1e6 },
  { name: "kB", size: 1e3 },
  { name: "B", size: 1 },
];

/** One to five parts, such as "1h30m": more could only repeat a unit. */
const DURATION = /^(?:\d{1,16}(?:\.\d{1,9})?(?:ms|[smhd]) ?){1,5}$/;
const DURATION_PART = /(\d{1,16}(?:\.\d{1,9})?)(ms|[smhd])/g;
const BYTES = /^(\d{1,16}(?:\.\d{1,9})?) ?([kKMGT]i?B|B)$/;
const NUMBER = /^-?\d{1,16}(?:\.\d{1,16})?$/;

/** A plain decimal number, or `null` where the text is something else. No exponents, no hex, no blanks. */
export function parseNumber(text: string): number | null {
  const plain = text.replaceAll(/(?<=\d)_(?=\d)/g, "");
  return NUMBER.test(plain) ? Number(plain) : null;
}

/** Ms of "250ms", "1.5s", "5m", "2h", "1d", "1h30m" or a plain number of ms; `null` for anything else. */
export function parseDuration(text: string): number | null {
  const plain = parseNumber(text);
  if (plain !== null) return plain;
  if (!DURATION.test(text)) return null;
  let total = 0;
  for (const [, digits = "", name = ""] of text.matchAll(DURATION_PART)) {
    const unit = durations.find((one) => one.name === name);
    total += Number(digits) * (unit?.size ?? 1);
  }
  return total;
}

/** Bytes of "8MiB", "64kB", "512B" or a plain number of bytes, rounded to whole ones; `null` for anything else. */
export function parseBytes(text: string): number | null {
  const plain = parseNumber(text);
  if (plain !== null) return plain;
  const [, digits, name] = BYTES.exec(text) ?? [];
  if (digits === undefined || name === undefined) return null;
  const unit = [...binary, ...decimal].find((one) => one.name.toLowerCase() === name.toLowerCase());
  return unit === undefined ? null : Math.round(Number(digits) * unit.size);
}

/** Ms in the largest unit that leaves a whole number: 300000 is "5m", 90000 is "90s". Exact. */
export function formatDuration(ms: number): string {
  return exact(ms, durations) ?? String(ms);
}

/** Bytes in the largest binary unit that leaves a whole number: 8388608 is "8MiB". Exact. */
export function formatBytes(bytes: number): string {
  return exact(bytes, binary) ?? String(bytes);
}

/** A duration for people, two digits or so: "350 ms", "1.2 s", "3 min 5 s", "2 h 10 min". */
export function sayDuration(ms: number): string {
  if (!Number.isFinite(ms)) return "for ever";
  if (ms < 0) return `-${sayDuration(-ms)}`;
  if (ms < 1) return `${Number(ms.toFixed(2))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))} s`;
  const [big, small, name, part] = sayParts(ms);
  return small === 0 ? `${big} ${name}` : `${big} ${name} ${small} ${part}`;
}

/** A size for people: "512 B", "1.4 MiB". */
export function sayBytes(bytes: number): string {
  if (bytes < 0) return `-${sayBytes(-bytes)}`;
  const unit = binary.find((one) => bytes >= one.size);
  return unit === undefined
    ? `${Math.round(bytes)} B`
    : `${Number((bytes / unit.size).toFixed(1))} ${unit.name}`;
}

function exact(value: number, units: readonly Unit[]): string | null {
  if (value === 0 || !Number.isSafeInteger(value) || value < 0) return null;
  const unit = units.find((one) => value % one.size === 0);
  return unit === undefined ? null : `${value / unit.size}${unit.name}`;
}

function sayParts(ms: number): [number, number, string, string] {
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return [Math.floor(seconds / 60), seconds % 60, "min", "s"];
  const minutes = Math.round(ms / 60_000);
  if (minutes < 24 * 60) return [Math.floor(minutes / 60), minutes % 60, "h", "min"];
  const hours = Math.round(ms / 3_600_000);
  return [Math.floor(hours / 24), hours % 24, "d", "h"];
}
