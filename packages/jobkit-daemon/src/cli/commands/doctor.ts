import { buildCommand } from "@stricli/core";
import { CodedError, describeError } from "jobkit-core";
import type { DoctorFinding } from "../../app.ts";
import { inspectInstance } from "../../instance/instance.ts";
import { isThere, privacyComplaint } from "../../platform/disk.ts";
import { cleanLine } from "../clean-text.ts";
import type { Cli, CliContext } from "../cli.ts";
import { commandDocs, type NoFlags } from "../docs.ts";
import { exitCodes } from "../exit-codes.ts";
import { readQueue } from "../reading.ts";
import { withView } from "../status-now.ts";

/** `doctor`: what is set up wrongly, and what to do about it. */
export function doctorCommand(program: string) {
  return buildCommand<NoFlags, [], CliContext>({
    docs: commandDocs(program, {
      brief: "Look for what is set up wrongly and say how to mend it. Exit code 4 where something is.",
      examples: [
        ["doctor", "for people"],
        ["doctor --json", `{"ok", "findings"} for programs`],
      ],
    }),
    parameters: {},
    async func() {
      const { cli } = this;
      const findings = await examine(cli);
      const ok = findings.every(({ level }) => level !== "error");
      if (cli.out.json) cli.out.value({ ok, findings });
      else for (const finding of findings) for (const line of findingLines(cli, finding)) cli.out.data(line);
      if (!ok) cli.exitWith(exitCodes.unhealthy.code);
    },
  });
}

/** Each look on its own: one that throws is a finding, and the next is still made. */
async function examine(cli: Cli): Promise<readonly DoctorFinding[]> {
  const looks = [settingsFindings, folderFindings, lockFindings, queueFindings, appFindings];
  const findings: DoctorFinding[] = [];
  for (const look of looks) {
    try {
      findings.push(...(await look(cli)));
    } catch (error) {
      const { code, message } = describeError(error);
      const fix =
        error instanceof CodedError ? error.next : "Report it with this message: it should not happen.";
      findings.push({
        level: "error",
        what: `${code}: ${message}`,
        why: "The look could not be finished.",
        fix,
      });
    }
    // Without settings there is no folder to look into.
    if (look === settingsFindings && findings.some(({ level }) => level === "error")) break;
  }
  return findings;
}

async function settingsFindings(cli: Cli): Promise<readonly DoctorFinding[]> {
  const { paths, configFile } = await cli.place();
  const what =
    configFile === null
      ? `no configuration file (${paths.configFile}); defaults hold`
      : `${configFile} is valid`;
  return [{ level: "ok", what, why: "Every setting is known and in its range.", fix: "" }];
}

async function folderFindings(cli: Cli): Promise<readonly DoctorFinding[]> {
  const { dataDir } = (await cli.place()).paths;
  if (!isThere(dataDir))
    return [{ level: "ok", what: `${dataDir} does not exist yet`, why: "The first `up` makes it.", fix: "" }];
  const complaint = privacyComplaint(dataDir, { strict: true });
  if (complaint === null)
    return [{ level: "ok", what: `${dataDir} is private`, why: "Nobody else can read it.", fix: "" }];
  return [
    {
      level: "error",
      what: `${dataDir}: ${complaint}`,
      why: "What is in it is not for others.",
      fix: `chown it to you and chmod 700 ${dataDir}`,
    },
  ];
}

async function lockFindings(cli: Cli): Promise<readonly DoctorFinding[]> {
  const { dataDir } = (await cli.place()).paths;
  const { running, holder } = inspectInstance(dataDir);
  if (!running) return [{ level: "ok", what: "no daemon runs", why: "The lock is free.", fix: "" }];
  const who =
    holder === null ? "somebody who has not said who" : `process ${holder.pid}, version ${holder.version}`;
  const older = holder !== null && holder.version !== cli.app.version;
  return [
    {
      level: older ? "warn" : "ok",
      what: `a daemon runs: ${who}`,
      why: older ? `This command is version ${cli.app.version}.` : "It holds the lock.",
      fix: older ? "Restart the daemon, so that both are the same." : "",
    },
  ];
}

async function queueFindings(cli: Cli): Promise<readonly DoctorFinding[]> {
  const counts = await readQueue(cli, (store) => store.counts());
  if (counts === null)
    return [{ level: "ok", what: "no queue yet", why: "Nothing was ever submitted.", fix: "" }];
  const failed = counts.filter(({ state }) => state === "failed").reduce((sum, { count }) => sum + count, 0);
  if (failed === 0)
    return [{ level: "ok", what: "the queue can be read", why: "No task in it ended failed.", fix: "" }];
  return [
    {
      level: "warn",
      what: `${failed} tasks ended failed`,
      why: "They are not tried again by themselves.",
      fix: "See `jobs list --state failed`, mend the cause, then `jobs retry ID…`.",
    },
  ];
}

async function appFindings(cli: Cli): Promise<readonly DoctorFinding[]> {
  return await withView(cli, async (view) => (await view?.doctor?.()) ?? []);
}

function findingLines(cli: Cli, { level, what, why, fix }: DoctorFinding): readonly string[] {
  const { green, yellow, red, dim } = cli.out.style;
  const mark = { ok: green("✓"), warn: yellow("!"), error: red("✗") }[level];
  const mend = fix === "" ? [] : [`    → ${cleanLine(fix)}`];
  return [`${mark} ${cleanLine(what)}`, `    ${dim(cleanLine(why))}`, ...mend];
}
