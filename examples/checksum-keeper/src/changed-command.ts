import { buildCommand, cleanLine, type CliContext, commandDocs, moment, wholeNumber } from "jobkit-daemon";
import { Sums } from "./sums.ts";

const LIMIT_DEFAULT = "100";
const LIMIT_MAX = 1_000_000;
const SHOWN_DIGITS = 12;

/** `changed`: the files whose content became another, newest first. */
export function changedCommand() {
  return buildCommand<{ readonly limit: number }, [], CliContext>({
    docs: commandDocs("checksum-keeper", {
      brief: "List the files whose content changed, newest first.",
      examples: [
        ["changed", "the newest 100"],
        ["changed --limit 5 --json", "for a program"],
      ],
    }),
    parameters: {
      flags: {
        limit: {
          kind: "parsed",
          parse: wholeNumber(1, LIMIT_MAX),
          default: LIMIT_DEFAULT,
          placeholder: "N",
          brief: "At most so many",
        },
      },
    },
    async func({ limit }) {
      const { cli } = this;
      const { paths } = await cli.place();
      using sums = new Sums(paths.dataDir, true);
      const changed = sums.changed(0, limit);
      if (cli.out.json) cli.out.value({ changed });
      else
        for (const { path, sha256, before, changedAtMs } of changed)
          cli.out.data(`${moment(changedAtMs)}  ${short(before)} → ${short(sha256)}  ${cleanLine(path)}`);
      if (changed.length === 0) cli.out.talk("Nothing has changed.");
    },
  });
}

function short(sha256: string | null): string {
  return sha256 === null ? "gone".padEnd(SHOWN_DIGITS) : sha256.slice(0, SHOWN_DIGITS);
}
