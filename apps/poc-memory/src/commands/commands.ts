import type { CliRoute } from "jobkit-daemon";
import { healthCommand } from "./health.ts";
import { historyCommand } from "./history.ts";
import { journalRoutes } from "./journal.ts";
import { renderCommand } from "./render.ts";
import { searchCommand } from "./search.ts";

/** The application's own commands, mounted beside the generic ones. */
export const memoryCommands: Readonly<Record<string, CliRoute>> = {
  search: searchCommand,
  render: renderCommand,
  history: historyCommand,
  journal: journalRoutes,
  health: healthCommand,
};
