/** Every rule that is true of any daemon. An app's own stand beside them: see `defineHealthRules`. */
import { attemptSilent } from "./rules/attempt-silent.ts";
import { attemptSlow } from "./rules/attempt-slow.ts";
import { attemptsAbandoned } from "./rules/attempts-abandoned.ts";
import { backlogGrowing } from "./rules/backlog-growing.ts";
import { clockJumped } from "./rules/clock-jumped.ts";
import { deadlinesMissed } from "./rules/deadlines-missed.ts";
import { failuresPiled } from "./rules/failures-piled.ts";
import { jobUnready } from "./rules/job-unready.ts";
import { jobUnwell } from "./rules/job-unwell.ts";
import { laneStarving } from "./rules/lane-starving.ts";
import { loopBlocked } from "./rules/loop-blocked.ts";
import { pauseForgotten } from "./rules/pause-forgotten.ts";
import { poolSmall } from "./rules/pool-small.ts";
import { poolStarving } from "./rules/pool-starving.ts";
import { poolStuck } from "./rules/pool-stuck.ts";
import { queueOld } from "./rules/queue-old.ts";
import { readerBehind } from "./rules/reader-behind.ts";
import { readerLosing } from "./rules/reader-losing.ts";
import { retriesMany } from "./rules/retries-many.ts";
import { scheduleMissed } from "./rules/schedule-missed.ts";
import { scheduleOverdue } from "./rules/schedule-overdue.ts";
import { schedulerStalled } from "./rules/scheduler-stalled.ts";
import { storeFailing } from "./rules/store-failing.ts";
import { storeSlow } from "./rules/store-slow.ts";
import { successLow } from "./rules/success-low.ts";
import { taskPoisonous } from "./rules/task-poisonous.ts";
import { timeoutsMany } from "./rules/timeouts-many.ts";
import { defineHealthRules } from "./rule.ts";

/** In the order of the page: attempts, waiting, outcomes, schedules, and what all of them stand on. */
export const healthRules = defineHealthRules([
  attemptSilent,
  attemptSlow,
  attemptsAbandoned,
  loopBlocked,
  queueOld,
  backlogGrowing,
  poolStarving,
  poolStuck,
  poolSmall,
  laneStarving,
  pauseForgotten,
  schedulerStalled,
  retriesMany,
  successLow,
  timeoutsMany,
  deadlinesMissed,
  failuresPiled,
  taskPoisonous,
  scheduleOverdue,
  scheduleMissed,
  clockJumped,
  readerBehind,
  readerLosing,
  storeFailing,
  storeSlow,
  jobUnready,
  jobUnwell,
]);
