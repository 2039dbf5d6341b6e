import { buildCommand } from "@stricli/core";
import { jobkitError } from "jobkit-core";
import { cleanLine } from "../clean-text.ts";
import type { CliContext } from "../cli.ts";
import { commandDocs, type NoFlags } from "../docs.ts";
import { taskIds } from "../parse.ts";
import { readQueue } from "../reading.ts";
import { taskDetailJson } from "../task-json.ts";

/** `jobs show ID`: everything that is stored of one task. */
export function jobsShowCommand(program: string) {
  return buildCommand<NoFlags, [string], CliContext>({
    docs: commandDocs(program, {
      brief: "Show everything that is stored of one task.",
      examples: [
        ["jobs show 0mr8z2…", "what goes in, what came out, why it failed"],
        ["jobs show 0mr8z2… --json", "the same for a program"],
      ],
    }),
    parameters: {
      positional: {
        kind: "tuple",
        parameters: [{ brief: "Id of a task", parse: String, placeholder: "ID" }],
      },
    },
    async func(_flags, text) {
      const { cli } = this;
      const ids = taskIds([text]);
      const [task] = (await readQueue(cli, (store) => store.get(ids))) ?? [];
      if (task === undefined) throw jobkitError("TASK_UNKNOWN", `looking for task ${text}`);
      const detail = taskDetailJson(task);
      if (cli.out.json) {
        cli.out.value(detail);
        return;
      }
      const width = Math.max(...Object.keys(detail).map((name) => name.length));
      for (const [name, value] of Object.entries(detail)) {
        const words = typeof value === "string" ? value : JSON.stringify(value);
        cli.out.data(`${cli.out.style.dim(name.padEnd(width))}  ${cleanLine(words)}`);
      }
    },
  });
}
