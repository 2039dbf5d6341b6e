import { buildCommand } from "@stricli/core";
import { type ListRequest, type Task, taskStates, type TaskStateKind } from "jobkit-core";
import { cleanLine } from "../clean-text.ts";
import type { CliContext } from "../cli.ts";
import { commandDocs } from "../docs.ts";
import { duration, moment } from "../draw/amount.ts";
import { tableLines } from "../draw/table.ts";
import { wholeNumber } from "../parse.ts";
import { readQueue } from "../reading.ts";
import { taskJson, type TaskJson } from "../task-json.ts";

const STATES = Object.keys(taskStates) as readonly TaskStateKind[];
const LIMIT_DEFAULT = "50";
const LIMIT_MAX = 100_000;
const PAGE = 1_000;

interface Flags {
  readonly state?: readonly TaskStateKind[];
  readonly job?: readonly string[];
  readonly limit: number;
  readonly oldest: boolean;
}

/** `jobs list`: the tasks that are kept, newest first. */
export function jobsListCommand(program: string) {
  return buildCommand<Flags, [], CliContext>({
    docs: commandDocs(program, {
      brief: "List tasks, newest first.",
      examples: [
        ["jobs list", "the 50 newest"],
        ["jobs list --state failed --limit 500", "what went wrong"],
        ["jobs list --state ready,retrying --job NAME --json", "what one job still has to do"],
      ],
    }),
    parameters: {
      flags: {
        state: {
          kind: "enum",
          values: STATES,
          optional: true,
          variadic: ",",
          brief: "Only these states",
        },
        job: {
          kind: "parsed",
          parse: String,
          optional: true,
          variadic: ",",
          placeholder: "NAME",
          brief: "Only these jobs",
        },
        limit: {
          kind: "parsed",
          parse: wholeNumber(1, LIMIT_MAX),
          default: LIMIT_DEFAULT,
          placeholder: "N",
          brief: "At most so many",
        },
        oldest: { kind: "boolean", default: false, withNegated: false, brief: "Oldest first" },
      },
    },
    async func(flags) {
      const { cli } = this;
      const tasks = (await readQueue(cli, (store) => pages(store.list.bind(store), flags))) ?? [];
      const shown = tasks.map(taskJson);
      if (cli.out.json) cli.out.value({ tasks: shown });
      else for (const line of taskLines(shown, cli.clock.now(), cli.out.columns)) cli.out.data(line);
      if (shown.length === 0) cli.out.talk("No tasks.");
    },
  });
}

async function pages(
  list: (request: ListRequest) => Promise<{ readonly tasks: readonly Task[]; readonly next: string | null }>,
  { state, job, limit, oldest }: Flags,
): Promise<readonly Task[]> {
  const tasks: Task[] = [];
  let cursor: string | null = null;
  do {
    const page: { readonly tasks: readonly Task[]; readonly next: string | null } = await list({
      ...(state === undefined || state.length === 0 ? {} : { states: state }),
      ...(job === undefined || job.length === 0 ? {} : { jobs: job }),
      ...(cursor === null ? {} : { cursor }),
      limit: Math.min(PAGE, limit - tasks.length),
      order: oldest ? "oldest" : "newest",
    });
    tasks.push(...page.tasks);
    cursor = page.next;
  } while (cursor !== null && tasks.length < limit);
  return tasks;
}

/** A table of tasks for people. */
function taskLines(tasks: readonly TaskJson[], nowMs: number, columns: number): readonly string[] {
  if (tasks.length === 0) return [];
  const rows = tasks.map((task) => [
    task.id,
    task.job,
    task.state,
    task.attempt === 0 ? "" : String(task.attempt),
    moment(Date.parse(task.createdAt)),
    tookText(task, nowMs),
    cleanLine(task.error === null ? (task.key ?? "") : `${task.error.code}: ${task.error.message}`),
  ]);
  const heads = [
    { head: "TASK" },
    { head: "JOB", cellsMax: 32 },
    { head: "STATE" },
    { head: "TRY", align: "right" as const },
    { head: "CREATED" },
    { head: "TOOK", align: "right" as const },
    { head: "KEY OR ERROR" },
  ];
  return tableLines(heads, rows, columns);
}

function tookText({ startedAt, endedAt }: TaskJson, nowMs: number): string {
  if (startedAt === null) return "";
  const endMs = endedAt === null ? nowMs : Date.parse(endedAt);
  return duration(Math.max(0, endMs - Date.parse(startedAt)));
}
