import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OTHER_TARGETS } from "../src/health/admit.ts";
import { type AlertBook, emptyAlertBook, type RuleVerdict, stepAlerts } from "../src/health/alert-book.ts";
import type { AlertChange } from "../src/health/alert.ts";
import type { Finding } from "../src/health/rule.ts";

const KEEP_MS = 1_000;

function finding(target: string, more: Partial<Finding> = {}): Finding {
  return { target, why: `${target} is bad`, value: 2, bound: 1, ...more };
}

function verdict(findings: readonly Finding[] | null, more: Partial<RuleVerdict> = {}): RuleVerdict {
  return { rule: "r", level: "warn", forMs: 100, clearForMs: 50, findings, ...more };
}

/** Steps at given times; what each changed, as words, and the book after the last. */
function play(steps: readonly (readonly [number, readonly RuleVerdict[]])[], targetsMax = 10) {
  let book: AlertBook = emptyAlertBook;
  const told: string[] = [];
  const changes: AlertChange[] = [];
  for (const [nowMs, verdicts] of steps) {
    const step = stepAlerts(book, verdicts, { nowMs, targetsMax, resolvedKeepMs: KEEP_MS });
    book = step.book;
    changes.push(...step.changes);
    told.push(...step.changes.map(({ kind, alert }) => `${nowMs} ${kind} ${alert.target}`));
  }
  return { book, told, changes };
}

const bad = [verdict([finding("a")])];
const good = [verdict([])];

describe("an alert", () => {
  test("is pending, fires after its time, is resolved after its other time, and is forgotten in the end", () => {
    const { told, book, changes } = play([
      [0, bad],
      [99, bad],
      [100, bad],
      [150, good],
      [199, good],
      [200, good],
    ]);

    expect(told).toEqual(["0 pending a", "100 fired a", "200 resolved a"]);
    expect(changes.at(-1)?.alert.state).toEqual({ kind: "resolved", sinceMs: 200, lastedMs: 100 });
    const forgotten = stepAlerts(book, good, { nowMs: 1_200, targetsMax: 10, resolvedKeepMs: KEEP_MS });
    expect(book.alerts).toHaveLength(1);
    expect(forgotten.book.alerts).toEqual([]);
  });

  test("that does not last never fires, and nothing is told of its end", () => {
    const { told, book } = play([
      [0, bad],
      [60, good],
      [70, bad],
      [169, bad],
    ]);

    expect(told).toEqual(["0 pending a", "70 pending a"]);
    expect(book.alerts[0]?.state.kind).toBe("pending");
  });

  test("of a rule without patience fires at once, and says so once", () => {
    const { told } = play([[0, [verdict([finding("a")], { forMs: 0 })]]]);

    expect(told).toEqual(["0 fired a"]);
  });

  test("is kept, but not begun, by a value between the bounds", () => {
    const easing = [verdict([finding("a", { easing: true })])];
    const { told } = play([
      [0, easing],
      [500, easing],
      [600, bad],
      [650, easing],
      [660, bad],
      [760, bad],
      [770, easing],
      [900, easing],
      [910, good],
      [930, easing],
      [970, good],
      [1020, good],
    ]);

    expect(told).toEqual(["600 pending a", "660 pending a", "760 fired a", "1020 resolved a"]);
  });

  test("goes on firing while its rule cannot be asked, however long", () => {
    const { told, book } = play([
      [0, bad],
      [100, bad],
      [200, [verdict(null)]],
      [9_000, [verdict(null)]],
    ]);

    expect(told).toEqual(["0 pending a", "100 fired a"]);
    expect(book.alerts[0]?.state.kind).toBe("firing");
  });

  test("of a rule that is asked no longer is resolved at once, at the level it had", () => {
    const { changes } = play([
      [0, [verdict([finding("a")], { forMs: 0, level: "error" })]],
      [1, []],
    ]);

    expect(changes.map(({ kind, alert }) => [kind, alert.level])).toEqual([
      ["fired", "error"],
      ["resolved", "error"],
    ]);
  });

  test("has the words of the last finding", () => {
    const { book } = play([
      [0, bad],
      [10, [verdict([finding("a", { why: "worse", value: 9 })])]],
    ]);

    expect(book.alerts[0]).toMatchObject({ why: "worse", value: 9, bound: 1 });
  });
});

describe("more targets than there is place for", () => {
  test("share one alert, and those that have one keep it", () => {
    const three = [finding("a"), finding("b"), finding("c")];
    const { told, book } = play(
      [
        [0, [verdict(three, { forMs: 0 })]],
        [1, [verdict([finding("d"), ...three], { forMs: 0 })]],
      ],
      2,
    );

    expect(told).toEqual(["0 fired a", "0 fired b", `0 fired ${OTHER_TARGETS}`]);
    expect(book.alerts.find(({ target }) => target === OTHER_TARGETS)?.why).toBe(
      "2 more, such as d: d is bad",
    );
  });

  test("get a place of their own when one comes free", () => {
    const quick = { forMs: 0, clearForMs: 0 };
    const { told } = play(
      [
        [0, [verdict([finding("a"), finding("b")], quick)]],
        [1, [verdict([finding("b")], quick)]],
        [2, [verdict([finding("b")], quick)]],
      ],
      1,
    );

    expect(told).toEqual([
      "0 fired a",
      `0 fired ${OTHER_TARGETS}`,
      "1 resolved a",
      `2 resolved ${OTHER_TARGETS}`,
      "2 fired b",
    ]);
  });
});

