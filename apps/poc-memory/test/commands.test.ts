import { appendFileSync, copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { json, run, said, scratch, start } from "./support/program.ts";

const examples = fileURLToPath(new URL("../examples/sessions", import.meta.url));
const place = scratch();
const inData = ["--data", place.data];

beforeAll(async () => {
  const { code, stderr } = await run(place, "up", "--once", ...inData);
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => place[Symbol.dispose]());

test("without transcripts of one's own the examples are mined, and the run says so", async () => {
  using fresh = scratch();

  const { stdout, code } = await run(fresh, "up", "--once", "--data", fresh.data);

  expect(code).toBe(0);
  expect(stdout).toMatch(/the example sessions, since no transcripts of your own were found/);
  expect(stdout).toMatch(/3 transcripts, 4 segments/);
});

test("a person's own sessions are found under their home, and win over the examples", async () => {
  using fresh = scratch();
  const project = join(fresh.path, ".claude", "projects", "-home-robin-tide-clock");
  mkdirSync(project, { recursive: true });
  const from = join(examples, "-home-robin-tide-clock");
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(project, name));

  const { stdout } = await run(fresh, "up", "--once", "--data", fresh.data);

  expect(stdout).toMatch(/your own transcripts: .*\.claude\/projects/);
  expect(stdout).toMatch(/2 transcripts/);
});

test("a second run mines nothing and writes no revision", async () => {
  const before = (await json(place, "status")) as Status;
  await run(place, "up", "--once", ...inData);
  const after = (await json(place, "status")) as Status;

  expect(after.memory).toEqual(before.memory);
  expect(after.queue.done).toBe(before.queue.done);
});

interface Status {
  readonly daemon: { readonly running: boolean };
  readonly queue: Readonly<Record<string, number>>;
  readonly memory: {
    readonly nodes: number;
    readonly revision: number;
    readonly byType: Record<string, number>;
  };
  readonly transcripts: Readonly<Record<string, unknown>>;
  readonly health: { readonly ok: boolean };
}

test("status tells daemon, queue, memory, transcripts and health", async () => {
  const status = (await json(place, "status")) as Status;

  expect(status.daemon.running).toBe(false);
  expect(status.queue).toMatchObject({ pending: 0, running: 0, retrying: 0, failed: 0, cancelled: 0 });
  expect(status.memory.byType).toMatchObject({ session: 4, day: 0, week: 0, month: 0 });
  expect(status.transcripts).toMatchObject({ known: 3, mined: 3, pending: 0, chosen: "examples" });
  expect(status.health.ok).toBe(true);
});

interface Results {
  readonly query: string;
  readonly tookMs: number;
  readonly results: readonly {
    readonly key: string;
    readonly score: number;
    readonly type: string;
    readonly createdAt: string;
    readonly snippet: string;
    readonly source: { readonly transcript: string; readonly line: number; readonly uuid: string } | null;
    readonly why?: readonly unknown[];
  }[];
}

test("search finds the rule about time zones, with where it was said and why it came up", async () => {
  const { query, results } = (await json(place, "search", "local", "time", "zone", "--explain")) as Results;

  expect(query).toBe("local time zone");
  const rule = results.find(({ key }) => key.startsWith("preference/"));
  expect(rule?.snippet).toMatch(/never use the local time zone/);
  expect(rule?.source).toMatchObject({ transcript: expect.stringMatching(/tide-clock.*\.jsonl$/), line: 10 });
  expect(new Date(rule?.createdAt ?? "").getUTCFullYear()).toBe(2026);
  expect(rule?.why).not.toHaveLength(0);
  expect(results.every(({ score }) => score > 0)).toBe(true);
});

test("search obeys its limit, and answers a batch line by line with the ids it was given", async () => {
  const { results } = (await json(place, "search", "tide", "--limit", "2")) as Results;
  const file = join(place.path, "queries.jsonl");
  writeFileSync(file, '{"id": "a", "query": "time zone"}\n\n{"id": 7, "query": "zzz nothing"}\n');
  const { stdout } = await run(place, "search", "--batch", file, ...inData);

  expect(results).toHaveLength(2);
  const answers = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { id: unknown; results: unknown[] });
  expect(answers.map(({ id }) => id)).toEqual(["a", 7]);
  expect(answers[0]?.results.length).toBeGreaterThan(0);
  expect(answers[1]?.results).toEqual([]);
});

test("a batch with a line that is no query names the line and searches nothing", async () => {
  const file = join(place.path, "broken.jsonl");
  writeFileSync(file, '{"id": "a", "query": "tide"}\n{"id": "b"}\n');

  const { code, stdout, stderr } = await run(place, "search", "--batch", file, ...inData);

  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/line 2/);
});

test("hostile queries find nothing or something, and never fail", async () => {
  const answers = await Promise.all(
    ['"', "a OR NOT (", "*", "\u202e\u0007", "NEAR(x, 5)", "x".repeat(5000)].map((query) =>
      run(place, "search", ...inData, "--", query),
    ),
  );

  expect(answers.map(({ code }) => code)).toEqual(answers.map(() => 0));
});

test("render shows a memory with its links and sources, and a part of its key is enough", async () => {
  const { results } = (await json(place, "search", "local", "time", "zone")) as Results;
  const key = results.find((one) => one.key.startsWith("preference/"))?.key ?? "";

  const whole = (await json(place, "render", key)) as {
    key: string;
    content: string;
    links: unknown[];
    sources: unknown[];
  };
  const part = await run(place, "render", key.slice(15, 40), ...inData);

  expect(whole).toMatchObject({ key, category: "preference", version: 1 });
  expect(whole.links).not.toHaveLength(0);
  expect(whole.sources).not.toHaveLength(0);
  expect(part.stdout).toContain(key);
});

