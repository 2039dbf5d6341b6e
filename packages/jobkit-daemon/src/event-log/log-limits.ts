import type { SettingValues } from "jobkit-core";
import type { DaemonSettings } from "../settings.ts";
import type { LogLimits } from "./event-log.ts";

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
