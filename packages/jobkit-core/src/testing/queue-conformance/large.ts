import { taskId } from "../../base/ids.ts";
import { claim, claimOne, ids, promise, same, settle, T0 } from "./kit.ts";

/** Deeper than any stack, and so wide that work per pair of tasks would not end. */
const SIZE = 20_000;

/** Graphs of a size that recursion and squares do not survive. They cost the most, so they stand last. */
export const large = [
  promise(
    `a chain of ${SIZE} tasks is added, and cancelled from its head, in one call each`,
    async (store, make) => {
      const chain = Array.from({ length: SIZE }, (_, at) => ({
        ...make(),
        id: taskId(`c${at}`),
        after: at === 0 ? [] : [taskId(`c${at - 1}`)],
      }));
      await store.addGraph(chain);

      const [head] = await store.cancel({ ids: [taskId("c0")], nowMs: T0, reason: "no" });

      same(head?.settled?.ended.length, SIZE - 1, "tasks that ended with the head");
      same(
        (await store.counts()).map(({ state, count }) => `${state} ${count}`).toSorted(),
        ["cancelled 1", `skipped ${SIZE - 1}`],
        "counts",
      );
    },
  ),

  promise(`a fan of ${SIZE} children is unblocked in one call`, async (store, make) => {
    const root = make({ job: "root" });
    const fan = Array.from({ length: SIZE }, () => make({ after: [root.id] }));
    await store.addGraph([root, ...fan]);

    const settled = await settle(store, await claimOne(store, T0, "root"), T0);

    same(settled.unblocked, ids(fan), "unblocked, in order of adding");
    same((await claim(store, T0, { limit: 5 })).length, 5, "claimable then");
  }),
];
