import type { Json } from "jobkit-core";
import type { Receipt } from "../mine/mined.ts";
import type { MemoryNode } from "../store/node.ts";

/** A receipt as commands show it to programs. */
export function sourceJson(receipt: Receipt | undefined): Json {
  if (receipt === undefined) return null;
  return { transcript: receipt.transcript, line: receipt.line, uuid: receipt.uuid };
}

/** A node as commands show it to programs. Times are ISO 8601. */
export function nodeJson(node: MemoryNode): { readonly [key: string]: Json } {
  return {
    key: node.key,
    type: node.type,
    category: node.category,
    createdAt: new Date(node.createdAtMs).toISOString(),
    weight: node.weight,
    version: node.version,
    author: node.author,
  };
}

/** The date of a time, in UTC. */
export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, "2026-11-22".length);
}
