/** Turns the progress of a run into one redrawn line on a terminal, and into a line now and then elsewhere. */
import type { Clock } from "jobkit-core";
import type { RunProgress } from "../run-options.ts";
import { cleanLine } from "./clean-text.ts";
import { gauge } from "./draw/bar.ts";
import { fit } from "./draw/width.ts";
import type { Output } from "./output.ts";

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 5_000;
const GAUGE_CELLS = 20;

export class ProgressLine implements Disposable {
  readonly #out: Output;
  readonly #clock: Clock;
  #lastMs = Number.NEGATIVE_INFINITY;
  #lastLine = "";

  constructor(out: Output, clock: Clock) {
    this.#out = out;
    this.#clock = clock;
  }

  /** Show it, unless something was shown a moment ago. Cheap: call it as often as is useful. */
  show(progress: RunProgress): void {
    if (this.#out.quiet) return;
    const columns = this.#out.talkColumns;
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#lastMs < (columns === null ? PLAIN_LINE_MS : REDRAW_MS)) return;
    const line = progressText(progress);
    if (line === this.#lastLine) return;
    this.#lastMs = nowMs;
    this.#lastLine = line;
    if (columns === null) this.#out.talk(line);
    else this.#out.redraw(fit(`${progressGauge(progress)} ${line}`, columns - 1));
  }

  /** Takes the line away. */
  [Symbol.dispose](): void {
    this.#out.redraw("");
  }
}

/** For instance "34 done, 2 failed, 84 to go; mine: a.jsonl 40 % and 3 more". */
function progressText({ done, failed, waiting, running }: RunProgress): string {
  const failures = failed === 0 ? "" : `, ${failed} failed`;
  const counts = `${done} done${failures}, ${waiting + running.length} to go`;
  const [first] = running;
  if (first === undefined) return counts;
  const share = first.total > 0 ? ` ${Math.floor((100 * first.done) / first.total)} %` : "";
  const what = first.what === "" ? "" : `: ${cleanLine(first.what)}`;
  const others = running.length === 1 ? "" : ` and ${running.length - 1} more`;
  return `${counts}; ${first.job}${what}${share}${others}`;
}

function progressGauge({ done, failed, waiting, running }: RunProgress): string {
  const ended = done + failed;
  const all = ended + waiting + running.length;
  return gauge(all === 0 ? 0 : ended / all, GAUGE_CELLS);
}
