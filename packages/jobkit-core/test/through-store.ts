import type {
  Added,
  Cancelled,
  CancelRequest,
  ListRequest,
  Marks,
  PruneRequest,
  QueueStore,
  RecoverRequest,
  Task,
  TaskCount,
  TaskDraft,
  TaskId,
  TaskPage,
  Turn,
  TurnRequest,
} from "../src/index.ts";

/** A store that hands every call on, for stores that do one thing otherwise. */
export class ThroughStore implements QueueStore {
  readonly inner: QueueStore;

  constructor(inner: QueueStore) {
    this.inner = inner;
  }

  addGraph(drafts: readonly TaskDraft[], marks?: Marks): Promise<readonly Added[]> {
    return this.inner.addGraph(drafts, marks);
  }
  turn(request: TurnRequest): Promise<Turn> {
    return this.inner.turn(request);
  }
  touch(owner: string, ids: readonly TaskId[], leaseUntilMs: number): Promise<readonly TaskId[]> {
    return this.inner.touch(owner, ids, leaseUntilMs);
  }
  cancel(request: CancelRequest): Promise<readonly Cancelled[]> {
    return this.inner.cancel(request);
  }
  retry(ids: readonly TaskId[], nowMs: number): Promise<readonly TaskId[]> {
    return this.inner.retry(ids, nowMs);
  }
  recover(request: RecoverRequest): Promise<readonly Task[]> {
    return this.inner.recover(request);
  }
  get(ids: readonly TaskId[]): Promise<readonly Task[]> {
    return this.inner.get(ids);
  }
  list(request: ListRequest): Promise<TaskPage> {
    return this.inner.list(request);
  }
  counts(): Promise<readonly TaskCount[]> {
    return this.inner.counts();
  }
  oldestDue(nowMs: number): Promise<Readonly<Record<string, number>>> {
    return this.inner.oldestDue(nowMs);
  }
  prune(request: PruneRequest): Promise<number> {
    return this.inner.prune(request);
  }
  marks(names: readonly string[]): Promise<Marks> {
    return this.inner.marks(names);
  }
  setMarks(marks: Marks): Promise<void> {
    return this.inner.setMarks(marks);
  }
  onWake(listener: () => void): Disposable {
    return this.inner.onWake(listener);
  }
  /** Whoever opened the inner one closes it. */
  async [Symbol.asyncDispose](): Promise<void> {}
}
