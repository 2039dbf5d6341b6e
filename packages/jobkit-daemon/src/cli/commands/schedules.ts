import { buildCommand, buildRouteMap } from "@stricli/core";
import { cleanLine } from "../clean-text.ts";
import type { CliContext, CliRoute } from "../cli.ts";
import { changeTasks } from "../control.ts";
import { commandDocs, type NoFlags } from "../docs.ts";
import { moment } from "../draw/amount.ts";
import { tableLines } from "../draw/table.ts";
import { type ScheduleNow, schedulesNow } from "../schedules-now.ts";

/** `schedules …`: what is due again and again. */
export function scheduleRoutes(program: string): CliRoute {
  return buildRouteMap<string, CliContext>({
    routes: { list: listCommand(program), fire: fireCommand(program) },
    docs: commandDocs(program, {
      brief: "What is due again and again: list, fire.",
      examples: [
        ["schedules list", "when each is due"],
        ["schedules fire NAME", "do it now"],
      ],
    }),
  });
}

function listCommand(program: string) {
  return buildCommand<NoFlags, [], CliContext>({
    docs: commandDocs(program, {
      brief: "List the schedules: what they do, when they were and are due.",
      examples: [
        ["schedules list", "for people"],
        ["schedules list --json", "for programs"],
      ],
    }),
    parameters: {},
    async func() {
      const { cli } = this;
      const schedules = await schedulesNow(cli);
      if (cli.out.json) cli.out.value({ schedules });
      else for (const line of scheduleLines(schedules, cli.clock.now(), cli.out.columns)) cli.out.data(line);
      if (schedules.length === 0) cli.out.talk("No schedules.");
    },
  });
}

function fireCommand(program: string) {
  return buildCommand<NoFlags, [string], CliContext>({
    docs: commandDocs(program, {
      brief: "Submit what a schedule does, now. Its due times stay as they are.",
      examples: [["schedules fire daily", "queued; the next `up` runs it"]],
    }),
    parameters: {
      positional: {
        kind: "tuple",
        parameters: [{ brief: "Name of a schedule", parse: String, placeholder: "NAME" }],
      },
    },
    async func(_flags, name) {
      const { cli } = this;
      const { id, added } = await changeTasks(cli, (control) => control.fire(name));
      if (cli.out.json) cli.out.value({ id, added });
      else cli.out.data(id);
    },
  });
}

function scheduleLines(schedules: readonly ScheduleNow[], nowMs: number, columns: number): readonly string[] {
  if (schedules.length === 0) return [];
  const rows = schedules.map(({ name, when, pipeline, job, nextMs, lastDueMs, doc }) => [
    name,
    cleanLine(when),
    pipeline === null ? `job ${job ?? ""}` : `pipeline ${pipeline}`,
    nextMs === null ? "never" : `${moment(nextMs)}${nextMs < nowMs ? " (at the next up)" : ""}`,
    lastDueMs === null ? "" : moment(lastDueMs),
    cleanLine(doc),
  ]);
  const heads = ["SCHEDULE", "WHEN", "DOES", "NEXT DUE", "LAST DUE", "WHAT"].map((head) => ({ head }));
  return tableLines(heads, rows, columns);
}
