import { buildCommand } from "@stricli/core";
import { cleanLine } from "../clean-text.ts";
import type { CliContext } from "../cli.ts";
import { commandDocs, type NoFlags } from "../docs.ts";
import { exitCodes } from "../exit-codes.ts";
import { readStatusNow } from "../status-now.ts";

/** `health`: is it well? The exit code is the answer. */
export function healthCommand(program: string) {
  return buildCommand<NoFlags, [], CliContext>({
    docs: commandDocs(program, {
      brief: "Say whether it is well, with reasons. Exit code 4 where it is not.",
      examples: [
        ["health", "for people"],
        ["health --json", `{"ok", "reasons"} for programs`],
      ],
    }),
    parameters: {},
    async func() {
      const { cli } = this;
      const { health } = (await readStatusNow(cli)).status;
      const { green, red, yellow } = cli.out.style;
      if (cli.out.json) cli.out.value(health);
      else {
        cli.out.data(health.ok ? green("✓ well") : red("✗ unwell"));
        for (const reason of health.reasons) cli.out.data(`  ${yellow("!")} ${cleanLine(reason)}`);
      }
      if (!health.ok) cli.exitWith(exitCodes.unhealthy.code);
    },
  });
}
