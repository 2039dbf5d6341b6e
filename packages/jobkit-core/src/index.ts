/**
 * The front door of jobkit-core: everything a program may use, grouped by who reads it.
 * What a test needs (fakes, recorder, simulator, conformance suites) stands in `jobkit-core/testing`.
 */

// For everybody: ids, time, chance, JSON, the last case of a switch.
export { newRunId, newSpanId, newTaskId, newTaskIds, runId, taskId } from "./base/ids.ts";
export type { Brand, RunId, SpanId, TaskId } from "./base/ids.ts";
export type { Clock } from "./base/clock.ts";
export type { Random } from "./base/random.ts";
export { SeededRandom } from "./base/seeded-random.ts";
export type { Json } from "./base/json.ts";
export { assertNever } from "./base/never.ts";

// For whoever raises or reads errors.
export { CodedError, defineErrors, describeError } from "./base/errors.ts";
export type { CodedErrorOptions, ErrorMaker, ErrorRow, ErrorTable } from "./base/errors.ts";
export { jobkitError } from "./base/error-table.ts";

// For whoever writes jobs and submits tasks.
export { defineJob } from "./job/job.ts";
export { MAIN_LANE } from "./job/job.ts";
export type { Job, JobAnswer, JobContext, JobDefinition, KeyMaker, RateLimit } from "./job/job.ts";
export type { CheckAnswer, JobCheck, JobChecks } from "./job/checks.ts";
export { Fork, fork } from "./job/fork.ts";
export { fatal } from "./run/fatal.ts";
export { defaultRetry, noRetry, retryDelayMs } from "./job/retry.ts";
export type { RetryPolicy } from "./job/retry.ts";
export type { NewTask, OnParentFailure, Task, TaskLimits } from "./task/task.ts";
export { isLast, mayFollow, taskStates } from "./task/state.ts";
export type { TaskFailure, TaskState, TaskStateKind } from "./task/state.ts";

// For whoever runs tasks.
export { Scheduler } from "./schedule/scheduler.ts";
export type { SchedulerOptions } from "./schedule/options.ts";
export type { Held, RunningAttempt, SchedulerSnapshot } from "./schedule/snapshot.ts";
export type { LaneState } from "./schedule/lanes.ts";
export type { Rest } from "./schedule/loop.ts";
export type { DrainTally } from "./schedule/settling.ts";
export { mayStartEarly } from "./queue/early-start.ts";
export { describeHeld, fillRoom } from "./queue/room.ts";
export type { Head, HeadSource, HeldReason, Room, RoomJob, RoomPool } from "./queue/room.ts";
export { Attempt } from "./run/runner.ts";
export type { Family, Progress, RunnerOptions, Work } from "./run/runner.ts";
export type { AttemptEnd, StopCause } from "./run/attempt-end.ts";
export { Alarms } from "./run/alarms.ts";
export type { Alarm } from "./run/alarms.ts";
export { Deadline } from "./run/deadline.ts";
export type { DeadlineOptions } from "./run/deadline.ts";
export { JobRegistry } from "./job/registry.ts";
export { checkedSubmission } from "./job/submission.ts";

// For whoever shares out a counted resource.
export { Pool } from "./pool/pool.ts";
export { Pools } from "./pool/pools.ts";
export type { PoolState } from "./pool/pools.ts";
export type { Lease } from "./pool/lease.ts";

// For whoever reads the event stream.
export { EventBus } from "./events/bus.ts";
export type { Counter, EventBusOptions, EventListener, ListenOptions, RowFilter } from "./events/bus.ts";
export type { AmountHandle, CountHandle, Described, Emitter, TableEmitter } from "./events/emitter.ts";
export { subscribe } from "./events/subscription.ts";
export { SUBSCRIPTION_QUEUE_DEFAULT, SUBSCRIPTION_QUEUE_MAX } from "./events/subscription-options.ts";
export type { SubscribeOptions, Subscription } from "./events/subscription-options.ts";
export type { Coalesce } from "./events/coalesce.ts";
export type { EventHistory } from "./events/history.ts";
export { compileFilter, eventFilter } from "./events/filter.ts";
export type { EventFilter, EventFilterOptions } from "./events/filter.ts";
export { parseFilter } from "./events/filter-parse.ts";
export { allOf, anyOf, everything, filterFields, filterOperators, printFilter } from "./events/filter-ast.ts";
export type { FilterField, FilterNode, FilterOperator, FilterTerm } from "./events/filter-ast.ts";
export { describeEvent } from "./events/describe.ts";
export { eventFromJson, eventFromValue, eventToJson } from "./events/json.ts";
export { eventProblems } from "./events/check.ts";
export { OTHER_JOBS } from "./events/series.ts";
export type { EventSeries, LabelledCount } from "./events/series.ts";
export { Histogram, HISTOGRAM_ERROR_MAX } from "./observe/histogram.ts";
export type { HistogramBucket, HistogramExport } from "./observe/histogram.ts";
export { Moments } from "./observe/moments.ts";
export type { Spread } from "./observe/moments.ts";
export { oneLine } from "./base/one-line.ts";
export { isGap } from "./events/event.ts";
export type { EventOf, EventScope, JobEvent } from "./events/event.ts";

