import { buildCommand } from "@stricli/core";
import type { Json } from "jobkit-core";
import type { PoolStatus, QueueCounts, ShellStatus } from "../../status-json.ts";
import { cleanLine } from "../clean-text.ts";
import type { Cli, CliContext } from "../cli.ts";
import { commandDocs, type NoFlags } from "../docs.ts";
import { duration, grouped, moment } from "../draw/amount.ts";
import { gauge } from "../draw/bar.ts";
import { tableLines } from "../draw/table.ts";
import { readStatusNow } from "../status-now.ts";

const GAUGE_CELLS = 16;
/** Levels of an application's own status that are unfolded for people; the rest is JSON. */
const DEPTH_SHOWN = 2;

/** `status`: what is true now, with or without a daemon. */
export function statusCommand(program: string) {
  return buildCommand<NoFlags, [], CliContext>({
    docs: commandDocs(program, {
      brief: "Say what is true now: the daemon, its queue, its pools, its health.",
      examples: [
        ["status", "for people"],
        ["status --json", "for programs"],
      ],
    }),
    parameters: {},
    async func() {
      const { cli } = this;
      const { status, ageMs } = await readStatusNow(cli);
      if (cli.out.json) cli.out.value(status);
      else {
        const { dataDir } = (await cli.place()).paths;
        for (const line of [daemonLine(cli, status, { dataDir, ageMs }), ...statusLines(cli, status)])
          cli.out.data(line);
      }
    },
  });
}

type Whole = ShellStatus & { readonly [field: string]: unknown };

function statusLines(cli: Cli, status: Whole): readonly string[] {
  const { bold } = cli.out.style;
  const { daemon, queue, jobs, lanes, laneGroups, pools, running, paused, held, schedules, ...others } =
    status;
  const { reconcilers, health, ...rest } = others;
  const groups = laneGroups.length < 2 ? [] : laneGroups;
  const slots = [
    { name: "lanes", size: lanes.size, held: lanes.busy },
    ...groups.map(({ name, size, busy }) => ({ name: `lane ${name}`, size, held: busy })),
    ...pools,
  ].filter(({ size }) => size > 0);
  return [
    healthLine(cli, health),
    "",
    ...jobLines(cli, queue, jobs),
    ...(daemon.running && slots.length > 0
      ? ["", bold("SLOTS"), ...slots.map((pool) => poolLine(cli, pool))]
      : []),
    ...(running.length > 0 ? ["", bold("RUNNING"), ...running.map((one) => runningLine(cli, one))] : []),
    ...stillLines(cli, paused, held),
    ...(schedules.length > 0
      ? ["", bold("SCHEDULES"), ...schedules.map((one) => scheduleLine(cli, one))]
      : []),
    ...(reconcilers.length > 0
      ? ["", bold("LOOKING FOR WORK"), ...reconcilers.map((one) => reconcilerLine(cli, one))]
      : []),
    ...appLines(cli, rest),
  ];
}

interface Seen {
  readonly dataDir: string;
  readonly ageMs: number | null;
}

function daemonLine(cli: Cli, { daemon }: Whole, { dataDir, ageMs }: Seen): string {
  const { green, dim } = cli.out.style;
  if (!daemon.running) return `${dim("○")} no daemon runs in ${cleanLine(dataDir)}`;
  const since = daemon.uptimeMs === null ? "" : `, up ${duration(daemon.uptimeMs)}`;
  const old = ageMs === null ? "" : `, as of ${duration(ageMs)} ago`;
  return `${green("●")} version ${daemon.version ?? "?"}, process ${daemon.pid ?? "?"}${since}${dim(old)}`;
}

function healthLine(cli: Cli, { ok, reasons }: ShellStatus["health"]): string {
  const { green, red, yellow } = cli.out.style;
  const words = reasons.map((reason) => `\n  ${yellow("!")} ${cleanLine(reason)}`).join("");
  return (ok ? green("✓ well") : red("✗ unwell")) + words;
}

