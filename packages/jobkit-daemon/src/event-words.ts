import { describeEvent, type EventRow, type JobEvent } from "jobkit-core";

/** An event in words without its name, for lines that begin with the name already. Clean, on one line; may be "". */
export function eventWords(event: JobEvent, row: EventRow | undefined): string {
  const words = describeEvent(event, row);
  return words === event.ev ? "" : words.replace(`${event.ev}: `, "");
}
