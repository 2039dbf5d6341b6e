import { expect, test } from "vitest";
import {
  RamQueue,
  type Added,
  type Cancelled,
  type CancelRequest,
  type ClaimRequest,
  type Heads,
  type HeadsRequest,
  type ListRequest,
  type QueueStore,
  type Settled,
  type Settlement,
  type Task,
  type TaskDraft,
  type TaskId,
  type TaskPage,
} from "jobkit-core";
import { queueStoreConformance } from "jobkit-core/testing";

/** Stores that each break one promise a little, as a hasty implementation would. */
const broken: Readonly<Record<string, new () => QueueStore>> = {
  "answers drafts that met a task as added": class extends RamQueue {
    override async addGraph(drafts: readonly TaskDraft[]): Promise<readonly Added[]> {
      return (await super.addGraph(drafts)).map(({ id }) => ({ id, added: true }));
    }
  },
  "stores a batch task by task": class extends RamQueue {
    override async addGraph(drafts: readonly TaskDraft[]): Promise<readonly Added[]> {
      const added: Added[] = [];
      for (const draft of drafts) added.push(...(await super.addGraph([draft])));
      return added;
    }
  },
  "forgets due times": class extends RamQueue {
    override addGraph(drafts: readonly TaskDraft[]): Promise<readonly Added[]> {
      return super.addGraph(drafts.map((draft) => Object.assign({}, draft, { dueAtMs: draft.createdAtMs })));
    }
  },
  "tells no next due time": class extends RamQueue {
    override async heads(request: HeadsRequest): Promise<Heads> {
      return { ...(await super.heads(request)), nextDueAtMs: null };
    }
  },
  "claims one too many": class extends RamQueue {
    override claim(request: ClaimRequest): Promise<readonly Task[]> {
      const wants = request.wants.map(({ job, limit }) => ({ job, limit: limit + 1 }));
      return super.claim({ ...request, wants });
    }
  },
  "accepts what it refused": class extends RamQueue {
    override async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
      const settled = await super.settle(settlements);
      return settled.map(({ id, unblocked, ended }) => ({ id, accepted: true, unblocked, ended }));
    }
  },
  "knows a claim only by its attempt": class extends RamQueue {
    readonly #attempts = new Map<string, number>();

    override async claim(request: ClaimRequest): Promise<readonly Task[]> {
      const tasks = await super.claim(request);
      for (const { id, claim, attempt } of tasks) this.#attempts.set(`${id} ${claim}`, attempt);
      return tasks;
    }

    override async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
      const now = new Map((await super.get(settlements.map(({ id }) => id))).map((task) => [task.id, task]));
      return super.settle(
        settlements.map((one) => {
          const task = now.get(one.id);
          const alike = task?.attempt === this.#attempts.get(`${one.id} ${one.claim}`);
          return task !== undefined && alike ? Object.assign({}, one, { claim: task.claim }) : one;
        }),
      );
    }
  },
  "does not tell whom it unblocked": class extends RamQueue {
    override async settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
      const settled = await super.settle(settlements);
      return settled.map(({ id, accepted, ended }) => ({ id, accepted, unblocked: [], ended }));
    }
  },
  "loses results": class extends RamQueue {
    override settle(settlements: readonly Settlement[]): Promise<readonly Settled[]> {
      const bare = settlements.map((one): Settlement => {
        const { id, owner, claim, nowMs, outcome } = one;
        const kept = outcome.kind === "done" ? ({ kind: "done", result: null } as const) : outcome;
        return { id, owner, claim, nowMs, outcome: kept };
      });
      return super.settle(bare);
    }
  },
  "touches for anybody": class extends RamQueue {
    override async touch(_owner: string, ids: readonly TaskId[]): Promise<readonly TaskId[]> {
      return ids;
    }
  },
  "says of running tasks that they are cancelled": class extends RamQueue {
    override async cancel(request: CancelRequest): Promise<readonly Cancelled[]> {
      const cancelled = await super.cancel(request);
      return cancelled.map(({ id, was, settled }) => ({
        id,
        was: was === "running" ? "ended" : was,
        settled,
      }));
    }
  },
  "retries nothing": class extends RamQueue {
    override async retry(): Promise<readonly TaskId[]> {
      return [];
    }
  },
  "recovers nothing": class extends RamQueue {
    override async recover(): Promise<readonly Task[]> {
      return [];
    }
  },
  "knows one page": class extends RamQueue {
    override async list(request: ListRequest): Promise<TaskPage> {
      return { tasks: (await super.list(request)).tasks, next: null };
    }
  },
  "prunes nothing": class extends RamQueue {
    override async prune(): Promise<number> {
      return 0;
    }
  },
  "works after it was closed": class extends RamQueue {
    override async [Symbol.asyncDispose](): Promise<void> {
      // It forgets to close.
    }
  },
};

/** The first case that a store breaks. @throws Error where it breaks none. */
async function firstBroken(Store: new () => QueueStore): Promise<string> {
  for (const promise of queueStoreConformance) {
    const kept = await promise
      .run(async () => new Store())
      .then(
        () => true,
        () => false,
      );
    if (!kept) return promise.name;
  }
  throw new Error("it keeps every promise");
}

test.each(Object.entries(broken))("the suite finds a store that %s", async (_what, Store) => {
  await expect(firstBroken(Store)).resolves.toBeTypeOf("string");
});

test("every case has a name of its own", () => {
  const names = queueStoreConformance.map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
});
