/**
 * Reads regular expressions, to prove things of them that running them cannot: how far a quantifier goes, what
 * stands inside what, and how many steps a backtracking matcher takes on a text, counted and not timed. Knows
 * the part of the syntax that the redaction rules use, and refuses the rest.
 */

/** A part of an expression. */
export type Part =
  | { readonly kind: "set"; readonly has: (character: string) => boolean; readonly source: string }
  | { readonly kind: "edge"; readonly at: "start" | "end" }
  | { readonly kind: "look"; readonly behind: boolean; readonly negative: boolean; readonly body: Part }
  | { readonly kind: "sequence"; readonly parts: readonly Part[] }
  | { readonly kind: "choice"; readonly parts: readonly Part[] }
  | {
      readonly kind: "repeat";
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
      readonly body: Part;
    };

/** Read an expression. @throws RangeError where it uses syntax that is not known here. */
export function readExpression(expression: RegExp): Part {
  const source = expression.source;
  let at = 0;
  const take = (text: string): boolean => {
    if (!source.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };
  const choice = (): Part => {
    const parts = [sequence()];
    while (take("|")) parts.push(sequence());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "choice", parts };
  };
  const sequence = (): Part => {
    const parts: Part[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") parts.push(repeated(atom()));
    return { kind: "sequence", parts };
  };
  const group = (open: (body: Part) => Part): Part => {
    const body = choice();
    if (!take(")")) throw new RangeError(`no end of group in ${source}`);
    return open(body);
  };
  const atom = (): Part => {
    if (take("^")) return { kind: "edge", at: "start" };
    if (take("$")) return { kind: "edge", at: "end" };
    for (const [mark, behind, negative] of looks)
      if (take(mark)) return group((body) => ({ kind: "look", behind, negative, body }));
    if (take("(?:")) return group((body) => body);
    if (source.startsWith("(?", at)) throw new RangeError(`unknown group in ${source} at ${at}`);
    if (take("(")) return group((body) => body);
    const set =
      /^(?:\[\^?(?:\\.|[^\\\]])*\]|\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|[^\\])/s.exec(
        source.slice(at),
      )?.[0] ?? "";
    at += set.length;
    const one = new RegExp(`^${set}$`, expression.flags.replace(/[gy]/g, ""));
    return { kind: "set", source: set, has: (character) => one.test(character) };
  };
  const repeated = (body: Part): Part => {
    const bounds = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(source.slice(at));
    if (bounds === null) return body;
    at += bounds[0].length;
    const lazy = take("?");
    if (bounds[0] === "?") return { kind: "repeat", min: 0, max: 1, lazy, body };
    if (bounds[1] === undefined)
      return { kind: "repeat", min: bounds[0] === "+" ? 1 : 0, max: Infinity, lazy, body };
    const min = Number(bounds[1]);
    const max = bounds[2] === "" ? min : bounds[3] === "" ? Infinity : Number(bounds[3]);
    return { kind: "repeat", min, max, lazy, body };
  };
  return choice();
}

const looks = [
  ["(?=", false, false],
  ["(?!", false, true],
  ["(?<=", true, false],
  ["(?<!", true, true],
] as const;

/** Every quantifier of a part, each with whether it stands inside another that can repeat. */
export function quantifiers(
  part: Part,
  inside = false,
): readonly { readonly max: number; readonly nested: boolean; readonly fixed: boolean }[] {
  if (part.kind === "set" || part.kind === "edge") return [];
  if (part.kind === "look") return quantifiers(part.body, inside);
  if (part.kind === "repeat") {
    const own = { max: part.max, nested: inside && part.max > 1, fixed: part.min === part.max };
    return [own, ...quantifiers(part.body, inside || part.max > 1)];
  }
  return part.parts.flatMap((inner) => quantifiers(inner, inside));
}

/** Single characters that the sets of a part name, to build hostile texts of. */
export function samples(part: Part): readonly string[] {
  if (part.kind === "set") {
    const candidates = ["a", "A", "0", "_", "-", ".", "/", "=", ":", " ", "@", '"', "\\", "[", "{", "<", "!"];
    return [...(part.source.length === 1 ? [part.source] : []), ...candidates.filter(part.has)];
  }
  if (part.kind === "edge") return [];
  if (part.kind === "look" || part.kind === "repeat") return [...new Set(samples(part.body))];
  return [...new Set(part.parts.flatMap(samples))];
}

/** A shortest text that the part takes, as far as its sets allow, looks left out. */
export function shortest(part: Part): string {
  if (part.kind === "edge" || part.kind === "look") return "";
  if (part.kind === "set") return samples(part)[0] ?? "";
  if (part.kind === "repeat") return shortest(part.body).repeat(part.min);
  if (part.kind === "choice") return shortest(part.parts[0] ?? { kind: "sequence", parts: [] });
  return part.parts.map(shortest).join("");
}

/**
 * Steps of a plain backtracking matcher that tries `part` at `from` and fails or succeeds there.
 * @throws RangeError past `limit` steps.
 */
export function countSteps(part: Part, text: string, from: number, limit: number): number {
  let steps = 0;
  const match = (node: Part, at: number, then: (at: number) => boolean): boolean => {
    steps += 1;
    if (steps > limit) throw new RangeError(`more than ${limit} steps`);
    if (node.kind === "set") return at < text.length && node.has(text.charAt(at)) && then(at + 1);
    if (node.kind === "edge") return (node.at === "start" ? at === 0 : at === text.length) && then(at);
    if (node.kind === "look") return look(node, at) !== node.negative && then(at);
    if (node.kind === "choice") return node.parts.some((inner) => match(inner, at, then));
    return node.kind === "sequence" ? follow(node.parts, 0, at, then) : repeat(node, at, then);
  };
  const follow = (
    parts: readonly Part[],
    index: number,
    at: number,
    then: (at: number) => boolean,
  ): boolean => {
    const first = parts[index];
    return first === undefined ? then(at) : match(first, at, (next) => follow(parts, index + 1, next, then));
  };
  /** Sets are walked in a loop: a text longer than the stack would else end the test. */
  const repeat = (
    node: Extract<Part, { kind: "repeat" }>,
    at: number,
    then: (at: number) => boolean,
  ): boolean => {
    const ends = [at];
    for (let last = at; ends.length <= node.max;) {
      let next = -1;
      if (!match(node.body, last, (end) => ((next = end), true)) || next === last) break;
      ends.push(next);
      last = next;
    }
    const taken = ends.slice(node.min);
    return (node.lazy ? taken : taken.toReversed()).some((end) => {
      steps += 1;
      return then(end);
    });
  };
  const look = (node: Extract<Part, { kind: "look" }>, at: number): boolean => {
    if (!node.behind) return match(node.body, at, () => true);
    for (let start = at; start >= Math.max(0, at - 64); start -= 1)
      if (match(node.body, start, (end) => end === at)) return true;
    return false;
  };
  match(part, from, () => true);
  return steps;
}
