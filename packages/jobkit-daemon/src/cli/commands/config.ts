/** The commands about settings: show, explain, validate, schema, example. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import { explainSetting, type SettingExplanation, settingVariable } from "jobkit-core";
import { configJsonSchema } from "../../config/config-schema.ts";
import { describeSetting } from "../../config/describe-setting.ts";
import { exampleConfig } from "../../config/example-config.ts";
import { exampleRoutine } from "../../config/example-routine.ts";
import { sayProblem } from "../../config/problem.ts";
import { variablePrefix } from "../../paths.ts";
import { defaultsOf, loadSettings, wholeTable } from "../../settings-in-force.ts";
import { cleanLine, cleanText } from "../clean-text.ts";
import type { Cli, CliContext } from "../cli.ts";
import { commandDocs, type NoFlags } from "../docs.ts";
import { tableLines } from "../draw/table.ts";
import { exitCodes } from "../exit-codes.ts";

/** `config …`. */
export function configRoutes(program: string) {
  return buildRouteMap<string, CliContext>({
    routes: {
      show: showCommand(program),
      explain: explainCommand(program),
      validate: validateCommand(program),
      schema: schemaCommand(program),
      example: exampleCommand(program),
    },
    docs: commandDocs(program, {
      brief: "Every setting: its value, where it comes from, what it does.",
      examples: [
        ["config show --changed", "what is not at its default"],
        ["config explain work.lanes", "what one setting does"],
        ["config validate", "check the file before it is used"],
      ],
    }),
  });
}

function showCommand(program: string) {
  return buildCommand<{ readonly changed: boolean }, [], CliContext>({
    docs: commandDocs(program, {
      brief: "Show every setting with its value and where that comes from.",
      examples: [
        ["config show", "all of them"],
        ["config show --changed", "only what is not at its default"],
      ],
    }),
    parameters: {
      flags: {
        changed: {
          kind: "boolean",
          default: false,
          withNegated: false,
          brief: "Only what differs from the default",
        },
      },
    },
    async func({ changed }) {
      const { cli } = this;
      const all = await explainAll(cli);
      const shown = changed ? all.filter(({ text, defaultText }) => text !== defaultText) : all;
      if (cli.out.json) cli.out.value({ settings: shown });
      else {
        const rows = shown.map(({ name, text, source, doc }) => [name, text, source, doc].map(cleanLine));
        const columns = [
          { head: "SETTING" },
          { head: "VALUE", cellsMax: 40 },
          { head: "FROM", cellsMax: 24 },
          { head: "WHAT" },
        ];
        if (rows.length === 0) cli.out.talk("Everything is at its default.");
        else for (const line of tableLines(columns, rows, cli.out.columns)) cli.out.data(line);
      }
    },
  });
}

function explainCommand(program: string) {
  return buildCommand<NoFlags, [string], CliContext>({
    docs: commandDocs(program, {
      brief: "Say everything about one setting: value, source, reason, both directions.",
      examples: [["config explain drain.deadlineMs", "what it does and what to expect of another value"]],
    }),
    parameters: {
      positional: {
        kind: "tuple",
        parameters: [{ brief: "Name of a setting", parse: String, placeholder: "KEY" }],
      },
    },
    async func(_flags, name) {
      const { cli } = this;
      const { table, resolved } = await cli.place();
      const setting = explainSetting(table, resolved, name);
      const variable = settingVariable(variablePrefix(cli.app.name), name);
      if (cli.out.json) cli.out.value({ ...setting, variable });
      else cli.out.data(cleanText(describeSetting(setting, variable)));
    },
  });
}

function validateCommand(program: string) {
  return buildCommand<NoFlags, [], CliContext>({
    docs: commandDocs(program, {
      brief:
        "Check flags, environment and file; say every mistake with its line. Exit code 2 where there is one.",
      examples: [
        ["config validate", "the file that would be used"],
        ["config validate --config new.yaml", "another one, before it is used"],
      ],
    }),
    parameters: {},
    async func() {
      const { cli } = this;
      const paths = cli.paths();
      const loaded = await loadSettings(cli.app, {
        overrides: cli.overrides,
        env: cli.env,
        configFile: paths.configFile,
        configOptional: !paths.configNamed,
      });
      const problems = loaded.ok ? [] : loaded.problems;
      if (cli.out.json)
        cli.out.value({ ok: loaded.ok, file: loaded.ok ? loaded.file : paths.configFile, problems });
      else {
        for (const problem of problems) cli.out.data(cleanLine(sayProblem(problem)));
        if (loaded.ok)
          cli.out.data(loaded.file === null ? "no file; defaults hold" : `${cleanLine(loaded.file)}: valid`);
      }
      if (!loaded.ok) cli.exitWith(exitCodes.usage.code);
    },
  });
}

function schemaCommand(program: string) {
  return buildCommand<NoFlags, [], CliContext>({
    docs: commandDocs(program, {
      brief: "Print the JSON Schema of the configuration file, for editors.",
      examples: [["config schema > config.schema.json", "then name it in the first line of the file"]],
    }),
    parameters: {},
    func() {
      const { app, out } = this.cli;
      const schema = configJsonSchema(wholeTable(app), `Configuration of ${app.name}`);
      out.data(JSON.stringify(schema, null, 2));
    },
  });
}

function exampleCommand(program: string) {
  return buildCommand<NoFlags, [], CliContext>({
    docs: commandDocs(program, {
      brief: "Print a configuration file with every setting as a comment.",
      examples: [["config example > config.yaml", "changes nothing until a line is uncommented"]],
    }),
    parameters: {},
    func() {
      const { app, out } = this.cli;
      const table = wholeTable(app);
      const title = `Configuration of ${app.name} ${app.version}`;
      out.data(exampleConfig(table, { title }).trimEnd());
      out.data(exampleRoutine(app.routine?.(defaultsOf(table)) ?? {}));
    },
  });
}

async function explainAll(cli: Cli): Promise<readonly SettingExplanation[]> {
  const { table, resolved } = await cli.place();
  return Object.keys(table)
    .toSorted()
    .map((name) => explainSetting(table, resolved, name));
}
