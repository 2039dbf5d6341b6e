/**
 * Many simulations from the shell, each failing seed printed: `SEEDS=10000 node test/simulate-many.ts`.
 * `FIRST` is the first seed, 1 where it is left out. Ends with 1 where a promise was broken.
 */
import { simulate } from "../src/testing/index.ts";

const first = Number(process.env["FIRST"] ?? 1);
const seeds = Number(process.env["SEEDS"] ?? 1_000);
const sum = { accepted: 0, finished: 0, forks: 0, waits: 0, events: 0, deaths: 0, storeCalls: 0, looks: 0 };
let failed = 0;
const beganMs = performance.now();
for (let seed = first; seed < first + seeds; seed += 1) {
  const report = await simulate({ seed });
  for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += report[name];
  if (report.complaints.length === 0) continue;
  failed += 1;
  console.log(
    `seed ${seed}: ${report.complaints.length} complaints\n  ${report.complaints.slice(0, 4).join("\n  ")}`,
  );
}
const seconds = ((performance.now() - beganMs) / 1_000).toFixed(1);
console.log(`${seeds} seeds from ${first}: ${failed} failed, ${seconds} s, ${JSON.stringify(sum)}`);
process.exitCode = failed === 0 ? 0 : 1;
