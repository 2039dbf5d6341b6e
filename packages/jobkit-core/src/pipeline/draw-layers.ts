/** A pipeline, or a run of it, as text for a terminal: one row per phase, layer by layer, with lines between. */
import { oneLine } from "../base/one-line.ts";
import { sayDuration } from "../base/units.ts";
import { layersOf } from "./layers.ts";
import { fineLetters, plainLetters, sayPhase, type StateLetters } from "./letters.ts";
import type { Phase, Pipeline } from "./pipeline.ts";
import { finePieces, plainPieces, railRows, type RailRow } from "./rails.ts";
import type { PhaseStatus, RunStatus } from "./status.ts";

/** How to draw. */
export interface DrawOptions {
  /** A run, whose progress is shown. Default: what each phase does. */
  readonly status?: RunStatus;
  /** Letters in a line. Default 100. */
  readonly width?: number;
  /** Lines and marks of ASCII letters only. Default false. */
  readonly plain?: boolean;
  /** Wall time in ms, to say how long phases have been running. */
  readonly nowMs?: number;
}

const WIDTH_DEFAULT = 100;
const WIDTH_MIN = 40;
/** More lines side by side than this are not followed by any eye. */
const RAILS_MAX = 16;
const NAME_MAX = 28;

/** Lines of text, without line ends. */
export function drawLayers(pipeline: Pipeline, options: DrawOptions = {}): readonly string[] {
  const width = Math.max(WIDTH_MIN, options.width ?? WIDTH_DEFAULT);
  const pen = new Pen(pipeline, options, width);
  const rows = railRows(
    pipeline,
    options.plain === true ? plainPieces : finePieces,
    Math.min(RAILS_MAX, Math.floor(width / 5)),
  );
  const body = rows === null ? pen.numbered() : pen.withRails(rows);
  return [pen.head(), "", ...body];
}

class Pen {
  readonly #pipeline: Pipeline;
  readonly #options: DrawOptions;
  readonly #width: number;
  readonly #letters: StateLetters;
  readonly #known: ReadonlyMap<string, PhaseStatus>;
  readonly #nameWidth: number;

  constructor(pipeline: Pipeline, options: DrawOptions, width: number) {
    this.#pipeline = pipeline;
    this.#options = options;
    this.#width = width;
    this.#letters = options.plain === true ? plainLetters : fineLetters;
    this.#known = new Map(options.status?.phases.map((one) => [one.name, one]));
    const longest = pipeline.phases.reduce((most, { name }) => Math.max(most, name.length), 0);
    this.#nameWidth = Math.min(longest, NAME_MAX);
  }

  head(): string {
    const { name, doc } = this.#pipeline;
    const { status, nowMs } = this.#options;
    if (status === undefined) return this.#cut([name, oneLine(doc)].filter((part) => part !== "").join("  "));
    const endMs = status.endedAtMs ?? nowMs;
    const took =
      endMs === undefined
        ? ""
        : ` ${status.endedAtMs === null ? "for" : "in"} ${sayDuration(Math.max(0, endMs - status.submittedAtMs))}`;
    const ended = status.phases.filter(({ state }) => "endedAtMs" in state).length;
    const progress = status.outcome === "running" ? `, ${ended} of ${status.phases.length} phases ended` : "";
    return this.#cut(`${name}  ${status.date}  ${status.outcome}${took}${progress}`);
  }

  withRails(rows: readonly RailRow[]): readonly string[] {
    const columns = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0);
    return rows.map(({ phase, cells, gaps }) => {
      const letter = phase === null ? " " : this.#letter(phase);
      let line = "";
      for (const [at, cell] of cells.entries()) line += (cell ?? letter) + (gaps[at] ?? " ");
      if (phase === null) return line.trimEnd();
      return this.#cut(`${line.padEnd(columns * 2)} ${this.#words(phase)}`);
    });
  }

  /** Where lines would be too many: the number of the layer, and what is waited for in words. */
  numbered(): readonly string[] {
    const layers = layersOf(this.#pipeline);
    const digits = String(layers.length).length;
    return layers.flatMap((layer, at) =>
      layer.map((phase) => {
        const after = phase.after.length === 0 ? "" : `  after ${phase.after.join(", ")}`;
        return this.#cut(
          `${String(at + 1).padStart(digits)} ${this.#letter(phase)} ${this.#words(phase)}${after}`,
        );
      }),
    );
  }

  #letter({ name }: Phase): string {
    return this.#letters[this.#known.get(name)?.state.kind ?? "waiting"];
  }

  #words(phase: Phase): string {
    const short = phase.name.length > NAME_MAX ? `${phase.name.slice(0, NAME_MAX - 1)}…` : phase.name;
    const name = short.padEnd(this.#nameWidth);
    if (this.#options.status === undefined) return `${name}  ${sayWork(phase)}`;
    const status = this.#known.get(phase.name);
    if (status === undefined) return `${name}  not part of this run`;
    const tally = status.total > 1 ? `${status.done}/${status.total}` : "";
    return `${name}  ${tally.padStart(this.#tallyWidth())}  ${sayPhase(status, this.#options.nowMs)}`;
  }

  #tallyWidth(): number {
    return (this.#widest ??= [...this.#known.values()].reduce(
      (most, { done, total }) => Math.max(most, total > 1 ? `${done}/${total}`.length : 0),
      0,
    ));
  }

  #widest: number | null = null;

  #cut(line: string): string {
    const whole = line.trimEnd();
    if (whole.length <= this.#width) return whole;
    return `${whole.slice(0, this.#width - 1)}${this.#options.plain === true ? "~" : "…"}`;
  }
}

/** What a phase does, when, and on what. */
function sayWork({ job, map, when, after }: Phase): string {
  const parts = [job];
  if (map !== null) parts.push(`for each of ${map.list}`);
  if (after.length > 0 && when.parents !== "success")
    parts.push(when.parents === "always" ? "always" : "unless one failed");
  if (when.predicate !== null) parts.push(`${when.predicate.not ? "unless" : "if"} ${when.predicate.name}`);
  return oneLine(parts.join(", "));
}
