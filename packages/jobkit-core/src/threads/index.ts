/**
 * The side door of jobkit-core for work that needs a processor to itself: jobs whose function runs in worker
 * threads. Both sides come in here: `threadFunction` in the thread, `openThreads` beside the scheduler.
 */
export { threadFunction } from "./thread-function.ts";
export type { ThreadContext, ThreadFunction } from "./thread-function.ts";
export { openThreads, Threads } from "./threads.ts";
export type { InputOf, ThreadJobDefinition, ThreadName, ThreadsOptions } from "./threads.ts";
