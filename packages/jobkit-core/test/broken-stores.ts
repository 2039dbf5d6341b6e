/** Stores that each break one promise a little, as a hasty implementation would. */
import {
  RamQueue,
  type Added,
  type Cancelled,
  type CancelRequest,
  type HeldReason,
  type ListRequest,
  type Marks,
  type PruneRequest,
  type QueueStore,
  type RecoverRequest,
  type Settled,
  type Settlement,
  type Task,
  type TaskDraft,
  type TaskId,
  type TaskPage,
  type Turn,
  type TurnRequest,
} from "jobkit-core";

/** A store whose turns answer otherwise than they should. */
function answering(bend: (turn: Turn, request: TurnRequest) => Turn): new () => QueueStore {
  return class extends RamQueue {
    override async turn(request: TurnRequest): Promise<Turn> {
      return bend(await super.turn(request), request);
    }
  };
}

/** A store whose turns are asked for something else than the scheduler did. */
function asked(bend: (request: TurnRequest) => TurnRequest): new () => QueueStore {
  return class extends RamQueue {
    override turn(request: TurnRequest): Promise<Turn> {
      return super.turn(bend(request));
    }
  };
}

/** A store whose settlements are answered otherwise than they should be. */
function settled(bend: (settled: Settled) => Settled): new () => QueueStore {
  return answering((turn) => ({ ...turn, settled: turn.settled.map(bend) }));
}

/** How it takes turns. */
const turns: Readonly<Record<string, new () => QueueStore>> = {
  "is never durable": answering((turn) => ({ ...turn, stored: new Promise(() => {}) })),
  "tells no next due time": answering((turn) => ({ ...turn, nextAtMs: null })),
  "claims one too many": asked((request) => {
    const { room } = request;
    if (room === null) return request;
    const jobs = room.jobs.map((job) => Object.assign({}, job, { starts: job.starts + 1 }));
    return { ...request, room: { ...room, jobs } };
  }),
  "claims before it settles": class extends RamQueue {
    override async turn(request: TurnRequest): Promise<Turn> {
      const claimed = await super.turn({ ...request, settlements: [] });
      const { settled: answers, expired } = await super.turn({ ...request, room: null });
      return { ...claimed, settled: answers, expired: [...claimed.expired, ...expired] };
    }
  },
  "fills the room job by job": class extends RamQueue {
    override async turn(request: TurnRequest): Promise<Turn> {
      const { room } = request;
      const all = await super.turn({ ...request, room: room && { ...room, jobs: [] } });
      if (room === null) return all;
      const claimed: Task[] = [];
      const dueAtMs: number[] = [];
      const held = new Map<string, HeldReason>();
      let { nextAtMs } = all;
      for (const job of room.jobs) {
        const one = await super.turn({ ...request, settlements: [], room: { ...room, jobs: [job] } });
        claimed.push(...one.claimed);
        dueAtMs.push(...one.dueAtMs);
        for (const [name, reason] of one.held) held.set(name, reason);
        if (one.nextAtMs !== null) nextAtMs = Math.min(one.nextAtMs, nextAtMs ?? one.nextAtMs);
      }
      return { ...all, claimed, dueAtMs, held, nextAtMs };
    }
  },
  "does not say why it left tasks waiting": answering((turn) => ({ ...turn, held: new Map() })),
  "says that what it claims became due just now": answering((turn, { nowMs }) => ({
    ...turn,
    dueAtMs: turn.dueAtMs.map(() => nowMs),
  })),
  "does not tell what has expired": answering((turn) => ({ ...turn, expired: [] })),
  "accepts what it refused": settled((one) => ({ ...one, accepted: true })),
  "does not tell whom it unblocked": settled((one) => ({ ...one, unblocked: [] })),
  "does not tell what ended with a parent": settled((one) => ({ ...one, ended: [] })),
  "does not answer what was forked": settled(({ id, accepted, unblocked, ended }) => ({
    id,
    accepted,
    unblocked,
    ended,
  })),
  "loses results": asked((request) => ({
    ...request,
    settlements: request.settlements.map((one): Settlement => {
      const { outcome } = one;
      return Object.assign({}, one, {
        outcome: outcome.kind === "done" ? { ...outcome, result: null } : outcome,
      });
    }),
  })),
  "counts an attempt that was interrupted": asked((request) => ({
    ...request,
    settlements: request.settlements.map((one): Settlement => {
      const error = { code: "INTERNAL", message: "" };
      const outcome =
        one.outcome.kind === "interrupted"
          ? ({ kind: "retrying", dueAtMs: one.nowMs, error } as const)
          : one.outcome;
      return Object.assign({}, one, { outcome });
    }),
  })),
  "stores what a refused fork would have forked": class extends RamQueue {
    override async turn(request: TurnRequest): Promise<Turn> {
      const turn = await super.turn(request);
      for (const [at, { forked }] of turn.settled.entries()) {
        const outcome = request.settlements[at]?.outcome;
        if (outcome?.kind !== "forked" || forked === undefined || !("code" in forked)) continue;
        await super.addGraph(outcome.drafts.map((draft) => Object.assign({}, draft, { after: [] })));
      }
      return turn;
    }
  },
  "knows a claim only by its attempt": class extends RamQueue {
    readonly #attempts = new Map<string, number>();

    override async turn(request: TurnRequest): Promise<Turn> {
      const asking = request.settlements.map(({ id }) => id);
      const now = new Map((await super.get(asking)).map((task) => [task.id, task]));
      const settlements = request.settlements.map((one) => {
        const task = now.get(one.id);
        const alike = task?.attempt === this.#attempts.get(`${one.id} ${one.claim}`);
        return task !== undefined && alike ? Object.assign({}, one, { claim: task.claim }) : one;
      });
      const turn = await super.turn({ ...request, settlements });
      for (const { id, claim, attempt } of turn.claimed) this.#attempts.set(`${id} ${claim}`, attempt);
      return turn;
    }
  },
  "hands out its own input": class extends RamQueue {
    override async turn(request: TurnRequest): Promise<Turn> {
      const turn = await super.turn(request);
      const own = new Map((await super.get(turn.claimed.map(({ id }) => id))).map((task) => [task.id, task]));
      return { ...turn, claimed: turn.claimed.map((task) => own.get(task.id) ?? task) };
    }
  },
};

