// Writes batches of 200 linked nodes for ever and tells the number of each when it is committed. Killed by its parent.
import { openMemoryStore } from "../src/store/open.ts";
import type { Change } from "../src/store/memory-store.ts";

const NODES = 200;
const store = openMemoryStore({ path: process.argv[2] ?? "", mode: "write" });
for (let batch = 1; ; batch += 1) {
  const keys = Array.from({ length: NODES }, (_, number) => `batch-${batch}/node-${number}`);
  const puts = keys.map((key): Change => ({
    kind: "put",
    key,
    type: "semantic",
    content: `content of ${key}`,
    category: "test",
    createdAtMs: batch,
  }));
  const links = keys.slice(1).map((key, at): Change => ({
    kind: "link",
    from: keys[at] ?? key,
    to: key,
    type: "next",
    strength: 0.8,
  }));
  const alongside = (): void => store.progress.setCursor("batch", String(batch));
  const { revision } = store.apply({ author: "child", atMs: batch, changes: [...puts, ...links], alongside });
  process.stdout.write(`${revision}\n`);
}
