/**
 * jobkit-sqlite in the shape that the peer benchmarks ask for:
 * `NODE_OPTIONS=--conditions=@jobkit/source OURS=<this file> ./run-all.sh`.
 */
import { join } from "node:path";
import { draftTasks, SeededRandom } from "jobkit-core";
import { openSqliteQueue } from "jobkit-sqlite";
import { runLanes } from "./lanes.mjs";

export const info = {
  engine: "jobkit-sqlite (the store itself, one turn for all lanes)",
  strict: "WAL; answered after fdatasync of the log",
  relaxed: "the same: it has no relaxed mode",
};

const random = new SeededRandom(Date.now());

export async function open({ dir }) {
  return { store: await openSqliteQueue({ path: join(dir, "queue.db") }) };
}

export const addBulk = ({ store }, list) =>
  store.addGraph(
    draftTasks(
      list.map((input) => ({ job: "noop", input })),
      { random, nowMs: Date.now() },
    ),
  );

export const add = (context, data) => addBulk(context, [data]);

export const work = async ({ store }, concurrency, handler) => runLanes(store, concurrency, handler);

export const close = ({ store }) => store[Symbol.asyncDispose]();
