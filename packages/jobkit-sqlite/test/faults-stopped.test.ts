/** Row 9 of docs/faults.md: processes that share a file, and stand still for a while (SIGSTOP, SIGCONT). */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { openSqliteQueue } from "jobkit-sqlite";
import { expect, test } from "vitest";
import { accountOf, describeAccount, finishHere, NOTHING_WRONG, readTold } from "./faults-account.ts";
import { everything, job, randomOf, roundsOr, schedulerOver } from "./faults-kit.ts";
import { LANES, makeSideFile } from "./faults-life.ts";
import { spawnChild } from "./spawn-child.ts";
import { tempFolder } from "./temp-folder.ts";

const STOPS = roundsOr(8);
/** Said by the other one while nothing is there to take over, as when the stopped one ran nothing. */
const LINES_MAX = 1_500;

/** A process that says lines, which can be counted. */
class Talker {
  readonly child: ReturnType<typeof spawnChild>;
  readonly #gone: Promise<unknown[]>;
  #heard: (line: string) => void = () => {};

  constructor(name: string, args: readonly string[], compiled: string) {
    this.child = spawnChild(name, args, compiled);
    this.#gone = once(this.child, "exit");
    createInterface(this.child.stdout).on("line", (line) => this.#heard(line));
  }

  /** Resolves when it has said so many more lines, or one of these words before. */
  lines(more: number, ...words: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      let left = more;
      this.#heard = (line) => {
        left -= 1;
        if (left <= 0 || words.includes(line)) resolve();
      };
    });
  }

  stop(): void {
    this.child.kill("SIGSTOP");
  }

  goOn(): void {
    this.child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.#gone;
  }
}

test(`two processes, stopped ${STOPS} times in turn: nothing is lost and nothing finishes twice`, async () => {
  await using folder = await tempFolder();
  const [path, side, compiled] = ["queue.db", "side.txt", "compiled"].map((name) => folder.file(name)) as [
    string,
    string,
    string,
  ];
  makeSideFile(side);
  await (await openSqliteQueue({ path }))[Symbol.asyncDispose]();
  const random = randomOf();
  const { seed } = random;
  const [one, two] = [0, 1].map((at) => {
    const args = [path, side, String(seed + at), String(at * 1_000_000), "shared"];
    return new Talker("life", args, compiled);
  }) as [Talker, Talker];
  await Promise.all([one.lines(20), two.lines(20)]);

  for (let stop = 0; stop < STOPS; stop += 1) {
    const [stopped, other] = random.chance(0.5) ? [one, two] : [two, one];
    stopped.stop();
    // Stopped in the middle of a commit, it keeps the other from its work, which says so after a while.
    if (random.chance(0.3)) await other.lines(1 + random.below(100), "refused");
    else await other.lines(LINES_MAX, "refused", "recovered");
    stopped.goOn();
    await stopped.lines(1 + random.below(20), "refused");
  }
  await Promise.all([one.kill(), two.kill()]);
  const tasks = await finishHere(path, side);

  const told = await readTold(side);
  const account = accountOf(told, tasks);
  const recovered = told.filter(([word]) => word === "recovered").length;
  console.log(`${STOPS} stops, seed ${seed}: ${describeAccount(account)}, ${recovered} taken over`);
  expect({ seed, ...account.wrong }).toEqual({ seed, ...NOTHING_WRONG });
  // Each stop, and the two kills at the end, cut off what ran in one process.
  expect(account.reruns).toBeLessThanOrEqual((STOPS + 2) * LANES);
}, 3_600_000);

test("who was stopped for longer than its lease is refused when it comes back, and stops what it runs", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  await using queue = await openSqliteQueue({ path, shared: true });
  const work = job("work", async () => "here", { retry: { attempts: 100 } });
  const { bus, scheduler } = schedulerOver(queue, { jobs: [work], lost: "expired", leaseMs: 300 });
  await using _open = scheduler;
  const talker = new Talker("holder", [path], folder.file("compiled"));
  await talker.lines(1);
  const [added] = await scheduler.submit([{ job: "work", input: null }]);
  await talker.lines(1);
  // A stop in the middle of a commit holds the file for everybody: then it stops a moment later.
  bus.listen({ name: "locked" }, ({ ev }) => {
    if (ev !== "scheduler.failed") return;
    talker.goOn();
    talker.stop();
  });

  talker.stop();
  await scheduler.start();
  const ended = await scheduler.ended(added?.id ?? ("" as never));
  talker.goOn();
  await talker.lines(1);

  expect(ended).toMatchObject({ attempt: 2, state: { kind: "done", result: "here" } });
  expect(await everything(queue)).toMatchObject([{ state: { kind: "done", result: "here" } }]);
  await talker.kill();
}, 300_000);

test("while another process holds the file and stands still, that is told, and nothing is lost", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  await using queue = await openSqliteQueue({ path, shared: true, lockWaitMs: 20 });
  const started = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const work = job("work", () => {
    started.resolve();
    return goOn.promise;
  });
  const { bus, scheduler } = schedulerOver(queue, { jobs: [work], lost: "expired", storeRetryMs: 10 });
  await using _open = scheduler;
  await scheduler.start();
  const [ended] = scheduler.perform([{ job: "work", input: null }]);
  await started.promise;
  const talker = new Talker("locker", [path], folder.file("compiled"));
  await talker.lines(1);
  talker.stop();

  const failures = Promise.withResolvers<void>();
  const codes: unknown[] = [];
  bus.listen({ name: "failures" }, ({ ev, attrs }) => {
    if (ev === "scheduler.failed" && codes.push(attrs["code"]) === 3) failures.resolve();
  });
  goOn.resolve();
  const refused = await scheduler.submit([{ job: "work", input: null }]).catch((error: unknown) => error);
  await failures.promise;
  await talker.kill();

  expect(await ended).toMatchObject({ attempt: 1, state: { kind: "done" } });
  expect(refused).toMatchObject({ code: "QUEUE_LOCKED", retry: true });
  expect(new Set(codes)).toEqual(new Set(["QUEUE_LOCKED"]));
}, 300_000);
