/** Row 21 of docs/faults.md: no descriptors left, files that may not be written, and files that go away. */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, copyFileSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { taskId } from "jobkit-core";
import { FakeClock } from "jobkit-core/testing";
import { openSqliteQueue } from "jobkit-sqlite";
import { describe, expect, test } from "vitest";
import { drafts } from "./drafts.ts";
import { job, schedulerOver } from "./faults-kit.ts";
import { NO_STRACE, runUnderFaults } from "./faults-strace.ts";
import { tempFolder } from "./temp-folder.ts";

const DESCRIPTORS = 64;
const NOBODY = 65_534;

/** Run a program of `child/` to its end. @returns what it printed. */
function run(name: string, args: readonly string[], options: { shell?: string; uid?: number } = {}): string {
  const { shell, ...rest } = options;
  const script = fileURLToPath(new URL(`child/${name}.ts`, import.meta.url));
  const node = [process.execPath, "--conditions=@jobkit/source", script, ...args];
  const [program = "", ...words] =
    shell === undefined ? node : ["bash", "-c", `${shell}; exec "$@"`, "-", ...node];
  const ran = spawnSync(program, words, { encoding: "utf8", ...rest });
  if (ran.status !== 0) throw new Error(`${name} ended with ${ran.status}: ${ran.stderr}`);
  return ran.stdout;
}

test("without a file descriptor a queue is not opened, one that is open works on, and it is opened when there is one", async () => {
  await using folder = await tempFolder();

  const printed = run("no-descriptors", [folder.file("first.db"), folder.file("second.db")], {
    shell: `ulimit -n ${DESCRIPTORS}`,
  });

  const { opening, ...rest } = JSON.parse(printed) as { readonly opening: readonly string[] };
  const enough = opening.indexOf("opened");
  expect(enough).toBeGreaterThan(0);
  expect(opening).toEqual(opening.map((_, spare) => (spare < enough ? "QUEUE_IO" : "opened")));
  expect(rest).toEqual({ lost: 0, ends: 200, ran: 200, failures: 0 });
});

test("a file or a folder that may not be written to is refused with its code", async () => {
  await using folder = await tempFolder();
  const own = (name: string): string => {
    const path = folder.file(name);
    mkdirSync(path);
    return path;
  };
  const [readonly, others] = [own("readonly"), own("others")];
  const paths = [`${readonly}/queue.db`, `${others}/queue.db`];
  for (const path of paths) await (await openSqliteQueue({ path }))[Symbol.asyncDispose]();
  chmodSync(folder.path, 0o755);
  // Root may write to everything: then another user tries.
  const root = process.getuid?.() === 0;
  if (root) {
    chownSync(paths[0] as string, NOBODY, NOBODY);
    chownSync(readonly, NOBODY, NOBODY);
  }
  chmodSync(paths[0] as string, 0o400);
  chmodSync(others, 0o555);

  const printed = run("opens", [...paths, `${others}/new.db`], root ? { uid: NOBODY } : {});

  chmodSync(others, 0o755);
  expect(JSON.parse(printed)).toEqual(["QUEUE_READONLY", "QUEUE_READONLY", "QUEUE_READONLY"]);
});

test("a disk that turns read-only at work is told, nothing more is acknowledged, and what was is there", async ({
  skip,
}) => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");

  const faults = ["pwrite64:error=EROFS:when=200+"] as const;
  const printed = runUnderFaults("until-refused", [path], faults, folder.file("compiled"));

  if (printed === null) return skip(NO_STRACE);
  const { answered, refused, afterwards } = JSON.parse(printed) as Record<string, readonly string[]>;
  await using queue = await openSqliteQueue({ path });
  expect([refused, afterwards]).toEqual(["QUEUE_IO", "QUEUE_IO"]);
  expect(answered?.length).toBeGreaterThan(0);
  expect(await queue.get((answered ?? []).map(taskId))).toHaveLength(answered?.length ?? 0);
});

const gone: Readonly<Record<string, (path: string) => void>> = {
  "was deleted": (path) => rmSync(path),
  "was renamed": (path) => renameSync(path, `${path}.old`),
  "was replaced": (path) => {
    copyFileSync(path, `${path}.new`);
    renameSync(`${path}.new`, path);
  },
  "lost its log": (path) => rmSync(`${path}-wal`),
  "was deleted with its folder": (path) => rmSync(dirname(path), { recursive: true }),
};

describe.each([false, true])("shared: %s", (shared) => {
  test.each(Object.entries(gone))(
    "a queue whose file %s while it runs acknowledges nothing more, and says why",
    async (_, away) => {
      await using folder = await tempFolder();
      mkdirSync(folder.file("own"));
      const path = folder.file("own/queue.db");
      const clock = new FakeClock();
      await using queue = await openSqliteQueue({ path, clock, shared });
      await queue.addGraph(drafts(1, {}, 1));
      away(path);
      await clock.advance(1_000);

      const refused = await queue.addGraph(drafts(1, {}, 2)).catch((error: unknown) => error);

      expect(refused).toMatchObject({
        code: "QUEUE_IO",
        message: expect.stringMatching(/queue\.db\S*, which was deleted or replaced/),
      });
      await expect(queue.counts()).rejects.toMatchObject({ code: "QUEUE_IO" });
    },
  );
});

test("a scheduler whose queue is gone says so once per pause, and does not spin", async () => {
  await using folder = await tempFolder();
  const path = folder.file("queue.db");
  const clock = new FakeClock();
  await using queue = await openSqliteQueue({ path, clock });
  const { bus, scheduler } = schedulerOver(queue, { jobs: [job("work", async () => {})], storeRetryMs: 50 });
  await using _open = scheduler;
  await scheduler.start();
  const told: number[] = [];
  const enough = Promise.withResolvers<void>();
  bus.listen({ name: "failures" }, ({ ev }) => {
    if (ev === "scheduler.failed" && told.push(performance.now()) === 6) enough.resolve();
  });
  rmSync(path);
  await clock.advance(1_000);

  const refused = await scheduler.submit([{ job: "work", input: null }]).catch((error: unknown) => error);
  await enough.promise;

  const paceMs = ((told.at(-1) ?? 0) - (told[0] ?? 0)) / 5;
  expect(refused).toMatchObject({ code: "QUEUE_IO" });
  // Never faster than the pause, whatever the machine does: a timer may be a little early.
  expect(paceMs).toBeGreaterThan(45);
});
