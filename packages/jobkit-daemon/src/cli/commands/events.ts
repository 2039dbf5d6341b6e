import { buildCommand } from "@stricli/core";
import { join } from "node:path";
import {
  eventFilter,
  type EventFilter,
  type EventRow,
  eventToJson,
  isGap,
  type JobEvent,
  parseDuration,
} from "jobkit-core";
import { readEvents } from "../../event-log/read-events.ts";
import { seqAtTime } from "../../event-log/seq-at-time.ts";
import { dataNames } from "../../paths.ts";
import { eventWords } from "../../event-words.ts";
import { eventRows } from "../../rows.ts";
import { cleanEscapes, cleanLine } from "../clean-text.ts";
import type { Cli, CliContext } from "../cli.ts";
import { commandDocs } from "../docs.ts";
import { cliError } from "../errors.ts";
import { moment } from "../draw/amount.ts";
import type { Style } from "../style.ts";

interface Flags {
  readonly follow: boolean;
  readonly since?: string;
  readonly filter?: string;
  readonly explain: boolean;
}

/** Where to begin. */
type Since = { readonly kind: "seq"; readonly seq: number } | { readonly kind: "time"; readonly ms: number };

const NAME_CELLS = 20;

/** `events`: the event stream, from the log and then live. */
export function eventsCommand(program: string) {
  return buildCommand<Flags, [], CliContext>({
    docs: commandDocs(program, {
      brief: "Show what happened: the event stream, from the log and then live.",
      detail:
        "Show what happened. Without --since: everything the log keeps; with --follow: what comes from now on.\n" +
        "A filter is terms such as ev=task.* sev>=warn job=NAME attr.code=X, joined by space (and), or, not, ( ).",
      examples: [
        ["events --filter 'sev>=warn'", "what went wrong"],
        ["events --follow", "what happens from now on"],
        ["events --since 4120 --follow --json", "everything after that event, for a program that was away"],
        ["events --since 10m", "the last ten minutes"],
      ],
    }),
    parameters: {
      flags: {
        follow: { kind: "boolean", default: false, withNegated: false, brief: "Wait for more" },
        since: {
          kind: "parsed",
          parse: String,
          optional: true,
          placeholder: "SEQ",
          brief: "Begin after this event; or an age (5m), or a moment (ISO 8601)",
        },
        filter: {
          kind: "parsed",
          parse: String,
          optional: true,
          placeholder: "EXPR",
          brief: "Only events that match",
        },
        explain: {
          kind: "boolean",
          default: false,
          withNegated: false,
          brief: "Say what each kind of event means",
        },
      },
      aliases: { f: "follow" },
    },
    async func(flags) {
      await tell(this.cli, flags);
    },
  });
}

async function tell(cli: Cli, { follow, since, filter: text, explain }: Flags): Promise<void> {
  const rows = eventRows(cli.app.events);
  const filter = text === undefined ? null : eventFilter(text, { names: rows.keys() });
  const from = since === undefined ? null : sinceOf(since, cli.clock.now());
  const explained = new Set<string>();
  for await (const event of await stream(cli, follow, from)) {
    if (!passes(event, filter)) continue;
    const row = rows.get(event.ev);
    if (cli.out.json) cli.out.data(cleanEscapes(eventToJson(event)));
    else cli.out.data(eventLine(event, row, cli.out.style));
    if (explain && !explained.has(event.ev))
      cli.out.talk(`  ${event.ev}: ${row?.doc ?? "a row of another version"}`);
    explained.add(event.ev);
  }
}

/** A loss is always told: a reader that filters must know that it may have missed what it asked for. */
function passes(event: JobEvent, filter: EventFilter | null): boolean {
  return filter === null || isGap(event) || filter.matches(event);
}

async function stream(cli: Cli, follow: boolean, since: Since | null): Promise<AsyncIterable<JobEvent>> {
  const { paths, settings } = await cli.place();
  const folder = join(paths.dataDir, dataNames.events);
  const nowMs = cli.clock.now();
  const from = since ?? (follow ? { kind: "time", ms: nowMs } : null);
  const sinceSeq =
    from === null ? "oldest" : from.kind === "seq" ? from.seq : await seqAtTime(folder, from.ms);
  return readEvents({
    folder,
    sinceSeq,
    ...(follow ? { follow: { clock: cli.clock, pollMs: settings["events.pollMs"] } } : {}),
    ...(cli.signal === null ? {} : { signal: cli.signal }),
  });
}

/** A number, an age such as "5m", or a moment such as "2026-11-22T10:00:00Z". @throws USAGE_WRONG. */
function sinceOf(text: string, nowMs: number): Since {
  if (/^\d+$/.test(text)) return { kind: "seq", seq: Number(text) };
  const ageMs = parseDuration(text);
  if (ageMs !== null) return { kind: "time", ms: nowMs - ageMs };
  const ms = Date.parse(text);
  if (Number.isNaN(ms))
    throw cliError("USAGE_WRONG", `reading --since ${JSON.stringify(text)}`, {
      next: "Give the number of an event, an age such as 5m, or a moment such as 2026-11-22T10:00:00Z.",
    });
  return { kind: "time", ms };
}

function eventLine(event: JobEvent, row: EventRow | undefined, style: Style): string {
  const paint = { trace: style.dim, info: (text: string) => text, warn: style.yellow, error: style.red }[
    event.sev
  ];
  const head = `${style.dim(moment(event.ts))} ${style.dim(String(event.seq).padStart(6))}`;
  return `${head} ${paint(cleanLine(event.ev).padEnd(NAME_CELLS))} ${eventWords(event, row)}`.trimEnd();
}
