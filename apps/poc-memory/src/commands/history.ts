import { buildCommand } from "@stricli/core";
import { cleanLine, cleanText, commandDocs, type CliContext, type NoFlags } from "jobkit-daemon";
import { storeError } from "../store/errors.ts";
import { openMemory, PROGRAM } from "./open-memory.ts";

/** `history KEY`: every version of a memory, forgotten ones too. */
export const historyCommand = buildCommand<NoFlags, [string], CliContext>({
  docs: commandDocs(PROGRAM, {
    brief: "Show every version of a memory, newest first, also where it was forgotten.",
    examples: [
      ["history KEY", "what it said, when, and who wrote it"],
      ["history KEY --json", "for programs"],
    ],
  }),
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "Key of the memory", parse: String, placeholder: "KEY" }],
    },
  },
  async func(_flags, key) {
    const { cli } = this;
    using store = await openMemory(cli);
    const versions = store.history(key);
    if (versions.length === 0)
      throw storeError("NODE_UNKNOWN", `looking for the history of ${JSON.stringify(key.slice(0, 200))}`);
    if (cli.out.json) {
      const dated = versions.map(({ atMs, ...rest }) =>
        Object.assign(rest, { at: new Date(atMs).toISOString() }),
      );
      cli.out.value({ key, versions: dated });
      return;
    }
    const { bold, dim, red } = cli.out.style;
    for (const { version, revision, author, atMs, content } of versions) {
      cli.out.data(
        `${bold(`version ${version}`)} ${dim(`${new Date(atMs).toISOString()} by ${cleanLine(author)}, revision ${revision}`)}`,
      );
      for (const line of content === null ? [red("forgotten")] : cleanText(content).split("\n"))
        cli.out.data(`  ${line}`);
      cli.out.data("");
    }
  },
});
