/** Ten seeds of a whole kit under faults: which promises were broken, and how much happened. */
import { RamQueue } from "jobkit-core";
import { simulate } from "jobkit-core/testing";

const complaints: string[] = [];
let finished = 0;
let deaths = 0;
for (let seed = 1; seed <= 10; seed += 1) {
  const report = await simulate({ seed, deathShare: 0.02, failShare: 0.1, open: () => new RamQueue() });
  complaints.push(...report.complaints.map((complaint) => `seed ${seed}: ${complaint}`));
  finished += report.finished;
  deaths += report.deaths;
}
console.log(complaints, finished > 100, deaths > 10);

// Prints:
// [] true true
