import { buildCommand } from "@stricli/core";
import type { RunReport, RunSummary } from "../../run-options.ts";
import { runDaemon } from "../../daemon.ts";
import { cleanLine } from "../clean-text.ts";
import type { Cli, CliContext } from "../cli.ts";
import { commandDocs } from "../docs.ts";
import { duration, grouped, moment } from "../draw/amount.ts";
import { ProgressLine } from "../progress-line.ts";

/** `up`: the daemon in the foreground; `up --once`: everything there is to do, then end. */
export function upCommand(program: string) {
  return buildCommand<{ readonly once: boolean }, [], CliContext>({
    docs: commandDocs(program, {
      brief: "Run the daemon in the foreground, or do everything there is to do and end.",
      detail:
        "Run the daemon in the foreground until it is told to stop (SIGTERM or Ctrl-C; a second one ends it at once).\n" +
        "With --once: look for work, run what is due, look again until there is nothing left, and end.\n" +
        "Where another daemon holds the folder it says which, and that is a success.",
      examples: [
        ["up", "run until told to stop"],
        ["up --once", "do what there is to do; 1 if a task ended failed"],
        ["up --once --json", "the same, with the summary as JSON"],
      ],
    }),
    parameters: {
      flags: {
        once: { kind: "boolean", default: false, withNegated: false, brief: "Do everything due, then end" },
      },
    },
    async func({ once }) {
      const { cli } = this;
      const report = await runWithProgress(cli, once);
      if (report.kind === "held") await sayHeld(cli, report);
      else if (once) saySummary(cli, report.summary);
      cli.exitWith(report.exitCode);
    },
  });
}

async function runWithProgress(cli: Cli, once: boolean): Promise<RunReport> {
  using progress = new ProgressLine(cli.out, cli.clock);
  const { paths } = await cli.place();
  return await runDaemon(cli.app, {
    dataDir: paths.dataDir,
    configFile: paths.configFile,
    configOptional: !paths.configNamed,
    env: cli.env,
    overrides: cli.overrides,
    once,
    processSignals: cli.isProcess,
    say: (line) => cli.out.talk(cleanLine(line)),
    clock: cli.clock,
    random: cli.random,
    ...(cli.signal === null ? {} : { signal: cli.signal }),
    ...(once ? { onProgress: (now) => progress.show(now) } : {}),
  });
}

async function sayHeld(cli: Cli, { heldBy }: RunReport & { kind: "held" }): Promise<void> {
  const { dataDir } = (await cli.place()).paths;
  if (cli.out.json) cli.out.value({ heldBy });
  if (heldBy === null) cli.out.talk(`Another daemon holds ${dataDir}. Nothing was started.`);
  else
    cli.out.talk(
      `A daemon is already up: process ${heldBy.pid}, version ${heldBy.version}, ` +
        `since ${moment(heldBy.startedAtMs)}, in ${dataDir}. Nothing was started.`,
    );
}

function saySummary(cli: Cli, summary: RunSummary): void {
  if (cli.out.json) {
    cli.out.value(summary);
    return;
  }
  const { red, green, bold, yellow } = cli.out.style;
  const { done, failed, cancelled, skipped, found, retried } = summary;
  const good = failed === 0 && summary.reconcilersFailed.length === 0 && !summary.unfinished;
  const parts = [
    `${grouped(done)} done`,
    failed === 0 ? null : red(`${grouped(failed)} failed`),
    cancelled === 0 ? null : `${grouped(cancelled)} cancelled`,
    skipped === 0 ? null : `${grouped(skipped)} skipped`,
    retried === 0 ? null : `${grouped(retried)} tried again`,
  ].filter((part) => part !== null);
  const mark = good ? green("✓") : red("✗");
  cli.out.data(
    `${mark} ${bold(parts.join(", "))}; ${grouped(found)} found, took ${duration(summary.tookMs)}`,
  );
  for (const line of summary.account) cli.out.data(`  ${cleanLine(line)}`);
  if (summary.unfinished) cli.out.data(red("  ended before everything was done"));
  if (summary.pending > 0)
    cli.out.data(yellow(`  ${grouped(summary.pending)} still wait${dueText(summary.nextDueAtMs)}`));
  for (const { name, why } of summary.reconcilersFailed)
    cli.out.data(`  ${red("look failed")}  ${name}: ${cleanLine(why)}`);
  for (const { id, job, code, message } of summary.failures)
    cli.out.data(`  ${red("failed")}  ${id}  ${job}: ${code}: ${cleanLine(message)}`);
  if (failed > summary.failures.length)
    cli.out.data(`  and ${grouped(failed - summary.failures.length)} more: jobs list --state failed`);
}

function dueText(nextDueAtMs: number | null): string {
  return nextDueAtMs === null ? "" : `; the first is due ${moment(nextDueAtMs)}`;
}