/** What was found at each step; `null` where the rule could not be asked. */
type Found = readonly (readonly [string, "broken" | "easing"])[] | null;
interface Run {
  readonly forMs: number;
  readonly clearForMs: number;
  readonly targetsMax: number;
  readonly steps: readonly { readonly stepMs: number; readonly found: Found }[];
}

const targets = ["a", "b", "c", "d", "e"] as const;
const anyRun: fc.Arbitrary<Run> = fc.record({
  forMs: fc.constantFrom(0, 100, 200),
  clearForMs: fc.constantFrom(0, 50, 150),
  targetsMax: fc.integer({ min: 1, max: 6 }),
  steps: fc.array(
    fc.record({
      stepMs: fc.integer({ min: 1, max: 80 }),
      found: fc.option(
        fc.uniqueArray(fc.tuple(fc.constantFrom(...targets), fc.constantFrom("broken", "easing")), {
          selector: ([target]) => target,
        }),
      ),
    }),
    { maxLength: 60 },
  ),
});

/** Since when each target has been broken, and since when nothing has been said of it. */
class Witness {
  readonly #brokenSince = new Map<string, number>();
  readonly #quietSince = new Map<string, number>();
  readonly firing = new Set<string>();

  see(found: Found, nowMs: number): void {
    for (const target of found === null ? [] : targets) {
      const how = found?.find(([name]) => name === target)?.[1];
      keep(this.#brokenSince, target, how === "broken", nowMs);
      keep(this.#quietSince, target, how === undefined, nowMs);
    }
  }

  /** What is wrong with one change, in words; empty where nothing is. */
  complaints({ kind, alert: { target } }: AlertChange, nowMs: number, { forMs, clearForMs }: Run): string[] {
    const own = target !== OTHER_TARGETS;
    const was = this.firing.has(target);
    if (kind === "pending") return was ? [`${target} is pending while it fires`] : [];
    if (kind === "fired") this.firing.add(target);
    else this.firing.delete(target);
    const since = (kind === "fired" ? this.#brokenSince : this.#quietSince).get(target) ?? Infinity;
    const early = own && nowMs - since < (kind === "fired" ? forMs : clearForMs);
    return [
      ...(was === (kind === "fired") ? [`${target} ${kind} twice in a row`] : []),
      ...(early ? [`${target} ${kind} too early`] : []),
    ];
  }
}

function keep(since: Map<string, number>, target: string, is: boolean, nowMs: number): void {
  if (!is) since.delete(target);
  else if (!since.has(target)) since.set(target, nowMs);
}

/** Follow one run and look for broken promises. */
function complaintsOf(run: Run): readonly string[] {
  const { forMs, clearForMs, targetsMax, steps } = run;
  const witness = new Witness();
  const complaints: string[] = [];
  let book: AlertBook = emptyAlertBook;
  let nowMs = 0;
  for (const { stepMs, found } of steps) {
    nowMs += stepMs;
    witness.see(found, nowMs);
    const findings =
      found?.map(([target, how]) => finding(target, how === "easing" ? { easing: true } : {})) ?? null;
    const options = { nowMs, targetsMax, resolvedKeepMs: KEEP_MS };
    const step = stepAlerts(book, [verdict(findings, { forMs, clearForMs })], options);
    ({ book } = step);
    for (const change of step.changes) complaints.push(...witness.complaints(change, nowMs, run));
    if (found === null && step.changes.length > 0) complaints.push("something was told of what nobody knows");
    const names = book.alerts.map(({ target }) => target);
    const firing = book.alerts.filter(({ state }) => state.kind === "firing").map(({ target }) => target);
    if (names.length > targetsMax + 1) complaints.push(`${names.length} alerts of ${targetsMax}`);
    if (new Set(names).size < names.length) complaints.push("two alerts of one target");
    if (firing.toSorted().join(" ") !== [...witness.firing].toSorted().join(" "))
      complaints.push("what fires is not what was told");
  }
  return complaints;
}

describe("whatever the findings", () => {
  test("firing and resolving alternate and wait long enough, and the book stays bounded", () => {
    fc.assert(
      fc.property(anyRun, (anyOne) => {
        expect(complaintsOf(anyOne)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("with places for all, a target fires exactly when it was broken without a break for long enough", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (brokenAt) => {
        const steps = brokenAt.map((is, at) => [at * 30, is ? bad : good] as const);
        const { told } = play(steps);

        let row = 0;
        let fires = 0;
        let on = false;
        let quiet = 0;
        for (const is of brokenAt) {
          row = is ? row + 1 : 0;
          quiet = is ? 0 : quiet + 1;
          // 100 ms are four steps of 30 after the first; 50 ms of quiet are two.
          if (!on && row >= 5) {
            on = true;
            fires += 1;
          } else if (on && quiet >= 3) {
            on = false;
            row = 0;
          }
        }
        expect(told.filter((words) => words.includes("fired")).length).toBe(fires);
      }),
    );
  });
});
