/** Looking at pipelines and their runs from outside: without the lock, while a daemon may be writing. */
import { EventBus, jobkitEvents, type PhaseFunctions, Pipelines, RamQueue } from "jobkit-core";
import type { Cli } from "./cli.ts";
import { readQueue } from "./reading.ts";

/** What of pipelines only looks. */
export type PipelinesView = Pick<Pipelines, "names" | "show" | "status" | "runs" | "estimate" | "plan">;

type PipelinesStore = ConstructorParameters<typeof Pipelines>[0]["store"];
type Looked = Omit<PipelinesStore, "setMarks">;

/**
 * Look at the pipelines of the configuration and the runs that are kept of them.
 * @param phases what a dry run asks; without them it says that nothing can be known yet.
 */
export async function lookAtPipelines<T>(
  cli: Cli,
  work: (pipelines: PipelinesView) => Promise<T>,
  phases: PhaseFunctions = {},
): Promise<T> {
  const { routine } = await cli.place();
  const look = async (store: Looked): Promise<T> =>
    await work(
      new Pipelines({
        ...phases,
        pipelines: routine.pipelines,
        scheduler: { submit: refuse, retry: refuse, cancel: refuse },
        store: {
          get: store.get.bind(store),
          list: store.list.bind(store),
          marks: store.marks.bind(store),
          setMarks: refuse,
        },
        clock: cli.clock,
        random: cli.random,
        events: new EventBus({ clock: cli.clock }).emitter(jobkitEvents),
      }),
    );
  const found = await readQueue(cli, async (store) => ({ value: await look(store) }));
  if (found !== null) return found.value;
  // Nothing was ever queued here: an empty queue says so.
  return await look(new RamQueue());
}

async function refuse(): Promise<never> {
  throw new RangeError("a command that only looks was asked to change something");
}
