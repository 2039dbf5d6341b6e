const MS_PER_SECOND = 1_000;
const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;
const HOURS_PER_DAY = 24;
const KIB = 1024;
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
const SMALL = 10;

/** A duration for people: "85 ms", "3.2 s", "4 min 10 s", "2 h 5 min", "3 d 4 h". */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "for ever";
  if (ms < MS_PER_SECOND) return `${Math.round(ms)} ms`;
  const seconds = ms / MS_PER_SECOND;
  if (seconds < SECONDS_PER_MINUTE) return `${seconds.toFixed(seconds < SMALL ? 1 : 0)} s`;
  const minutes = Math.floor(seconds / SECONDS_PER_MINUTE);
  if (minutes < MINUTES_PER_HOUR) return `${minutes} min ${Math.floor(seconds % SECONDS_PER_MINUTE)} s`;
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  if (hours < HOURS_PER_DAY) return `${hours} h ${minutes % MINUTES_PER_HOUR} min`;
  return `${Math.floor(hours / HOURS_PER_DAY)} d ${hours % HOURS_PER_DAY} h`;
}

/** An amount of data for people, in powers of 1024. */
export function bytes(amount: number): string {
  let unit = 0;
  let rest = amount;
  while (rest >= KIB && unit < BYTE_UNITS.length - 1) {
    rest /= KIB;
    unit += 1;
  }
  return `${unit === 0 ? rest : rest.toFixed(rest < SMALL ? 1 : 0)} ${BYTE_UNITS[unit]}`;
}

/** A number with groups of three: 1,234,567. */
export function grouped(amount: number): string {
  return Math.round(amount).toLocaleString("en-US");
}

/** Wall time for people in UTC, to the second: "2026-11-22 21:40:07Z". */
export function moment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, "2026-11-22T21:40:07".length).replace("T", " ")}Z`;
}
