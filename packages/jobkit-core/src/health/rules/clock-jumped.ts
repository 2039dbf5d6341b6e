import { sayDuration } from "../../base/units.ts";
import { aboveBound } from "../bounds.ts";
import { healthRule } from "../rule.ts";

/** Delays go by the monotonic clock and are safe; due times and dates go by the wall clock and are not. */
export const clockJumped = healthRule({
  name: "clock-jumped",
  doc: "The wall clock jumped, or the machine slept.",
  next: "Nothing, if the machine slept. Else look at its time service: due times and dates moved with the clock.",
  level: "warn",
  unit: "ms",
  forMs: 0,
  clearForMs: 0,
  settings: {
    "health.clockJumpMs": {
      kind: "duration",
      default: 10_000,
      min: 100,
      max: 86_400_000,
      doc: "The wall clock may move by so much between two looks beside the time that passed. A time service corrects a second or two at most.",
      larger: "Only a sleep or a wrong time is told of.",
      smaller: "Corrections of a time service are told of, too.",
      reload: true,
    },
  },
  check: ({ recent }, settings) => {
    const value = Math.abs(recent.clockJumpMs);
    const way = recent.clockJumpMs < 0 ? "back" : "ahead";
    return aboveBound({
      target: "",
      value,
      bound: settings["health.clockJumpMs"],
      why: `the wall clock jumped ${sayDuration(value)} ${way}`,
    });
  },
  summary: () => "the wall clock jumped",
});
