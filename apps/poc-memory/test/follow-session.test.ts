import { appendFileSync, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { heard, json, said, scratch, start } from "./support/program.ts";
import { SessionWriter } from "./hostile/records.ts";

const examples = fileURLToPath(new URL("../examples/sessions/-home-robin-seed-catalog", import.meta.url));

test("a running daemon follows a session as it grows, and a reader of the events sees it happen", async () => {
  using place = scratch();
  const sessions = join(place.path, "in");
  mkdirSync(sessions);
  const [name = ""] = readdirSync(examples);
  copyFileSync(join(examples, name), join(sessions, name));
  const quick = ["--set", "transcripts.scanMs=250ms", "--set", "transcripts.quietMs=0"];
  const inData = ["--data", place.data];

  const daemon = start(place, ["up", "--transcripts", sessions, ...quick, ...inData]);
  await said(daemon, /is up in/);
  const reader = start(place, [
    "events",
    "--follow",
    "--since",
    "0",
    "--filter",
    "ev=segment.mined",
    "--json",
    ...inData,
  ]);
  await heard(reader, /"episodes":1/);
  appendFileSync(
    join(sessions, name),
    `${new SessionWriter(9).prompt("Always measure the start of seed-catalog twice.")}\n`,
  );
  await heard(reader, /"episodes":1.*\n.*"episodes":1/);
  reader.kill("SIGINT");
  daemon.kill("SIGTERM");
  await Promise.all([reader.ended, daemon.ended]);

  const { results } = (await json(place, "search", "measure", "start", "twice")) as {
    results: { snippet: string }[];
  };
  expect(
    results.some(({ snippet }) => snippet.includes("Always measure the start of seed-catalog twice")),
  ).toBe(true);
});
