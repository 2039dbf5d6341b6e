// Every rule of STYLE.md that a machine can check, for one file. Pure: text in, complaints out.
import ts from "typescript";

/** One source file of the workspace. */
export interface SourceFile {
  /** Path from the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** Workspace package to the workspace packages it may import. Absent means: may not be imported by others. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "jobkit-core": [],
  "jobkit-sqlite": ["jobkit-core"],
  "jobkit-daemon": ["jobkit-core", "jobkit-sqlite"],
  "poc-memory": ["jobkit-core", "jobkit-daemon"],
  "checksum-keeper": ["jobkit-core", "jobkit-daemon"],
  tools: ["jobkit-core", "jobkit-sqlite", "jobkit-daemon"],
};

/** The side door of a package for tests and for packages of fakes. */
const SIDE_DOOR = "testing";
/** The side doors for everybody: what is behind them is loaded only by whoever needs it. */
const MORE_DOORS: readonly string[] = ["threads", "system"];

/** Folders of jobkit-core, lowest first: a file imports its own layer or a lower one. */
const coreLayers: readonly (readonly string[])[] = [
  ["base"],
  ["observe"],
  ["events"],
  ["task", "job", "pool", "queue"],
  ["run", "schedule"],
  ["timetable", "pipeline", "threads"],
  ["metrics", "health"],
  ["docs"],
  ["testing"],
  ["system"],
];

const LINES_MAX = 350;
const CORE_SHELL_ONLY =
  /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|setImmediate|performance\.now|process\.\w+|console\.\w+)/;
/** Folders of jobkit-core that are not handed the machine: its fakes and the door to it. */
const MACHINE: ReadonlySet<string> = new Set(["testing", "system"]);
const APP_WORDS = /\b(memor(y|ies) (graph|store|node)|transcripts?|LLMs?|language[- ]models?|poc-memory)\b/i;
const VAGUE_NAMES = /(^|[-/])(utils?|helpers?|managers?|common|misc|stuff)([-./]|$)/;
const UNFINISHED = /\b(TODO|FIXME|XXX|HACK)\b/;

/** What is wrong with one file, as `path:line: words`; empty where nothing is. */
export function complaints(file: SourceFile): string[] {
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  const place = placeOf(file.path);
  return [
    ...wholeFileComplaints(file, place),
    ...importComplaints(file, tree, place),
    ...syntaxComplaints(file, tree, place),
  ];
}

interface Place {
  /** Name of the workspace package. */
  readonly name: string;
  readonly kind: "src" | "test" | "other";
  /** First folder below src, where there is one. */
  readonly folder: string | null;
}

function placeOf(path: string): Place {
  const parts = path.split("/");
  const name = parts[0] === "tools" ? "tools" : (parts[1] ?? "");
  const inner = parts[0] === "tools" ? parts.slice(1) : parts.slice(2);
  const kind = inner[0] === "src" ? "src" : inner[0] === "test" || inner[0] === "bench" ? "test" : "other";
  return { name, kind, folder: kind === "src" && inner.length > 2 ? (inner[1] ?? null) : null };
}

function wholeFileComplaints(file: SourceFile, place: Place): string[] {
  const found: string[] = [];
  const code = file.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  const lines = file.text.split("\n").length - 1;
  if (lines > LINES_MAX) found.push(`${file.path}: ${lines} lines, over ${LINES_MAX}; split it by idea`);
  if (VAGUE_NAMES.test(file.path)) found.push(`${file.path}: name it for its one idea`);
  if (place.name !== "tools" && UNFINISHED.test(file.text))
    found.push(`${file.path}: unfinished work is marked in it`);
  if (place.name === "jobkit-core" && place.kind === "src" && !MACHINE.has(place.folder ?? "")) {
    const word = CORE_SHELL_ONLY.exec(code)?.[0];
    if (word !== undefined)
      found.push(`${file.path}: core takes time, chance and output as arguments, not ${word}`);
  }
  if (file.path.startsWith("packages/") && place.kind === "src") {
    const word = APP_WORDS.exec(file.text)?.[0];
    if (word !== undefined)
      found.push(`${file.path}: a library does not know the application's word "${word}"`);
  }
  return found;
}

