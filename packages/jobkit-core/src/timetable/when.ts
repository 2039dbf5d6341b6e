import { formatDuration } from "../base/units.ts";

/** When something is due again and again. Data: it stands in a configuration and is compared by content. */
export type When =
  /** Every `ms`, counted from `anchorMs` (wall time; default 1970, so that a restart changes nothing). */
  | { readonly kind: "every"; readonly ms: number; readonly anchorMs?: number }
  /** Once a day at `at` ("03:00") by the clocks of `zone`. */
  | { readonly kind: "daily"; readonly at: string; readonly zone?: string }
  /** At every minute that the five fields (minute, hour, day, month, weekday) allow, by the clocks of `zone`. */
  | { readonly kind: "cron"; readonly expression: string; readonly zone?: string };

/** As a person would write it, and as `parseWhen` reads it back. */
export function formatWhen(when: When): string {
  switch (when.kind) {
    case "every": {
      const from = when.anchorMs === undefined ? "" : ` from ${new Date(when.anchorMs).toISOString()}`;
      return `every ${formatDuration(when.ms)}${from}`;
    }
    case "daily":
      return inZone(`daily at ${when.at}`, when.zone);
    case "cron":
      return inZone(`cron ${when.expression}`, when.zone);
  }
}

function inZone(text: string, zone: string | undefined): string {
  return zone === undefined ? text : `${text} ${zone}`;
}
