import { memoryStoreConformance } from "./store-conformance.ts";
import { openMemoryStore } from "../src/store/open.ts";

memoryStoreConformance("a store in memory", () => openMemoryStore({ path: ":memory:", mode: "write" }), 200);
