import type { SettingExplanation } from "jobkit-core";

/** A setting for people, several lines: value, source, default, reason, both directions, how to change it. */
export function describeSetting(setting: SettingExplanation, variable: string): string {
  const { name, text, source, defaultText, min, max, oneOf, doc, larger, smaller, reload } = setting;
  const isDefault = text === defaultText;
  const bounds = oneOf !== null ? `one of ${oneOf.join(", ")}` : rangeText(min, max, setting.unit);
  const lines = [
    `${name} = ${text}  (${source}${isDefault ? "" : `; default ${defaultText}`})`,
    `  ${doc}`,
    ...(larger === null ? [] : [`  larger:  ${larger}`]),
    ...(smaller === null ? [] : [`  smaller: ${smaller}`]),
    ...(bounds === null ? [] : [`  range:   ${bounds}`]),
    `  set by:  the file, or ${variable}${reload ? "; takes effect on reload" : "; takes effect on restart"}`,
  ];
  return lines.join("\n");
}

function rangeText(min: number | null, max: number | null, unit: "ms" | "bytes" | null): string | null {
  const word = unit === null ? "" : ` ${unit}`;
  if (min === null && max === null) return null;
  return max === null
    ? `${min}${word} or more`
    : min === null
      ? `up to ${max}${word}`
      : `${min} to ${max}${word}`;
}
