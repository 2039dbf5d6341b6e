/** A pipeline, or a run of it, as a Mermaid flowchart: for a page, a README, an issue. */
import type { Phase, Pipeline } from "./pipeline.ts";
import type { PhaseState, RunStatus } from "./status.ts";

const styles: Readonly<Record<PhaseState["kind"], string>> = {
  waiting: "fill:#f6f8fa,stroke:#8c959f,color:#57606a",
  running: "fill:#ddf4ff,stroke:#0969da,color:#0a3069,stroke-width:2px",
  done: "fill:#dafbe1,stroke:#1a7f37,color:#0f5323",
  failed: "fill:#ffebe9,stroke:#cf222e,color:#82071e,stroke-width:2px",
  cancelled: "fill:#fff8c5,stroke:#9a6700,color:#633c01",
  skipped: "fill:#ffffff,stroke:#8c959f,color:#57606a,stroke-dasharray:4 3",
};

/**
 * The text of the chart, with a line end after each line. A fan-out is drawn as a stack, a predicate as words on
 * the arrows, what runs even after a failure with dotted arrows.
 */
export function drawMermaid(pipeline: Pipeline, status?: RunStatus): string {
  const known = new Map(status?.phases.map((one) => [one.name, one]));
  // Names may be words that Mermaid keeps for itself ("end"): nodes are numbered.
  const numbers = new Map(pipeline.phases.map(({ name }, at) => [name, at]));
  const lines = ["flowchart TD"];
  for (const [at, phase] of pipeline.phases.entries()) {
    const own = known.get(phase.name);
    const words = [`<b>${quoted(phase.name)}</b>`, quoted(phase.job)];
    if (phase.map !== null)
      words.push(
        own !== undefined && own.total > 0
          ? `${own.done} of ${own.total}`
          : `each of ${quoted(phase.map.list)}`,
      );
    lines.push(
      `  p${at}${shaped(phase, words.join("<br>"))}${own === undefined ? "" : `:::${own.state.kind}`}`,
    );
  }
  for (const [at, phase] of pipeline.phases.entries()) {
    const arrow = phase.when.parents === "always" ? "-.->" : "-->";
    const label = labelOf(phase);
    for (const parent of phase.after)
      lines.push(`  p${numbers.get(parent) ?? 0} ${arrow}${label === "" ? "" : `|"${label}"|`} p${at}`);
  }
  const used = new Set(status?.phases.map(({ state }) => state.kind));
  for (const [kind, style] of Object.entries(styles))
    if (used.has(kind as PhaseState["kind"])) lines.push(`  classDef ${kind} ${style}`);
  return `${lines.join("\n")}\n`;
}

function shaped({ map }: Phase, words: string): string {
  return map === null ? `("${words}")` : `[["${words}"]]`;
}

function labelOf({ when }: Phase): string {
  const rule = when.parents === "success" ? "" : when.parents === "always" ? "always" : "unless failed";
  const asked =
    when.predicate === null ? "" : `${when.predicate.not ? "unless" : "if"} ${quoted(when.predicate.name)}`;
  return [rule, asked].filter((part) => part !== "").join(", ");
}

/** Everything that could end a label or begin markup, as entities of Mermaid. */
function quoted(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} .,_-]/gu, (letter) => `#${letter.codePointAt(0) ?? 32};`);
}
