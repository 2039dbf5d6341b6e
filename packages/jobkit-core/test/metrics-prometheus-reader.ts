/** A strict reader of the text format of Prometheus 0.0.4, written from its description and not from our writer. */

export interface ReadFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: { suffix: string; labels: [string, string][]; value: number }[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"`;
const SAMPLE = new RegExp(String.raw`^(${NAME})(?:\{(${LABEL}(?:,${LABEL})*)\})? (\S+)$`, "u");
const VALUE = /^(?:[+-]Inf|NaN|-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)$/;
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [""],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count"],
};

/** The families by name. Throws where a line is none, or stands where it may not. */
export function readPrometheus(text: string): ReadonlyMap<string, ReadFamily> {
  const families = new Map<string, ReadFamily>();
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line does not end");
  const lines = text.split("\n").slice(0, -1);
  let help: [string, string] | null = null;
  let family: ReadFamily | null = null;
  for (const line of lines) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) ?(.*)$/su.exec(line) ?? [];
    if (kind === "HELP") help = [name, unescaped(rest)];
    else if (kind === "TYPE") {
      if (families.has(name)) throw new Error(`${name} comes twice`);
      if (help?.[0] !== name) throw new Error(`${name} has no help before its type`);
      family = { name, type: rest, help: help[1], samples: [] };
      families.set(name, family);
    } else readSample(line, family);
  }
  return families;
}

function readSample(line: string, family: ReadFamily | null): void {
  const [, full = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
  if (full === "" || !VALUE.test(value)) throw new Error(`not a sample: ${line}`);
  const suffix = SUFFIXES[family?.type ?? ""]?.find((one) => full === `${family?.name}${one}`);
  if (family === null || suffix === undefined) throw new Error(`out of its family: ${line}`);
  const read = [...labels.matchAll(new RegExp(LABEL, "gu"))].map(([label]): [string, string] => {
    const at = label.indexOf("=");
    return [label.slice(0, at), unescaped(label.slice(at + 2, -1))];
  });
  if (new Set(read.map(([name]) => name)).size !== read.length) throw new Error(`a label twice: ${line}`);
  family.samples.push({ suffix, labels: read, value: Number(value.replace("Inf", "Infinity")) });
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([\\n"])/g, (_, char: string) => (char === "n" ? "\n" : char));
}
