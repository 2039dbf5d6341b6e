import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  defineEvents,
  EventBus,
  field,
  jobkitEvents,
  prometheusText,
  type EventScope,
} from "../src/index.ts";
import { prometheusLines } from "../src/metrics/prometheus-text.ts";
import { FakeClock } from "../src/testing/index.ts";
import { readPrometheus, type ReadFamily } from "./metrics-prometheus-reader.ts";

const appEvents = defineEvents({
  "file.read": {
    id: 1000,
    unit: "bytes",
    sev: "info",
    fields: { readMs: field.ms, sizeBytes: field.bytes, wordTokens: field.tokens },
    hist: ["readMs", "sizeBytes", "wordTokens"],
    doc: "A file was read.",
  },
  "time.wasted": { id: 1001, unit: "ms", sev: "info", fields: {}, doc: "Time was\nwasted on a \\ path." },
});

const scope = (job: string): EventScope => ({ trace: "r", span: null, job, attempt: 1 });

function setup() {
  const bus = new EventBus({ clock: new FakeClock(), tables: [appEvents] });
  const jobkit = bus.emitter(jobkitEvents);
  const end = (job: string, outcome: "done" | "failed", ranMs: number): void =>
    jobkit.emit("task.finished", () => ({ task: "t", outcome, ranMs, attempts: 1 }), scope(job));
  const read = (): ReadonlyMap<string, ReadFamily> => readPrometheus(prometheusText(bus));
  return { bus, jobkit, app: bus.emitter(appEvents), end, read };
}

const samplesOf = (family: ReadFamily | undefined, suffix = ""): [Record<string, string>, number][] =>
  (family?.samples ?? [])
    .filter((one) => one.suffix === suffix)
    .map(({ labels, value }) => [Object.fromEntries(labels), value]);

describe("counters in Prometheus", () => {
  test("every row that is not counted more finely is there from the start, with its sentence", () => {
    const { read } = setup();

    const families = read();

    for (const [name, row] of Object.entries(jobkitEvents)) {
      const { type, help, samples } = families.get(`jobkit_${name.replace(".", "_")}_total`) ?? {};
      const plain = { type: "counter", help: row.doc, samples: [{ suffix: "", labels: [], value: 0 }] };
      expect({ type, help, samples }).toEqual("hist" in row || "by" in row ? {} : plain);
    }
  });

  test("amounts are in base units, named in the name", () => {
    const { app, read } = setup();
    app.add("file.read", 2048, () => ({ readMs: 1, sizeBytes: 2048, wordTokens: 5 }));
    app.add("time.wasted", 1500, () => ({}));

    const families = read();

    expect(samplesOf(families.get("jobkit_file_read_bytes_total"))).toEqual([[{}, 2048]]);
    expect(samplesOf(families.get("jobkit_time_wasted_seconds_total"))).toEqual([[{}, 1.5]]);
    expect(families.get("jobkit_time_wasted_seconds_total")?.help).toBe("Time was\nwasted on a \\ path.");
  });

  test("a row with labels is shown by job and label, and never beside its own total", () => {
    const { end, read } = setup();
    end("hash", "done", 1);
    end("hash", "done", 1);
    end("hash", "failed", 1);

    expect(samplesOf(read().get("jobkit_task_finished_total"))).toEqual([
      [{ job: "hash", outcome: "done" }, 2],
      [{ job: "hash", outcome: "failed" }, 1],
    ]);
  });

  test("what an earlier process counted is left out, as of labels it cannot be told", () => {
    const { bus, jobkit, read } = setup();
    bus.restore({ "task.noted": 100 });
    jobkit.emit("task.noted", () => ({ task: "t", text: "x" }));

    expect(samplesOf(read().get("jobkit_task_noted_total"))).toEqual([[{}, 1]]);
  });
});

