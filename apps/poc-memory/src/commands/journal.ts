import { buildCommand, buildRouteMap } from "@stricli/core";
import { cleanLine, commandDocs, wholeNumber, type CliContext } from "jobkit-daemon";
import type { NodeType } from "../store/node.ts";
import { dateOf, nodeJson, sourceJson } from "./node-json.ts";
import { openMemory, PROGRAM } from "./open-memory.ts";

const TAIL = 10;
const TAIL_MAX = 1_000;
const EPISODIC: readonly NodeType[] = ["session", "day", "week", "month"];

const tailCommand = buildCommand<{ readonly limit: number }, [], CliContext>({
  docs: commandDocs(PROGRAM, {
    brief: "Show the latest episodes, the newest last.",
    examples: [
      ["journal tail", "the last ten"],
      ["journal tail --limit 3", "the last three"],
      ["journal tail --json", "whole, for programs"],
    ],
  }),
  parameters: {
    flags: {
      limit: {
        kind: "parsed",
        parse: wholeNumber(1, TAIL_MAX),
        default: String(TAIL),
        placeholder: "N",
        brief: "How many",
      },
    },
  },
  async func({ limit }) {
    const { cli } = this;
    using store = await openMemory(cli);
    const episodes = store.recent(EPISODIC, limit).toReversed();
    if (cli.out.json) {
      const whole = episodes.map((one) => ({
        ...nodeJson(one),
        content: one.content,
        source: sourceJson(store.receipts(one.id)[0]),
      }));
      cli.out.value({ entries: whole });
      return;
    }
    const { bold, dim, cyan } = cli.out.style;
    for (const { key, content, createdAtMs } of episodes) {
      const [title = "", ...rest] = content
        .split("\n")
        .filter((line) => line.trim() !== "" && !line.startsWith("## "));
      cli.out.data(`${dim(dateOf(createdAtMs))}  ${bold(cleanLine(title.replace(/^#+ /, "")))}`);
      for (const line of rest.slice(0, LINES_SHOWN)) cli.out.data(`            ${cleanLine(line)}`);
      cli.out.data(`            ${cyan(key)}`);
    }
    if (episodes.length === 0) cli.out.talk("No episodes yet: run `poc-memory up --once` first.");
  },
});

const LINES_SHOWN = 3;

/** `journal`: what happened, by time. */
export const journalRoutes = buildRouteMap<string, CliContext>({
  routes: { tail: tailCommand },
  docs: { brief: "What happened, by time." },
});
