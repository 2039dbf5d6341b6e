/** The commands that keep jobs from starting, and let them start again. Both are kept over restarts. */
import { buildCommand } from "@stricli/core";
import type { CliContext } from "../cli.ts";
import { changeTasks } from "../control.ts";
import { commandDocs, type NoFlags } from "../docs.ts";

const jobParameter = {
  kind: "tuple",
  parameters: [
    { brief: "Name of a job; all of them without it", parse: String, placeholder: "JOB", optional: true },
  ],
} as const;

/** `jobs pause [JOB]`: start nothing more of it, until it is resumed. */
export function jobsPauseCommand(program: string) {
  return buildCommand<NoFlags, [string?], CliContext>({
    docs: commandDocs(program, {
      brief: "Start nothing more of a job, or of any. Kept over restarts until it is resumed.",
      examples: [
        ["jobs pause NAME", "what waits goes on waiting"],
        ["jobs pause", "everything"],
      ],
    }),
    parameters: { positional: jobParameter },
    async func(_flags, job) {
      await changeTasks(this.cli, (control) => control.pause(job));
      if (this.cli.out.json) this.cli.out.value({ paused: job ?? null });
      else this.cli.out.data(`${job ?? "everything"}  paused`);
    },
  });
}

/** `jobs resume [JOB]`: undo a pause. */
export function jobsResumeCommand(program: string) {
  return buildCommand<NoFlags, [string?], CliContext>({
    docs: commandDocs(program, {
      brief: "Undo a pause of a job; without a name, every pause.",
      examples: [
        ["jobs resume NAME", "it may start again"],
        ["jobs resume", "everything may"],
      ],
    }),
    parameters: { positional: jobParameter },
    async func(_flags, job) {
      await changeTasks(this.cli, (control) => control.resume(job));
      if (this.cli.out.json) this.cli.out.value({ resumed: job ?? null });
      else this.cli.out.data(`${job ?? "everything"}  resumed`);
    },
  });
}