describe("histograms in Prometheus", () => {
  test("count exactly what is at most a bound, in seconds, up to all of it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(5_000), fc.double({ min: 0, max: 1e8, noNaN: true }))),
        (values) => {
          const { end, read } = setup();
          for (const ranMs of values) end("hash", "done", ranMs);

          const family = read().get("jobkit_task_finished_ran_seconds");

          expect(family === undefined).toBe(values.length === 0);
          if (family === undefined) return;
          const buckets = samplesOf(family, "_bucket");
          for (const [{ le }, count] of buckets)
            expect(count).toBe(
              values.filter((value) => value <= (le === "+Inf" ? Infinity : Number(le) * 1000)).length,
            );
          expect(buckets.at(-1)?.[0]).toEqual({ job: "hash", outcome: "done", le: "+Inf" });
          expect(samplesOf(family, "_count")).toEqual([[{ job: "hash", outcome: "done" }, values.length]]);
          const [, sum] = samplesOf(family, "_sum")[0] ?? [];
          expect(sum).toBeCloseTo(values.reduce((all, value) => all + value, 0) / 1000, 3);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("have few buckets, the same for every job, and one family of samples per field", () => {
    const { end, app, read } = setup();
    end("a", "done", 1);
    end("b", "done", 100_000);
    app.add("file.read", 1, () => ({ readMs: 1, sizeBytes: 300, wordTokens: 5 }));

    const families = read();

    const bounds = (job: string): (string | undefined)[] =>
      samplesOf(families.get("jobkit_task_finished_ran_seconds"), "_bucket")
        .filter(([labels]) => labels["job"] === job)
        .map(([labels]) => labels["le"]);
    expect(bounds("a")).toEqual(bounds("b"));
    expect(bounds("a").length).toBeLessThanOrEqual(24);
    expect([...families.keys()].filter((name) => name.startsWith("jobkit_file"))).toEqual([
      "jobkit_file_read_bytes_total",
      "jobkit_file_read_read_seconds",
      "jobkit_file_read_size_bytes",
      "jobkit_file_read_word_tokens",
    ]);
  });

  test("whole numbers that are a bound count below it", () => {
    const { end, read } = setup();
    end("hash", "done", 1);

    const attempts = samplesOf(read().get("jobkit_task_finished_attempts"), "_bucket");

    expect(attempts[0]).toEqual([{ job: "hash", outcome: "done", le: "1" }, 1]);
  });
});

describe("the text", () => {
  test("brings names, sentences, labels and values through, whatever stands in them", () => {
    const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,20}$/);
    const words = fc.oneof(fc.string(), fc.constantFrom('"', "\\", "\n", '\\n"', "{a=b}", " "));
    const sample = fc.record({
      labels: fc.uniqueArray(
        fc.tuple(
          name,
          words.filter((text) => text !== ""),
        ),
        {
          selector: ([key]) => key,
          maxLength: 4,
        },
      ),
      value: fc.oneof(fc.double({ noNaN: true }), fc.integer()).map((value) => value + 0),
    });
    const family = fc.record({
      name,
      type: fc.constantFrom("counter" as const, "gauge" as const),
      help: words,
      samples: fc.array(sample, { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(family, { selector: (one) => one.name, maxLength: 3 }), (families) => {
        const read = [...readPrometheus(prometheusLines(families)).values()];

        expect(read).toEqual(
          families.map((one) => ({
            ...one,
            samples: one.samples.map((given) => ({ suffix: "", ...given })),
          })),
        );
      }),
      { numRuns: 300 },
    );
  });

  test("may carry gauges, in a namespace of one's own", () => {
    const { bus } = setup();
    const gauges = [{ name: "queue_tasks", doc: "Tasks.", samples: [{ labels: { job: "a" }, value: 3 }] }];

    const families = readPrometheus(prometheusText(bus, { namespace: "app", gauges }));

    expect(families.get("app_queue_tasks")).toMatchObject({ type: "gauge", help: "Tasks." });
    expect([...families.keys()].every((name) => name.startsWith("app_"))).toBe(true);
  });

  test("has each name once: a gauge that takes the name of a row is a programming error", () => {
    const { bus } = setup();
    const gauges = [{ name: "task_noted_total", doc: "x", samples: [] }];

    expect(() => prometheusText(bus, { gauges })).toThrow("two families of one name");
  });
});
