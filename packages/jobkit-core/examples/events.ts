/** A table of events of one's own, counted and typed; readers with a filter, with a bound, and one that throws. */
import {
  defineEvents,
  describeEvent,
  eventFilter,
  eventsMarkdown,
  field,
  isGap,
  subscribe,
} from "jobkit-core";
import { defineJob } from "jobkit-core";
import { z } from "zod";
import { clock, stage } from "./stage.ts";

const mailEvents = defineEvents({
  "mail.sent": {
    id: 1000,
    unit: "bytes",
    sev: "info",
    fields: { to: field.id, server: field.label },
    by: ["server"],
    doc: "A mail left for `server`.",
  },
});
const send = defineJob({
  name: "send",
  doc: "Sends a mail of so many bytes.",
  input: z.object({ to: z.string(), bytes: z.number() }),
  run: async ({ input }) => sent(input.to, input.bytes),
});
const { scheduler, bus } = await stage([send], { tables: [mailEvents] });
const mail = bus.emitter(mailEvents);
/** A job reports nothing of its own to a log: it calls what it was given. */
function sent(to: string, bytes: number): void {
  mail.add("mail.sent", bytes, () => ({ to, server: to.split("@")[1] ?? "" }));
}

bus.listen({ name: "broken", rows: (name) => name === "mail.sent" }, () => {
  throw new Error("this reader is broken");
});
using reader = subscribe(bus, { name: "screen", filter: eventFilter("ev=mail.* attr.to=a*"), queueMax: 2 });
const people = ["ada@x", "ben@x", "alan@y", "anna@y", "alma@x"];
await scheduler.submit(people.map((to) => ({ job: "send", input: { to, bytes: 1_024 } })));
await clock.settle();
for (const event of await reader.nextBatch(10))
  console.log(isGap(event) ? `lost: ${event.attrs["dropped"]}` : describeEvent(event, bus.row(event.ev)));
console.log(bus.count("mail.sent"), bus.count("subscriber.failed"), bus.count("subscriber.lagged"));
for (const { ev, labels, value } of bus.labelledCounts())
  if (ev === "mail.sent") console.log(labels["server"], value);
console.log(
  eventsMarkdown([{ title: "mail", intro: "", table: mailEvents }])
    .split("\n")
    .find((line) => line.startsWith("| 1000")),
);
await scheduler[Symbol.asyncDispose]();

// Prints:
// lost: 2
// mail.sent: to anna@y, server y
// mail.sent: to alma@x, server x
// 5120 5 1
// x 3072
// y 2048
// | 1000 | [`mail.sent`](#mailsent) | info | bytes | A mail left for `server`. |
