import { buildCommand } from "@stricli/core";
import { cleanLine } from "../clean-text.ts";
import type { Cli, CliContext } from "../cli.ts";
import { type CounterNow, readCountersNow } from "../counters-now.ts";
import { commandDocs } from "../docs.ts";
import { bytes, duration, grouped } from "../draw/amount.ts";
import { bar } from "../draw/bar.ts";
import { pad } from "../draw/width.ts";

const BAR_CELLS = 24;

/** `counters`: how often each fact of the tables happened. */
export function countersCommand(program: string) {
  return buildCommand<{ readonly all: boolean }, [], CliContext>({
    docs: commandDocs(program, {
      brief: "How often each kind of event happened, over all lives of the daemon.",
      examples: [
        ["counters", "those that are not zero"],
        ["counters --all", "every row of the tables, with what it means"],
        ["counters --json", "for programs"],
      ],
    }),
    parameters: {
      flags: {
        all: { kind: "boolean", default: false, withNegated: false, brief: "Also those that are zero" },
      },
    },
    async func({ all }) {
      const { cli } = this;
      const counters = (await readCountersNow(cli)).filter(({ value }) => all || value > 0);
      if (cli.out.json) cli.out.value({ counters });
      else for (const line of counterLines(cli, counters, all)) cli.out.data(line);
      if (counters.length === 0) cli.out.talk("Nothing has happened yet.");
    },
  });
}

/** Bars are logarithmic: one failure among a million successes must still be seen. */
function counterLines(cli: Cli, counters: readonly CounterNow[], withDoc: boolean): readonly string[] {
  const { cyan, dim } = cli.out.style;
  const amounts = counters.map(({ value, unit }) => amountText(value, unit));
  const nameWidth = Math.max(0, ...counters.map(({ name }) => name.length));
  const amountWidth = Math.max(0, ...amounts.map((text) => text.length));
  const largest = Math.max(1, ...counters.map(({ value }) => Math.log1p(value)));
  return counters.map(({ name, value, doc }, at) => {
    const filled = bar(Math.log1p(value) / largest, BAR_CELLS);
    const words = withDoc ? `  ${dim(cleanLine(doc))}` : "";
    const line = `${pad(name, nameWidth)}  ${pad(amounts[at] ?? "", amountWidth, "right")}  ${cyan(pad(filled, withDoc ? BAR_CELLS : 0))}${words}`;
    return line.trimEnd();
  });
}

function amountText(value: number, unit: CounterNow["unit"]): string {
  if (unit === "bytes") return bytes(value);
  if (unit === "ms") return duration(value);
  return grouped(value);
}
