/**
 * What an application hands to the shell, and what it gets back. The shell knows nothing of the work:
 * it opens the application under the instance lock, runs its jobs, looks for missing work, and closes it.
 */
import type {
  Clock,
  Emitter,
  EventTable,
  Job,
  Json,
  NewTask,
  PhaseFunctions,
  Random,
  SettingTable,
  SettingValues,
} from "jobkit-core";
import type { AppRoutine } from "./routine/routine.ts";
import type { DaemonSettings } from "./settings.ts";

/** A settings table without rows, for an application that has none. */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- The empty table is what is meant.
export type NoSettings = Readonly<Record<never, never>>;

/** An application: a name, its tables, and a function that builds everything its jobs need. */
export interface App<S extends SettingTable = NoSettings> {
  /** 1 to 40 of a-z 0-9 -, beginning with a letter. Names folders and, in upper snake case, the variables: POC_THING_… */
  readonly name: string;
  /** Semantic version, told by `--version`, the status and the event log. */
  readonly version: string;
  /** One sentence for people. */
  readonly doc: string;
  /** Its own event rows, ids from FIRST_APP_EVENT_ID on. */
  readonly events?: EventTable;
  /** Its own settings rows. They stand beside the daemon's in one file, so no name may be in both. */
  readonly settings?: S;
  /**
   * What it does by itself, and when: pipelines and schedules, which the configuration file may change. Asked
   * whenever the configuration is read, with the settings it says; opens nothing. Rows it looks at should be
   * marked `reload`: it is what is asked anew then.
   */
  routine?(settings: SettingValues<S & DaemonSettings>): AppRoutine;
  /**
   * Build everything the jobs need. Runs once, under the instance lock, before anything else starts.
   * What it returns is closed when the daemon ends; what it opened before it threw it closes itself.
   */
  open(context: AppContext<S>): Promise<AppParts>;
  /**
   * Open the same data only for reading, for commands that look without the lock, also while a daemon
   * writes. Absent: commands show what the running (or last) daemon left in its status file.
   */
  inspect?(context: InspectContext<S>): Promise<AppView>;
}

/** What commands that only look are handed. */
export interface InspectContext<S extends SettingTable = NoSettings> {
  readonly settings: SettingValues<S & DaemonSettings>;
  /** Private folder of this instance, absolute. May not exist yet: then there is nothing to see. */
  readonly dataDir: string;
  readonly clock: Clock;
}

/** What {@link App.open} is handed. It is all an application needs of the outside. */
export interface AppContext<S extends SettingTable = NoSettings> {
  /** A live view: a row marked `reload` gives its new value after a reload, every other row never changes. */
  readonly settings: SettingValues<S & DaemonSettings>;
  /** Private folder of this instance, absolute, mode 0700. Names of the shell in it: see the README. */
  readonly dataDir: string;
  /** This life ends by itself when everything there is to do is done: what could wait should not. */
  readonly once: boolean;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborts when the daemon begins to stop. */
  readonly signal: AbortSignal;
  /** Emitter of one of the tables in {@link App.events}. @throws RangeError for a table that was not given. */
  readonly emitter: <T extends EventTable>(table: T) => Emitter<T>;
}

/** What people may be shown of an application. Every method may be called at any time until closing. */
export interface AppView extends Partial<AsyncDisposable> {
  /**
   * What is true now. Its fields stand in the status beside `daemon`, `queue` and `health`, which it must not name.
   * Called at most once a second; must be quick.
   */
  status?(): StatusFields | Promise<StatusFields>;
  /** Whether it is well, with reasons. */
  health?(): readonly HealthFinding[] | Promise<readonly HealthFinding[]>;
  /** What is set up wrongly, and how to mend it. */
  doctor?(): readonly DoctorFinding[] | Promise<readonly DoctorFinding[]>;
  /**
   * The predicates and lists that phases of pipelines may name. They only look, so that {@link App.inspect} can
   * offer them as well, for dry runs beside a daemon.
   */
  readonly phases?: PhaseFunctions;
}

/** What {@link App.open} answers. Closed (where it can be) after the last job has ended. */
export interface AppParts extends AppView {
  readonly jobs: readonly Job[];
  /**
   * Slots by pool. A job that needs a pool which is not here is refused at start. A function is asked at start and
   * after each reload, so that a setting can be the size of a pool.
   */
  readonly pools?: Readonly<Record<string, number | (() => number)>>;
  /** Groups of lanes beside "main", whose lanes are the setting work.lanes. */
  readonly lanes?: Readonly<Record<string, number>>;
  /** Loops that compare what is with what should be, and answer with the work that is missing. */
  readonly reconcilers?: readonly Reconciler[];
  /** Lines for people about what this life has done, asked once at its end; clean of control characters. */
  account?(): readonly string[] | Promise<readonly string[]>;
}

/** Named parts of the status; each is JSON. */
export type StatusFields = Readonly<Record<string, Json>>;

/** A loop that finds work. It runs at start and then again and again; it never runs twice at once. */
export interface Reconciler {
  /** Kebab-case; appears in events and the status. */
  readonly name: string;
  /** One sentence for people. */
  readonly doc: string;
  /** Ms from the end of one look to the beginning of the next. A function is asked each time. */
  readonly everyMs: number | (() => number);
  /**
   * The work that is missing now. Give each task a `key`: what is already waiting is not added twice.
   * Throwing is reported and tried again later, with growing pauses. Obey `signal`: it aborts when the daemon stops.
   */
  find(signal: AbortSignal): Promise<readonly NewTask[]>;
}

/** One reason why something is or is not well. */
export interface HealthFinding {
  /** "ok" is worth saying; "warn" wants a look; "error" makes the whole unhealthy. */
  readonly level: "ok" | "warn" | "error";
  /** What is the case, with the number and its bound. */
  readonly what: string;
  /** What follows from it. */
  readonly why: string;
}

/** One thing `doctor` looked at. */
export interface DoctorFinding {
  readonly level: "ok" | "warn" | "error";
  /** What was found. */
  readonly what: string;
  /** Why it matters. */
  readonly why: string;
  /** What to type or change; empty where there is nothing to mend. */
  readonly fix: string;
}

/** Declare an application: the same value, with its settings table inferred. */
export function defineApp<const S extends SettingTable = NoSettings>(app: App<S>): App<S> {
  return app;
}
