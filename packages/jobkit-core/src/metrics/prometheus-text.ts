/** The text format of Prometheus, version 0.0.4: families of samples, each with its sentence and its type. */

/** One line: a value of a metric. */
export interface PrometheusSample {
  /** What follows the name of the family: `_bucket`, `_sum`, `_count`, or nothing. */
  readonly suffix?: string;
  /** In the order in which they are shown. An empty value is left out: it means the same as no label. */
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
}

/** One metric. */
export interface PrometheusFamily {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly PrometheusSample[];
}

/**
 * The families as text. One without samples is left out.
 * @param prefix Of every name.
 * @throws RangeError when two families have the same name.
 */
export function prometheusLines(families: readonly PrometheusFamily[], prefix = ""): string {
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const { name: own, type, help, samples } of families) {
    const name = `${prefix}${own}`;
    if (seen.has(name)) throw new RangeError(`metric ${name}: two families of one name`);
    seen.add(name);
    if (samples.length === 0) continue;
    lines.push(`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`);
    for (const { suffix = "", labels, value } of samples)
      lines.push(`${name}${suffix}${labelText(labels)} ${numberText(value)}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** A number as Prometheus reads it. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

function labelText(labels: PrometheusSample["labels"]): string {
  const shown = labels.filter(([, value]) => value !== "");
  if (shown.length === 0) return "";
  return `{${shown.map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`).join(",")}}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
