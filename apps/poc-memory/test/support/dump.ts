import { existsSync, readFileSync, readdirSync, statSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { nodeTypes } from "../../src/store/node.ts";
import { openMemoryStore } from "../../src/store/open.ts";

const ALL = 1_000_000;

/** Everything memory says, without when and in how many steps it was written. */
export interface MemoryDump {
  readonly nodes: readonly {
    readonly key: string;
    readonly type: string;
    readonly category: string;
    readonly content: string;
    readonly createdAtMs: number;
    readonly entities: readonly string[];
    readonly receipts: readonly unknown[];
  }[];
  /** `from to type strength`, both ends by key, in one order. */
  readonly links: readonly string[];
  readonly transcripts: readonly {
    readonly name: string;
    readonly offset: number;
    readonly line: number;
    readonly state: string;
  }[];
  readonly segments: readonly {
    readonly transcript: string;
    readonly index: number;
    readonly outcome: string | null;
    readonly episode: string | null;
  }[];
}

/** The whole of a data folder's memory, comparable with another's. */
export function dumpMemory(dataDir: string): MemoryDump {
  using store = openMemoryStore({ path: join(dataDir, "memory.db"), mode: "read" });
  const nodes = store.recent(nodeTypes, ALL);
  const keyOf = new Map(nodes.map((node) => [node.id, node.key]));
  const links = new Set<string>();
  for (const node of nodes)
    for (const { id, type, strength } of store.neighbours(node.id)) {
      const ends = [node.key, keyOf.get(id) ?? `missing ${id}`].toSorted();
      links.add(`${ends.join(" ")} ${type} ${strength.toFixed(4)}`);
    }
  const transcripts = store.progress.transcripts();
  return {
    nodes: nodes
      .map(({ id, key, type, category, content, createdAtMs }) => ({
        key,
        type,
        category,
        content,
        createdAtMs,
        entities: store.entities(id).toSorted(),
        receipts: store.receipts(id),
      }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    links: [...links].toSorted(),
    transcripts: transcripts.map(({ name, position, state }) => ({ name, ...position, state })),
    segments: transcripts
      .flatMap((transcript) => store.progress.segments(transcript))
      .map(({ transcript, index, outcome, episode }) => ({ transcript, index, outcome, episode })),
  };
}

/** Give a data folder the same redaction key as others, so that their contents can be compared. */
export function sameRedactionKey(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(dataDir, "redaction.key"), Buffer.alloc(32, 7), { mode: 0o600 });
}

/** Paths of files below `folder` that hold any of the texts, byte for byte. */
export function filesHolding(folder: string, texts: readonly string[]): string[] {
  const found: string[] = [];
  const needles = texts.map((text) => Buffer.from(text));
  const visit = (path: string): void => {
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path)) visit(join(path, name));
      return;
    }
    const bytes = readFileSync(path);
    for (const needle of needles)
      if (bytes.includes(needle)) found.push(`${path}: ${needle.toString("utf8").slice(0, 12)}…`);
  };
  if (existsSync(folder)) visit(folder);
  return found;
}