// For whoever declares events and settings of an application.
export { defineEvents, field, FIRST_APP_EVENT_ID, severities } from "./events/define.ts";
export type {
  AmountName,
  CountName,
  EventRow,
  EventTable,
  EventUnit,
  Field,
  FieldKind,
  FieldsOf,
  LiveName,
  Severity,
} from "./events/define.ts";
export { jobkitEvents } from "./events/table.ts";
export type { JobkitEvents } from "./events/table.ts";
export { defineSettings, settingVariable } from "./base/settings.ts";
export type {
  SettingKind,
  SettingRow,
  SettingTable,
  SettingTypes,
  SettingValues,
} from "./base/setting-row.ts";

// For whoever reads configuration, and for whoever explains it.
export { environmentLayer, explainSetting, resolveSettings, treeLayer } from "./base/settings-resolve.ts";
export type {
  ResolvedSettings,
  SettingExplanation,
  SettingLayer,
  SettingProblem,
} from "./base/settings-resolve.ts";
export { DEFAULT_SOURCE } from "./base/settings-resolve.ts";
export { formatSetting, readSetting, settingUnit } from "./base/setting-value.ts";
export type { SettingReading, SettingValue } from "./base/setting-value.ts";
export { settingsJsonSchema } from "./base/settings-schema.ts";
export type { SettingsSchemaOptions } from "./base/settings-schema.ts";
export { nearestName, suggestion } from "./base/suggest.ts";
export {
  formatBytes,
  formatDuration,
  parseBytes,
  parseDuration,
  sayBytes,
  sayDuration,
} from "./base/units.ts";

// For whoever submits tasks or runs them without a disk.
export { draftTask, draftTasks } from "./task/draft.ts";
export type { DraftOptions } from "./task/draft.ts";
export { RamQueue } from "./queue/ram-queue.ts";

// For whoever writes a queue store.
export { refuseForkCircle } from "./queue/fork-circle.ts";
export type { ForkingTask, Ties } from "./queue/fork-circle.ts";
export { parentFailure, planGraph } from "./queue/graph-plan.ts";
export type { Beginning, GraphPlan, PlannedTask, StoredTasks } from "./queue/graph-plan.ts";
export { pageCursor, pageLimit } from "./queue/page.ts";
export { WakeListeners } from "./queue/wake.ts";
export { findCircle, startingOrder, waitingCounts } from "./task/graph.ts";
export type { GraphNode } from "./task/graph.ts";
export type {
  Added,
  Cancelled,
  CancelRequest,
  EndedTask,
  ListRequest,
  Marks,
  Outcome,
  PruneRequest,
  QueueStore,
  RecoverRequest,
  Settled,
  Settlement,
  TaskCount,
  TaskDraft,
  TaskPage,
  Turn,
  TurnRequest,
} from "./queue/queue-store.ts";

// For whoever generates documentation from the tables.
export { errorsMarkdown } from "./docs/errors-markdown.ts";
export type { ErrorsChapter } from "./docs/errors-markdown.ts";
export { eventAttrsSchema, eventsJsonSchema } from "./docs/events-json-schema.ts";
export { eventsMarkdown } from "./docs/events-markdown.ts";
export type { EventsChapter } from "./docs/events-markdown.ts";
export { eventsCapnpEnum, wireEvents } from "./docs/events-wire-enum.ts";
export type { WireEvent } from "./docs/events-wire-enum.ts";
export { settingsMarkdown } from "./docs/settings-markdown.ts";
export type { SettingsChapter } from "./docs/settings-markdown.ts";

// For whoever has work that is due again and again.
export { compileWhen, DEFAULT_ZONE } from "./timetable/compile-when.ts";
export { decide, startAfter } from "./timetable/decide.ts";
export type { Decision, DueTask, Overlap, ScheduleMoment, Standing } from "./timetable/decide.ts";
export { dueTimes } from "./timetable/dues.ts";
export type { DueRange, Dues } from "./timetable/dues.ts";
export type { TimetableHost, TimetableStore } from "./timetable/host.ts";
export { parseWhen } from "./timetable/parse-when.ts";
export { checkedSchedule } from "./timetable/schedule.ts";
export type {
  MissedPolicy,
  OverlapPolicy,
  PlannedSchedule,
  Schedule,
  ScheduledTask,
} from "./timetable/schedule.ts";
export type { ScheduleState } from "./timetable/schedule-state.ts";
export { Timetable } from "./timetable/timetable.ts";
export type { TimetableOptions } from "./timetable/timetable.ts";
export { formatWhen } from "./timetable/when.ts";
export type { When } from "./timetable/when.ts";

