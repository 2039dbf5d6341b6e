import { buildCommand } from "@stricli/core";
import {
  cleanLine,
  commandDocs,
  exitCodes,
  gauge,
  grouped,
  readStatusNow,
  type Cli,
  type CliContext,
  type NoFlags,
} from "jobkit-daemon";
import { MemoryGraph } from "../graph/memory-graph.ts";
import type { GraphMeasures } from "../health/graph-health.ts";
import { defaultHealthBounds, type HealthBounds } from "../health/settings.ts";
import { lastHealth, measure, type MeasuredHealth } from "../jobs/measure-graph.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import { openMemory, PROGRAM } from "./open-memory.ts";

/** `health`: the measures of the graph and the state of the daemon, with reasons. */
export const healthCommand = buildCommand<NoFlags, [], CliContext>({
  docs: commandDocs(PROGRAM, {
    brief:
      "Say whether memory is well: the measures of its graph, with reasons. Exit code 4 where it is not.",
    examples: [
      ["health", "the measures, and what is wrong"],
      ["health --json", "for programs"],
    ],
  }),
  parameters: {},
  async func() {
    const { cli } = this;
    using store = await openMemory(cli);
    const health = await healthNow(cli, store);
    const { health: shell } = (await readStatusNow(cli)).status;
    const graphSays = new Set(health.findings.map(({ sentence }) => sentence));
    const reasons = [...health.reasons, ...shell.reasons.filter((reason) => !graphSays.has(reason))];
    const ok = health.ok && shell.ok;
    const { graph, revision } = health;
    if (cli.out.json) cli.out.value({ ok, reasons, graph, plan: NO_PLAN, revision, alerts: shell.alerts });
    else show(cli, { ok, reasons, graph: health.graph });
    if (!ok) cli.exitWith(exitCodes.unhealthy.code);
  },
});

/** No agents that a plan could send out exist yet, so an honest plan is an empty one. */
const NO_PLAN = { runs: {}, rationale: ["there are no consolidation agents to run"] } as const;

/** What was measured last where nothing has changed since; else measured now, without writing it down. */
async function healthNow(cli: Cli, store: SqliteMemoryStore): Promise<MeasuredHealth> {
  const last = lastHealth(store);
  if (last !== null && last.revision === store.revision) return last;
  const { settings } = await cli.place();
  const bounds = Object.fromEntries(
    Object.keys(defaultHealthBounds).map((name) => [name, settings[name]]),
  ) as unknown as HealthBounds;
  return measure(MemoryGraph.build(store), { clock: cli.clock, settings: bounds });
}

interface Shown {
  readonly ok: boolean;
  readonly reasons: readonly string[];
  readonly graph: GraphMeasures & { readonly tookMs: number };
}

const NAME_CELLS = 14;
const GAUGE_CELLS = 20;
const DIGITS = 3;

function show(cli: Cli, { ok, reasons, graph }: Shown): void {
  const { green, red, yellow, dim } = cli.out.style;
  const row = (name: string, value: string, words: string): void =>
    cli.out.data(`  ${name.padEnd(NAME_CELLS)}${value.padEnd(GAUGE_CELLS + 2)}${dim(words)}`.trimEnd());
  const share = (name: string, value: number, words: string): void =>
    row(name, gauge(value, GAUGE_CELLS), `${value.toFixed(DIGITS)}  ${words}`);
  cli.out.data(ok ? green("✓ well") : red("✗ unwell"));
  for (const reason of reasons) cli.out.data(`  ${yellow("!")} ${cleanLine(reason)}`);
  row("memories", grouped(graph.nodes), `${grouped(graph.links)} links, at most ${graph.maxDegree} on one`);
  row(
    "communities",
    grouped(graph.communities),
    `${grouped(graph.components)} components, ${grouped(graph.orphans)} memories without a link`,
  );
  share("clustering", graph.avgClustering, "how often two neighbours of a memory are linked");
  share("gini", graph.gini, "0: links are spread evenly, 1: one memory has them all");
  share("episodic", graph.episodicRatio, "share of episodes; the rest is lasting knowledge");
  row("path length", numberOr(graph.avgPathLength), "links between two memories, on average");
  row("sigma", numberOr(graph.sigma), "small world: above 1 better knit than chance");
  row("alpha", numberOr(graph.alpha), "exponent of the degrees: below 2 a few hubs dominate");
}

function numberOr(value: number | null): string {
  return value === null ? "-" : value.toFixed(2);
}
