import { buildCommand } from "@stricli/core";
import { cleanLine, cleanText, commandDocs, type Cli, type CliContext, type NoFlags } from "jobkit-daemon";
import type { MemoryNode } from "../store/node.ts";
import type { SqliteMemoryStore } from "../store/sqlite-store.ts";
import { findNode } from "./find-node.ts";
import { dateOf, nodeJson, sourceJson } from "./node-json.ts";
import { openMemory, PROGRAM } from "./open-memory.ts";

/** `render KEY`: one memory, its links and where it was found. */
export const renderCommand = buildCommand<NoFlags, [string], CliContext>({
  docs: commandDocs(PROGRAM, {
    brief: "Show one memory, what it is linked to, and where it was found.",
    detail: "Show one memory. A part of the key is enough where it fits one memory only.",
    examples: [
      ["render preference/never-use-the-local-time-zone-0a1b2c", "one memory"],
      ["render never-use-the-local", "the same, by a part of its key"],
      ["render KEY --json", "for programs"],
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
    const node = findNode(store, key);
    if (cli.out.json) cli.out.value(renderJson(store, node));
    else renderText(cli, store, node);
  },
});

function renderJson(store: SqliteMemoryStore, node: MemoryNode): object {
  return {
    ...nodeJson(node),
    content: node.content,
    entities: store.entities(node.id),
    links: linksOf(store, node).map(({ key, type, strength }) => ({ key, type, strength })),
    sources: store.receipts(node.id).map(sourceJson),
  };
}

function renderText(cli: Cli, store: SqliteMemoryStore, node: MemoryNode): void {
  const { bold, dim, cyan } = cli.out.style;
  cli.out.data(bold(node.key));
  cli.out.data(
    dim(
      `${node.category}, ${dateOf(node.createdAtMs)}, version ${node.version} by ${cleanLine(node.author)}`,
    ),
  );
  cli.out.data("");
  for (const line of cleanText(node.content).split("\n")) cli.out.data(line);
  const links = linksOf(store, node);
  if (links.length > 0) cli.out.data("");
  for (const { key, type, strength } of links)
    cli.out.data(`${dim(type.padEnd(TYPE_CELLS))} ${strength.toFixed(2)}  ${cyan(key)}`);
  cli.out.data("");
  for (const { transcript, line } of store.receipts(node.id))
    cli.out.data(dim(`found  ${cleanLine(transcript)}:${line}`));
}

const TYPE_CELLS = "shared".length;

function linksOf(store: SqliteMemoryStore, { id }: MemoryNode) {
  const neighbours = store.neighbours(id);
  const keys = new Map(store.byIds(neighbours.map((one) => one.id)).map((one) => [one.id, one.key]));
  return neighbours.flatMap((one) => {
    const key = keys.get(one.id);
    return key === undefined ? [] : [{ ...one, key }];
  });
}
