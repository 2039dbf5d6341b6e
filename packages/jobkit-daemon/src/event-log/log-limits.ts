import type { SettingValues } from "jobkit-core";
import type { DaemonSettings } from "../settings.ts";

/** Every number of the log. Asked anew at each use, so a reload takes effect by itself. */
export interface LogLimits {
  /** A segment takes no further line once it has so many bytes; it is at most one line larger. */
  readonly segmentBytes: number;
  /** All segments together; the oldest are deleted. */
  readonly totalBytes: number;
  /** Segments last written longer ago (ms) are deleted. */
  readonly ageMs: number;
  /** Written events reach the disk itself after so many ms at most; 0: at once. */
  readonly syncMs: number;
  /** Pause in ms before a disk that refused is tried again. */
  readonly retryMs: number;
  /** Size of the events that wait while the disk refuses. */
  readonly ringBytes: number;
  /** One event takes at most so many bytes. */
  readonly lineBytes: number;
}

/** The numbers of the event log, as the settings say them now. */
export function logLimits(settings: SettingValues<DaemonSettings>): LogLimits {
  return {
    segmentBytes: settings["events.segmentBytes"],
    totalBytes: settings["events.totalBytes"],
    ageMs: settings["events.ageMs"],
    syncMs: settings["events.syncMs"],
    retryMs: settings["events.retryMs"],
    ringBytes: settings["events.ringBytes"],
    lineBytes: settings["events.lineBytes"],
  };
}