function importComplaints(file: SourceFile, tree: ts.SourceFile, place: Place): string[] {
  const found: string[] = [];
  for (const { target, line } of importsOf(tree)) {
    const say = (words: string): void => void found.push(`${file.path}:${line}: ${words}`);
    const [name = "", ...deep] = target.split("/");
    if (name in mayImport && place.name !== name) {
      if (!(mayImport[place.name] ?? []).includes(name)) say(`${place.name} never imports ${name}`);
      if (deep.length > 0 && (deep.length > 1 || ![SIDE_DOOR, ...MORE_DOORS].includes(deep[0] ?? "")))
        say(`import ${name} by its front door`);
      if (deep[0] === SIDE_DOOR && place.kind === "src") say(`only tests import ${name}/${SIDE_DOOR}`);
    }
    if (place.name === "jobkit-core" && place.kind === "src" && target.startsWith("node:"))
      say("core never imports node:");
    if (place.kind === "src" && target.startsWith("..") && leavesPackage(file.path, target))
      say("never reach into another package by path");
    if (place.name === "jobkit-core" && place.kind === "src") {
      const words = layerComplaint(file.path, target);
      if (words !== null) say(words);
    }
  }
  return found;
}

function importsOf(tree: ts.SourceFile): { target: string; line: number }[] {
  return tree.statements.flatMap((statement) =>
    (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
    statement.moduleSpecifier !== undefined &&
    ts.isStringLiteral(statement.moduleSpecifier)
      ? [{ target: statement.moduleSpecifier.text, line: lineOf(tree, statement) }]
      : [],
  );
}

function leavesPackage(path: string, target: string): boolean {
  const depthInPackage = path.split("/").length - 3;
  return target.split("/").filter((part) => part === "..").length > depthInPackage;
}

function layerComplaint(path: string, target: string): string | null {
  if (!target.startsWith(".")) return null;
  const from = path.split("/").slice(3, -1);
  const [own] = from;
  const joined = [...from];
  for (const part of target.split("/"))
    if (part === "..") joined.pop();
    else if (part !== ".") joined.push(part);
  const [other] = joined.length > 1 ? joined : [];
  if (own === undefined || other === undefined || own === other) return null;
  if (layerOf(own) < 0) return `folder ${own} has no layer: give it one in tools/tidy.ts`;
  return layerOf(other) > layerOf(own) ? `${own} lies below ${other} and never imports it` : null;
}

function layerOf(folder: string): number {
  return coreLayers.findIndex((folders) => folders.includes(folder));
}

function syntaxComplaints(file: SourceFile, tree: ts.SourceFile, place: Place): string[] {
  const found: string[] = [];
  const say = (node: ts.Node, words: string): void =>
    void found.push(`${file.path}:${lineOf(tree, node)}: ${words}`);
  const config = file.path.endsWith(".config.ts");
  const visit = (node: ts.Node, inLoop: boolean): void => {
    if (!config && isDefaultExport(node)) say(node, "no default exports");
    if (ts.isEnumDeclaration(node)) say(node, "no enum: a union or a table");
    if (ts.isModuleDeclaration(node) && !ts.isStringLiteral(node.name))
      say(node, "no namespace: a file is one");
    if (node.kind === ts.SyntaxKind.AnyKeyword) say(node, "no any: unknown at the edge, typed after");
    if (inLoop && isUsing(node)) say(node, "`using` in a loop: move the body to a function");
    if (place.kind === "src" && isMutableModuleState(node, tree)) say(node, "no mutable module state");
    const entersFunction = ts.isFunctionLike(node);
    ts.forEachChild(node, (child) =>
      visit(child, entersFunction ? false : inLoop || ts.isIterationStatement(node, false)),
    );
  };
  visit(tree, false);
  return found;
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword)
  );
}

function isUsing(node: ts.Node): boolean {
  const using: number = ts.NodeFlags.Using;
  return ts.isVariableDeclarationList(node) && (node.flags & using) === using;
}

function isMutableModuleState(node: ts.Node, tree: ts.SourceFile): boolean {
  return (
    ts.isVariableStatement(node) &&
    node.parent === tree &&
    (node.declarationList.flags & (ts.NodeFlags.Const | ts.NodeFlags.Using)) === 0 &&
    !(ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DeclareKeyword)
  );
}

function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}