/** How it adds, intervenes, reads and ends. */
const others: Readonly<Record<string, new () => QueueStore>> = {
  "answers drafts that met a task as added": class extends RamQueue {
    override async addGraph(drafts: readonly TaskDraft[], marks?: Marks): Promise<readonly Added[]> {
      return (await super.addGraph(drafts, marks)).map(({ id }) => ({ id, added: true }));
    }
  },
  "stores a batch task by task": class extends RamQueue {
    override async addGraph(drafts: readonly TaskDraft[], marks?: Marks): Promise<readonly Added[]> {
      const added: Added[] = [];
      for (const draft of drafts) added.push(...(await super.addGraph([draft], marks)));
      return added;
    }
  },
  "forgets due times": class extends RamQueue {
    override addGraph(drafts: readonly TaskDraft[], marks?: Marks): Promise<readonly Added[]> {
      const due = drafts.map((draft) => Object.assign({}, draft, { dueAtMs: draft.createdAtMs }));
      return super.addGraph(due, marks);
    }
  },
  "forgets the marks of a batch": class extends RamQueue {
    override addGraph(drafts: readonly TaskDraft[]): Promise<readonly Added[]> {
      return super.addGraph(drafts);
    }
  },
  "keeps the marks of a batch before it stores it": class extends RamQueue {
    override async addGraph(drafts: readonly TaskDraft[], marks: Marks = {}): Promise<readonly Added[]> {
      await super.setMarks(marks);
      return super.addGraph(drafts);
    }
  },
  "does not do its calls in the order they were made": class extends RamQueue {
    override async addGraph(drafts: readonly TaskDraft[], marks?: Marks): Promise<readonly Added[]> {
      await Promise.resolve();
      return super.addGraph(drafts, marks);
    }
  },
  "touches for anybody": class extends RamQueue {
    override async touch(_owner: string, ids: readonly TaskId[]): Promise<readonly TaskId[]> {
      return ids;
    }
  },
  "answers a touch and moves no lease": class extends RamQueue {
    override touch(owner: string, ids: readonly TaskId[]): Promise<readonly TaskId[]> {
      return super.touch(owner, ids, 0);
    }
  },
  "says of running tasks that they are cancelled": class extends RamQueue {
    override async cancel(request: CancelRequest): Promise<readonly Cancelled[]> {
      return (await super.cancel(request)).map((one) =>
        Object.assign({}, one, { was: one.was === "running" ? "ended" : one.was }),
      );
    }
  },
  "does not tell what ended with a cancelled task": class extends RamQueue {
    override async cancel(request: CancelRequest): Promise<readonly Cancelled[]> {
      return (await super.cancel(request)).map(({ id, was, settled: one }) => ({
        id,
        was,
        settled: one && { ...one, ended: [] },
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
  "recovers what lives": class extends RamQueue {
    override recover(request: RecoverRequest): Promise<readonly Task[]> {
      return super.recover({ ...request, lost: "others" });
    }
  },
  "knows one page": class extends RamQueue {
    override async list(request: ListRequest): Promise<TaskPage> {
      return { tasks: (await super.list(request)).tasks, next: null };
    }
  },
  "lists every run": class extends RamQueue {
    override list({ run: _, ...request }: ListRequest): Promise<TaskPage> {
      return super.list(request);
    }
  },
  "gives a task as often as it is asked for": class extends RamQueue {
    override async get(ids: readonly TaskId[]): Promise<readonly Task[]> {
      return (await Promise.all(ids.map((id) => super.get([id])))).flat();
    }
  },
  "knows no oldest": class extends RamQueue {
    override async oldestDue(): Promise<Readonly<Record<string, number>>> {
      return {};
    }
  },
  "takes what is not due for due": class extends RamQueue {
    override oldestDue(): Promise<Readonly<Record<string, number>>> {
      return super.oldestDue(Number.MAX_SAFE_INTEGER);
    }
  },
  "prunes nothing": class extends RamQueue {
    override async prune(): Promise<number> {
      return 0;
    }
  },
  "prunes without limit": class extends RamQueue {
    override prune(request: PruneRequest): Promise<number> {
      return super.prune({ ...request, limit: Number.POSITIVE_INFINITY });
    }
  },
  "prunes whatever has ended": class extends RamQueue {
    override prune({ states: _, ...request }: PruneRequest): Promise<number> {
      return super.prune(request);
    }
  },
  "wakes those who have left": class extends RamQueue {
    override onWake(listener: () => void): Disposable {
      super.onWake(listener);
      return { [Symbol.dispose]: () => {} };
    }
  },
  "works after it was closed": class extends RamQueue {
    override async [Symbol.asyncDispose](): Promise<void> {
      // It forgets to close.
    }
  },
};

/** By what it does wrong: a store. */
export const brokenStores: Readonly<Record<string, new () => QueueStore>> = { ...turns, ...others };