test("a key that does not exist is an error that says what was probably meant", async () => {
  const { code, stderr } = await run(place, "render", "npm-test-tdes", ...inData);

  expect(code).toBe(1);
  expect(stderr).toMatch(/NODE_UNKNOWN.*\n.*(Did you mean|Search)/);
});

test("a data folder that lies inside a transcript folder is not taken for transcripts", async () => {
  using fresh = scratch();

  const { stdout, code } = await run(
    fresh,
    "up",
    "--once",
    "--data",
    fresh.data,
    "--transcripts",
    fresh.path,
  );

  expect(code).toBe(0);
  expect(stdout).toMatch(/found {2}0 transcripts/);
});

test("history tells every version; a session that grows gives its episode a second one", async () => {
  using growing = scratch();
  const [name = ""] = readdirSync(join(examples, "-home-robin-seed-catalog"));
  const path = join(growing.path, name);
  copyFileSync(join(examples, "-home-robin-seed-catalog", name), path);
  const mine = () => run(growing, "up", "--once", "--data", growing.data, "--transcripts", growing.path);
  await mine();
  appendFileSync(path, laterPrompt());
  await mine();

  const { entries } = (await json(growing, "journal", "tail")) as {
    entries: { key: string; content: string }[];
  };
  const { versions } = (await json(growing, "history", entries[0]?.key ?? "")) as {
    versions: { version: number }[];
  };

  expect(entries).toHaveLength(1);
  expect(entries[0]?.content).toMatch(/index cache in the release notes/);
  expect(versions.map(({ version }) => version)).toEqual([2, 1]);
});

function laterPrompt(): string {
  const record = {
    parentUuid: null,
    isSidechain: false,
    type: "user",
    message: {
      role: "user",
      content: "Also describe the index cache in the release notes of seed-catalog, please.",
    },
    uuid: "11111111-2222-4333-8444-555555555555",
    timestamp: "2026-03-09T11:00:00.000Z",
    sessionId: "0f9a7c1b-3e44-4b7e-b1c7-2f60c3a1dd03",
    cwd: "/home/robin/seed-catalog",
  };
  return `${JSON.stringify(record)}\n`;
}

test("journal tail lists episodes, the newest last", async () => {
  const { entries } = (await json(place, "journal", "tail", "--limit", "3")) as {
    entries: { createdAt: string; source: unknown }[];
  };

  const times = entries.map(({ createdAt }) => createdAt);
  expect(times).toHaveLength(3);
  expect(times).toEqual(times.toSorted());
  expect(entries.every(({ source }) => source !== null)).toBe(true);
});

test("health has every measure of the contract, and its exit code is the verdict", async () => {
  const { code, stdout } = await run(place, "health", "--json", ...inData);
  const health = JSON.parse(stdout) as {
    ok: boolean;
    reasons: unknown[];
    graph: Record<string, unknown>;
    plan: unknown;
  };

  expect(code).toBe(health.ok ? 0 : 4);
  for (const measure of measures) expect(health.graph).toHaveProperty(measure);
  expect(health.plan).toHaveProperty("runs");
  expect(health.plan).toHaveProperty("rationale");
});

const measures =
  "nodes links communities components orphans avgClustering avgPathLength sigma gini alpha episodicRatio maxDegree interference computedAt tookMs".split(
    " ",
  );

test("while a daemon runs, reading commands answer the same, and a second up names it", async () => {
  const before = await json(place, "search", "tide", "--limit", "3");
  const daemon = start(place, ["up", ...inData]);
  await said(daemon, /is up in/);

  const during = (await json(place, "search", "tide", "--limit", "3")) as Results;
  const status = (await json(place, "status")) as Status;
  const second = await run(place, "up", ...inData);
  daemon.kill("SIGTERM");
  const ended = await daemon.ended;

  expect(during.results).toEqual((before as Results).results);
  expect(status.daemon.running).toBe(true);
  expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining(`process ${daemon.pid},`) });
  expect(ended.code).toBe(0);
});

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

test("what is stored is for the owner alone", () => {
  const files = readdirSync(place.data, { recursive: true, withFileTypes: true });

  expect(mode(place.data)).toBe("700");
  for (const entry of files)
    expect([entry.name, mode(join(entry.parentPath, entry.name))]).toEqual([
      entry.name,
      entry.isDirectory() ? "700" : "600",
    ]);
});

test("a mistyped command, a mistyped flag and a missing word are usage errors with a suggestion", async () => {
  const command = await run(place, "serch", "x", ...inData);
  const flag = await run(place, "search", "--limt", "3", "x", ...inData);
  const nothing = await run(place, "search", ...inData);

  expect([command.code, flag.code, nothing.code]).toEqual([2, 2, 2]);
  expect(command.stderr).toMatch(/did you mean `search`/);
  expect(flag.stderr).toMatch(/did you mean --limit/);
  expect(nothing.stderr).toMatch(/poc-memory search WORDS/);
});

test("every command of the application has help with examples", async () => {
  const commands = [
    ["search"],
    ["render"],
    ["history"],
    ["journal", "tail"],
    ["health"],
    ["up"],
    ["status"],
    ["doctor"],
  ];
  const helps = await Promise.all(commands.map((words) => run(place, ...words, "--help")));

  expect(helps.map(({ code }) => code)).toEqual(helps.map(() => 0));
  for (const { stdout } of helps) expect(stdout).toMatch(/EXAMPLES\n {2}poc-memory /);
});