function jobLines(
  cli: Cli,
  queue: QueueCounts,
  jobs: Readonly<Record<string, QueueCounts>>,
): readonly string[] {
  const fields = ["pending", "running", "retrying", "done", "failed", "cancelled", "skipped"] as const;
  const row = (name: string, counts: QueueCounts): readonly string[] => [
    name,
    ...fields.map((field) => grouped(counts[field])),
  ];
  const rows = [
    ...Object.entries(jobs).map(([name, counts]) => row(cleanLine(name), counts)),
    row("all", queue),
  ];
  const columns = [
    { head: "JOB" },
    ...fields.map((field) => ({ head: field.toUpperCase(), align: "right" as const })),
  ];
  return tableLines(columns, rows, cli.out.columns);
}

function poolLine(cli: Cli, { name, size, held }: PoolStatus): string {
  const share = size === 0 ? 0 : held / size;
  return `  ${cleanLine(name).padEnd(12)} ${cli.out.style.cyan(gauge(share, GAUGE_CELLS))} ${held} of ${size}`;
}

function runningLine(cli: Cli, one: ShellStatus["running"][number]): string {
  const share = one.total > 0 ? gauge(one.done / one.total, GAUGE_CELLS) : "".padEnd(GAUGE_CELLS);
  const since = duration(Math.max(0, cli.clock.now() - one.startedAtMs));
  return `  ${one.job.padEnd(12)} ${cli.out.style.cyan(share)} ${since}  ${cleanLine(one.what)}`.trimEnd();
}

/** What does not start, and why: nobody should have to guess that. */
function stillLines(
  cli: Cli,
  { all, jobs }: ShellStatus["paused"],
  held: ShellStatus["held"],
): readonly string[] {
  const { bold, yellow } = cli.out.style;
  const lines = [
    ...(all ? ["everything is paused"] : []),
    ...jobs.map((job) => `${job.padEnd(12)} is paused`),
    ...held.map(({ job, why, forMs }) => `${job.padEnd(12)} ${cleanLine(why)} for ${duration(forMs)}`),
  ];
  return lines.length === 0 ? [] : ["", bold("WAITING"), ...lines.map((line) => `  ${yellow(line)}`)];
}

function scheduleLine(cli: Cli, { name, when, nextMs }: ShellStatus["schedules"][number]): string {
  const due = nextMs === null ? "never" : moment(nextMs);
  const late = nextMs !== null && nextMs < cli.clock.now() ? cli.out.style.yellow(" (due)") : "";
  return `  ${cleanLine(name).padEnd(12)} ${due}${late}  ${cleanLine(when)}`;
}

function reconcilerLine(cli: Cli, one: ShellStatus["reconcilers"][number]): string {
  const { red } = cli.out.style;
  const ago =
    one.lastLookAtMs === null
      ? "not yet"
      : `${duration(Math.max(0, cli.clock.now() - one.lastLookAtMs))} ago`;
  const result =
    one.why === null
      ? `${grouped(one.lastFound)} found in ${duration(one.lastTookMs)}`
      : red(cleanLine(one.why));
  return `  ${one.name.padEnd(12)} ${ago}, ${result}`;
}

/** The application's own fields, two levels deep, one line each. */
function appLines(cli: Cli, fields: Readonly<Record<string, unknown>>): readonly string[] {
  const lines: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name === "counters" || name === "writtenAtMs") continue;
    lines.push("", cli.out.style.bold(cleanLine(name).toUpperCase()));
    lines.push(...fieldLines("", value as Json, DEPTH_SHOWN));
  }
  return lines;
}

function fieldLines(name: string, value: Json, depth: number): readonly string[] {
  if (depth > 0 && value !== null && typeof value === "object" && !Array.isArray(value))
    return Object.entries(value).flatMap(([key, inner]) =>
      fieldLines(name === "" ? key : `${name}.${key}`, inner, depth - 1),
    );
  const text = typeof value === "number" ? value.toLocaleString("en-US") : cleanLine(plain(value));
  return [`  ${cleanLine(name).padEnd(24)} ${text}`];
}

function plain(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
