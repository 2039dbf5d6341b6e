/** What is open while a daemon lives. Types only; see open-shell.ts. */
import type {
  CheckRunner,
  Clock,
  Emitter,
  EventBus,
  HealthMonitor,
  Metrics,
  QueueStore,
  Random,
  Scheduler,
  SettingTable,
} from "jobkit-core";
import type { App, AppParts } from "./app.ts";
import type { EventLog } from "./event-log/event-log.ts";
import type { DaemonEvents } from "./events.ts";
import type { Instance } from "./instance/instance.ts";
import type { LiveSettings } from "./live-settings.ts";
import type { ReconcileLoop } from "./reconcile/reconcile-loop.ts";
import type { LiveRoutine } from "./routine/live-routine.ts";
import type { HeldBy } from "./run-options.ts";
import type { WholeSettings } from "./settings-in-force.ts";
import type { Tally } from "./tally.ts";
import type { Vitals } from "./vitals.ts";

/** What is open while a daemon lives. Dispose it once, after the drain. */
export interface Shell extends AsyncDisposable {
  readonly app: App<SettingTable>;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: LiveSettings<WholeSettings>;
  readonly instance: Instance;
  readonly log: EventLog;
  readonly bus: EventBus;
  readonly events: Emitter<DaemonEvents>;
  readonly tally: Tally;
  readonly queue: QueueStore;
  readonly parts: AppParts;
  readonly scheduler: Scheduler;
  /** Its pipelines and schedules. */
  readonly routine: LiveRoutine;
  readonly monitor: HealthMonitor;
  readonly checks: CheckRunner;
  readonly metrics: Metrics;
  readonly loops: readonly ReconcileLoop[];
  /** Abort it to stop; the reason says why. */
  readonly stopping: AbortController;
  /** Monotonic ms at which opening began. */
  readonly startedMs: number;
  readonly vitals: Vitals;
}

/** The folder was free and everything is open, or somebody else holds it. */
export type Opened =
  | { readonly kind: "open"; readonly shell: Shell }
  | { readonly kind: "held"; readonly heldBy: HeldBy | null };

/** What is known once the lock is held. */
export interface Ground extends Pick<
  Shell,
  "app" | "dataDir" | "clock" | "random" | "settings" | "instance" | "startedMs"
> {
  readonly once: boolean;
}