// For whoever watches over what runs: health rules, alerts, checks of jobs.
export { HealthMonitor } from "./health/monitor.ts";
export type { HealthMonitorOptions } from "./health/monitor.ts";
export { CheckRunner, HELD_BY_CHECK } from "./health/check-runner.ts";
export type { CheckRunnerOptions, JobHolder } from "./health/check-runner.ts";
export { SchedulerFacts } from "./health/scheduler-facts.ts";
export type { SchedulerFactsOptions } from "./health/scheduler-facts.ts";
export { TroubleTally } from "./health/trouble-tally.ts";
export { healthRules } from "./health/built-in.ts";
export { defineHealthRules, healthRule } from "./health/rule.ts";
export type { Finding, HealthLevel, HealthRule } from "./health/rule.ts";
export { aboveBound, belowBound, largestFirst, sayShare } from "./health/bounds.ts";
export type { Measured } from "./health/bounds.ts";
export { healthSettings, settingsOfRules } from "./health/settings.ts";
export type { HealthSettings, SettingsNow, SettingsOfRules } from "./health/settings.ts";
export { noFacts } from "./health/facts.ts";
export type {
  CheckFact,
  DurationFact,
  HealthFacts,
  HeldFact,
  LostFact,
  ReaderFact,
  RunningFact,
  ScheduleFact,
  StoreFact,
  TotalsFact,
} from "./health/facts.ts";
export type { HealthMoment, Recent } from "./health/moment.ts";
export type { AlertReport, HealthReport } from "./health/report.ts";
export { emptyAlertBook, stepAlerts } from "./health/alert-book.ts";
export type { AlertBook, RuleVerdict, StepOptions } from "./health/alert-book.ts";
export type { Alert, AlertChange, AlertState } from "./health/alert.ts";
export { OTHER_TARGETS } from "./health/admit.ts";
export { rulesMarkdown } from "./docs/rules-markdown.ts";
export type { RulesChapter } from "./docs/rules-markdown.ts";

// For whoever measures: status, health, dashboards.
export { Metrics, METRICS_RECENT_MS } from "./metrics/metrics.ts";
export type { MetricsOptions } from "./metrics/metrics.ts";
export type { Distribution } from "./metrics/distribution.ts";
export type {
  JobMetrics,
  MetricsGiven,
  MetricsSnapshot,
  PlacesGauge,
  PlacesMetrics,
  PoolMetrics,
  QueueGauge,
  QueueMetrics,
  RecentEnds,
} from "./metrics/snapshot.ts";
export { gaugesOf } from "./metrics/gauge.ts";
export type { Gauge } from "./metrics/gauge.ts";
export { PROMETHEUS_TYPE, prometheusText } from "./metrics/prometheus.ts";
export type { PrometheusOptions } from "./metrics/prometheus.ts";

// For whoever declares pipelines, in code or in a file.
export { definePipeline, pipelineError, readPipeline, readPipelines } from "./pipeline/read.ts";
export type { PipelineSource, PipelinesReading } from "./pipeline/read.ts";
export type { KnownNames } from "./pipeline/read-phase.ts";
export type { PipelineProblem } from "./pipeline/place.ts";
export { pipelineJsonSchema } from "./pipeline/keys.ts";
export { parentsRules } from "./pipeline/pipeline.ts";
export type {
  MapSpec,
  ParentsRule,
  Phase,
  PhaseMap,
  PhaseSpec,
  PhaseWhen,
  PhaseWhenSpec,
  Pipeline,
  PipelineSpec,
  RetrySpec,
  WrittenMs,
} from "./pipeline/pipeline.ts";
export type {
  PhaseContext,
  PhaseFunctions,
  PhaseList,
  PhasePredicate,
  PredicateAnswer,
} from "./pipeline/decide.ts";
export type { PhaseOutcome, PhaseResult } from "./pipeline/outcome.ts";

// For whoever runs pipelines, looks at their runs, or draws them.
export { pipelineJobs } from "./pipeline/pipeline-jobs.ts";
export type { PipelineJobsOptions } from "./pipeline/pipeline-jobs.ts";
export { Pipelines } from "./pipeline/pipelines.ts";
export type {
  AskedRun,
  ExpectedPlan,
  PipelineHost,
  PipelinesOptions,
  RunRequest,
} from "./pipeline/pipelines.ts";
export type { RunSummary } from "./pipeline/runs.ts";
export type { RememberedRun } from "./pipeline/run-marks.ts";
export { pipelineOf, runStatus } from "./pipeline/status.ts";
export type { PhaseState, PhaseStatus, RunStatus } from "./pipeline/status.ts";
export { planPipeline } from "./pipeline/plan.ts";
export type { PhasePlan, PipelinePlan, PlannedPhase, PlanOptions } from "./pipeline/plan.ts";
export { describePlan } from "./pipeline/describe-plan.ts";
export { planResume } from "./pipeline/resume.ts";
export { estimatePipeline } from "./pipeline/estimate.ts";
export type { EstimateOptions, PhaseEstimate, PipelineEstimate } from "./pipeline/estimate.ts";
export { historyMark, historyOf, noHistory } from "./pipeline/history.ts";
export type { Durations, PipelineHistory } from "./pipeline/history.ts";
export { layersOf } from "./pipeline/layers.ts";
export { drawLayers } from "./pipeline/draw-layers.ts";
export type { DrawOptions } from "./pipeline/draw-layers.ts";
export { drawMermaid } from "./pipeline/draw-mermaid.ts";
export { sayPhase } from "./pipeline/letters.ts";
