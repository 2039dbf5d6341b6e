import { readFile } from "node:fs/promises";
import { buildCommand } from "@stricli/core";
import { cleanLine, cliError, commandDocs, wholeNumber, type Cli, type CliContext } from "jobkit-daemon";
import type { Json } from "jobkit-core";
import { storeNeighbourhood } from "../recall/neighbourhood.ts";
import { recall, type Recalled, type Why } from "../recall/recall.ts";
import type { RecallWeights } from "../recall/settings.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import { readQueries } from "./batch-queries.ts";
import { dateOf } from "./node-json.ts";
import { openMemory, PROGRAM } from "./open-memory.ts";

const LIMIT_MAX = 1_000;

interface SearchFlags {
  readonly limit?: number;
  readonly explain: boolean;
  readonly batch?: string;
}

/** `search WORDS…`: what memory knows about that. */
export const searchCommand = buildCommand<SearchFlags, string[], CliContext>({
  docs: commandDocs(PROGRAM, {
    brief: "Find memories: by their words, then by what is linked with them.",
    detail:
      "Find memories. Any words are a query; a key finds its memory first.\n" +
      'With --batch each line of FILE is {"id", "query"} and each line out is {"id", "results"}.',
    examples: [
      ["search flaky test timezone", "what is known about that"],
      ["search release --limit 3 --explain", "three results, and why each came up"],
      ["search --batch queries.jsonl", "many at once; `-` reads stdin"],
      ["search index cache --json", "for programs"],
    ],
  }),
  parameters: {
    flags: {
      limit: {
        kind: "parsed",
        parse: wholeNumber(1, LIMIT_MAX),
        optional: true,
        placeholder: "N",
        brief: "Most results",
      },
      explain: { kind: "boolean", default: false, withNegated: false, brief: "Say why each result came up" },
      batch: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "FILE",
        brief: "Queries as JSON lines",
      },
    },
    positional: {
      kind: "array",
      parameter: { brief: "What to look for", parse: String, placeholder: "WORDS" },
    },
  },
  async func(flags, ...words) {
    const { cli } = this;
    if (flags.batch === undefined && words.length === 0)
      throw cliError("USAGE_WRONG", "searching for nothing", {
        next: `Say what to look for: ${PROGRAM} search WORDS…`,
      });
    using store = await openMemory(cli);
    const look = await looker(cli, store, flags);
    if (flags.batch === undefined) {
      answer(cli, words.join(" "), look);
      return;
    }
    const text = flags.batch === "-" ? await cli.readStdin() : await readBatch(flags.batch);
    for (const { id, query } of readQueries(text))
      cli.out.value({ id, results: look(query).map(recalledJson) });
  },
});

type Look = (query: string) => readonly Recalled[];

async function looker(cli: Cli, store: SqliteMemoryStore, { limit, explain }: SearchFlags): Promise<Look> {
  const { settings } = await cli.place();
  const number = (name: string): number => Number(settings[name]);
  const weights: RecallWeights = {
    seeds: number("recall.seeds"),
    decay: number("recall.decay"),
    hops: number("recall.hops"),
    weightShare: number("recall.weightShare"),
  };
  const options = { limit: limit ?? number("search.limit"), explain, weights };
  return (query) => recall(store, storeNeighbourhood(store), query, options);
}

async function readBatch(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw cliError("USAGE_WRONG", `reading the queries in ${path}`, {
      cause,
      next: "Name a file that can be read.",
    });
  }
}

function answer(cli: Cli, query: string, look: Look): void {
  const startedMs = cli.clock.monotonic();
  const results = look(query);
  const tookMs = Math.round((cli.clock.monotonic() - startedMs) * 10) / 10;
  if (cli.out.json) cli.out.value({ query, tookMs, results: results.map(recalledJson) });
  else for (const result of results) showResult(cli, result);
  if (results.length === 0) cli.out.talk("Nothing found. Fewer or other words may help.");
}

function recalledJson({ createdAtMs, why, ...rest }: Recalled): Json {
  return {
    ...rest,
    createdAt: new Date(createdAtMs).toISOString(),
    ...(why === undefined ? {} : { why: why.map((one) => ({ ...one })) }),
  };
}

function showResult(cli: Cli, { key, score, createdAtMs, snippet, source, why }: Recalled): void {
  const { bold, dim, cyan } = cli.out.style;
  cli.out.data(`${dim(score.toFixed(2))}  ${bold(cyan(key))}  ${dim(dateOf(createdAtMs))}`);
  cli.out.data(`      ${snippet}`);
  if (source !== null) cli.out.data(dim(`      ${cleanLine(source.transcript)}:${source.line}`));
  for (const one of why ?? []) cli.out.data(dim(`      because ${whyText(one)}`));
}

function whyText(why: Why): string {
  switch (why.kind) {
    case "key":
      return "it is the key that was asked for";
    case "words":
      return `it says ${why.words.join(", ")} (${why.share.toFixed(2)})`;
    case "link":
      return `a link of type ${why.type} leads here from ${why.from} (${why.share.toFixed(2)})`;
  }
}
