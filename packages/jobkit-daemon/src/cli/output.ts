/**
 * The two streams of a command: stdout carries data and nothing else, stderr carries talk. A progress
 * line lives on stderr and never gets mixed up with either.
 */
import { cleanJson } from "./clean-text.ts";
import { type Style, styleOf, wantsColour } from "./style.ts";

/** A stream to write to; process.stdout is one. */
export interface Writer {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width in cells, where it is a terminal. */
  readonly columns?: number;
}

/** What an {@link Output} is built from. */
export interface OutputOptions {
  readonly stdout: Writer;
  readonly stderr: Writer;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly noColor: boolean;
}

const CLEAR_LINE = "\r\u001b[2K";
const COLUMNS_DEFAULT = 80;

export class Output {
  /** `--json` was given: data is JSON. */
  readonly json: boolean;
  readonly quiet: boolean;
  /** Style of stdout. */
  readonly style: Style;
  /** Style of stderr. */
  readonly talkStyle: Style;
  /** Cells of a line of stdout; Infinity where it is no terminal, so that nothing is cut for a program. */
  readonly columns: number;
  readonly #stdout: Writer;
  readonly #stderr: Writer;
  #progress = "";

  constructor(options: OutputOptions) {
    const { stdout, stderr, env } = options;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.json = options.json;
    this.quiet = options.quiet;
    const colour = (stream: Writer): Style =>
      styleOf(wantsColour({ env, isTerminal: stream.isTTY === true, refused: options.noColor }));
    this.style = colour(stdout);
    this.talkStyle = colour(stderr);
    this.columns = stdout.isTTY === true ? columnsOf(stdout) : Infinity;
  }

  /** Cells of a line of stderr, or `null` where it is no terminal and a line cannot be redrawn. */
  get talkColumns(): number | null {
    return this.#stderr.isTTY === true ? columnsOf(this.#stderr) : null;
  }

  /** One line of data. The caller has cleaned what came from outside (colours would not survive it here). */
  data(line: string): void {
    this.#around(() => this.#stdout.write(`${line}\n`));
  }

  /** One JSON value on one line, safe to look at. */
  value(value: unknown): void {
    this.#around(() => this.#stdout.write(`${cleanJson(value)}\n`));
  }

  /** One line for people; nothing with `--quiet`. */
  talk(line: string): void {
    if (!this.quiet) this.complain(line);
  }

  /** One line for people that stays with `--quiet`: something is wrong. Cleaned by the caller, as with data. */
  complain(line: string): void {
    this.#around(() => this.#stderr.write(`${line}\n`));
  }

  /** Show this in the one line that is redrawn; "" takes it away. Only where stderr is a terminal. */
  redraw(line: string): void {
    if (this.#stderr.isTTY !== true || line === this.#progress) return;
    this.#progress = line;
    this.#stderr.write(CLEAR_LINE + line);
  }

  #around(write: () => void): void {
    if (this.#progress === "") {
      write();
      return;
    }
    this.#stderr.write(CLEAR_LINE);
    write();
    this.#stderr.write(this.#progress);
  }
}

/** A terminal that does not know its size (some pipes that pretend to be one) says 0. */
function columnsOf({ columns = 0 }: Writer): number {
  return columns > 0 ? columns : COLUMNS_DEFAULT;
}
