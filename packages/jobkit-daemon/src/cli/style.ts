/** Colours and weights, or none of them. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** What decides whether a stream gets colours. */
export interface ColourQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isTerminal: boolean;
  /** `--no-color` was given. */
  readonly refused: boolean;
}

/** `--no-color`, then NO_COLOR (no-color.org), then FORCE_COLOR, then TERM=dumb, then whether it is a terminal. */
export function wantsColour({ env, isTerminal, refused }: ColourQuestion): boolean {
  if (refused) return false;
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  return isTerminal && env["TERM"] !== "dumb";
}

/** SGR codes that open and close, from ECMA-48. */
const SGR = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** A style that colours, or one that changes nothing. */
export function styleOf(colour: boolean): Style {
  const paint =
    ([open, close]: readonly [number, number]) =>
    (text: string): string =>
      colour && text !== "" ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    bold: paint(SGR.bold),
    dim: paint(SGR.dim),
    red: paint(SGR.red),
    green: paint(SGR.green),
    yellow: paint(SGR.yellow),
    cyan: paint(SGR.cyan),
  };
}
