import { defineErrors } from "./errors.ts";

/** Every error that jobkit-core raises. Append rows; never rename or reuse a code. */
export const jobkitError = defineErrors({
  JOB_UNKNOWN: {
    retry: false,
    doc: "No job of that name is registered.",
    next: "Check the spelling, or register the job before submitting to it.",
  },
  INPUT_INVALID: {
    retry: false,
    doc: "The input does not fit the job's schema.",
    next: "Correct the field the message names.",
  },
  POOL_UNKNOWN: {
    retry: false,
    doc: "A job needs a pool that was not declared.",
    next: "Declare the pool with a size, or take it out of the job's needs.",
  },
  POOL_TOO_SMALL: {
    retry: false,
    doc: "A job needs more slots than its pool will ever have, so it could never run.",
    next: "Make the pool larger or the need smaller.",
  },
  POOL_CLOSED: {
    retry: true,
    doc: "The pool was closed while somebody waited for a slot.",
    next: "Nothing to do: the work is planned again at the next start.",
  },
  GRAPH_CYCLE: {
    retry: false,
    doc: "Tasks wait for each other in a circle, so none of them could ever start.",
    next: "Break the circle that the message names.",
  },
  GRAPH_UNKNOWN_PARENT: {
    retry: false,
    doc: "A task depends on a task that is neither in the batch nor in the store.",
    next: "Submit the parent first, or in the same batch.",
  },
  TASK_UNKNOWN: {
    retry: false,
    doc: "No task has that id.",
    next: "List the tasks to see their ids; finished ones are removed after a while.",
  },
  TASK_TIMEOUT: {
    retry: true,
    doc: "An attempt ran longer than its job's timeout and was stopped.",
    next: "Raise the job's timeout if the work really takes that long.",
  },
  TASK_ABANDONED: {
    retry: true,
    doc: "An attempt was told to stop and did not within the grace period, so its slot was taken back.",
    next: "Make the job obey its AbortSignal.",
  },
  TASK_FATAL: {
    retry: false,
    doc: "The job said that trying again cannot help.",
    next: "Read the message; retry by hand once the cause is mended.",
  },
  WORKER_LOST: {
    retry: true,
    doc: "The process that ran the attempt died before it reported a result.",
    next: "Look at what the job does at that input: it may be what kills the process.",
  },
  PARENT_FAILED: {
    retry: false,
    doc: "A task was to fail when a task it waits for does not end well, and one did not.",
    next: "Mend and retry that parent, then retry this task.",
  },
  TRANSITION_INVALID: {
    retry: false,
    doc: "A task was moved between two states that do not follow each other.",
    next: "This is a bug in a queue store: run its conformance suite.",
  },
  STORE_CLOSED: {
    retry: true,
    doc: "The queue was used after it was closed.",
    next: "Open it again.",
  },
  FILTER_INVALID: {
    retry: false,
    doc: "An event filter could not be read.",
    next: "Write terms such as job=NAME, ev=task.*, sev>=warn, attr.NAME=VALUE.",
  },
  EVENT_INVALID: {
    retry: false,
    doc: "A line that should hold an event does not.",
    next: "Skip the line; if it comes from an event log, look for damage to the disk.",
  },
  SETTING_UNKNOWN: {
    retry: false,
    doc: "A configuration key does not exist.",
    next: "Use the key the message suggests, or list all keys.",
  },
  SETTING_INVALID: {
    retry: false,
    doc: "A configuration value does not fit its row.",
    next: "Give a value of the kind and range the message names.",
  },
  RESULT_INVALID: {
    retry: false,
    doc: "A job returned something that JSON cannot hold, so it could not be stored.",
    next: "Return plain objects, arrays, strings, finite numbers, booleans and null, or nothing.",
  },
  TASK_CANCELLED: {
    retry: false,
    doc: "Somebody cancelled the task while it ran; this is the reason its AbortSignal carries.",
    next: "Nothing to do: stop as soon as possible.",
  },
  TASK_INTERRUPTED: {
    retry: true,
    doc: "The attempt was stopped because the scheduler drains; this is the reason its AbortSignal carries.",
    next: "Nothing to do: the attempt does not count and the task runs again later.",
  },
  LEASE_LOST: {
    retry: true,
    doc: "The store gave a running task to another owner, because its lease was not renewed in time.",
    next: "Make the lease longer, or find what kept this process from renewing it.",
  },
  TASK_EXPIRED: {
    retry: false,
    doc: "The task had not ended by its deadline.",
    next: "Give it a later deadline, or find what it waited for.",
  },
  LANE_UNKNOWN: {
    retry: false,
    doc: "A job runs in a group of lanes that was not declared.",
    next: "Declare the group with a number of lanes, or take it out of the job.",
  },
  PIPELINE_INVALID: {
    retry: false,
    doc: "A pipeline does not say something that can be run.",
    next: "Correct the key that the message names.",
  },
  PIPELINE_UNKNOWN: {
    retry: false,
    doc: "No pipeline of that name is declared.",
    next: "Check the spelling, or list the pipelines.",
  },
  RUN_UNKNOWN: {
    retry: false,
    doc: "No run of a pipeline has that id.",
    next: "List the runs of the pipeline; the tasks of old ones are removed after a while.",
  },
  PHASE_FAILED: {
    retry: false,
    doc: "A task of a phase did not end well.",
    next: "Look at the task that the message names, then resume the run.",
  },
  SCHEDULE_INVALID: {
    retry: false,
    doc: "A schedule does not say when.",
    next: "Write every 5m, daily at 03:00, or a cron expression, as the message shows.",
  },
  SCHEDULE_UNKNOWN: {
    retry: false,
    doc: "No schedule of that name is declared.",
    next: "Check the spelling, or list the schedules.",
  },
  LIBRARY_MISSING: {
    retry: false,
    doc: "A library that is loaded only when it is needed is not installed.",
    next: "Install the library that the message names.",
  },
  CHECK_FAILED: {
    retry: true,
    doc: "A check of a job threw, or did not answer in time.",
    next: "Look at what the check asks.",
  },
  THREAD_FAILED: {
    retry: true,
    doc: "The worker thread of an attempt ended before it answered.",
    next: "Look at what the job does at that input: it may use up the thread's memory or end it.",
  },
  SCHEDULER_CLOSED: {
    retry: true,
    doc: "The scheduler was used after it was closed.",
    next: "Use a scheduler that is open; what was accepted before is in the store.",
  },
});
