import { tmpdir } from "node:os";
import { join } from "node:path";

/** Environment of programs under test: sources are stripped of types once for all processes, half of their start. */
export const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), "jobkit-daemon-compile-cache") } as const;
