/**
 * Programs in Markdown. "```ts runnable" begins one, "```ts continued" goes on with it, "```ts file name.ts" is a
 * file beside it; what a block prints stands in the "```text" behind it. All programs are compiled once, together.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";

/** One block of code and what it says it prints. */
interface Block {
  readonly code: string;
  readonly printed: string;
}

/** One program: the blocks of a page that are run in one go. */
export interface PageProgram {
  /** Page, place on it, heading above it. */
  readonly name: string;
  readonly blocks: readonly Block[];
  /** Code of the files beside it, by name. */
  readonly files: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, "..");
const BLOCK = /^```ts (runnable|continued|file \S+)\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```)?/gm;
/** Stands alone on a line of output where the next block begins. */
const MARK = "\u{1f}";
// All programs import the same sources: stripped of their types and compiled once.
const env = { ...process.env, NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compile") };
const call = promisify(execFile);

/** The programs of a page. */
export async function programsOf(page: string): Promise<readonly PageProgram[]> {
  const text = await readFile(page, "utf8");
  const programs: { name: string; blocks: Block[]; files: Record<string, string> }[] = [];
  for (const { 1: how = "", 2: code = "", 3: printed = "", index } of text.matchAll(BLOCK)) {
    const heading = [...text.slice(0, index).matchAll(/^#+ (.*)$/gm)].at(-1)?.[1] ?? "";
    const name = `${basename(page, ".md")} ${programs.length + 1}, ${heading}`;
    if (how === "runnable") programs.push({ name, blocks: [], files: {} });
    const program = programs.at(-1);
    const [, file] = how.split(" ");
    if (file === undefined) program?.blocks.push({ code, printed });
    else if (program !== undefined) program.files[file] = code;
  }
  return programs;
}

/** Blocks of TypeScript on a page that no test runs. */
export async function unrunBlocks(file: string): Promise<readonly string[]> {
  const page = await readFile(file, "utf8");
  return [...page.matchAll(/^```(?:ts|js)\b(.*)$/gm)]
    .map(([, how = ""]) => how.trim())
    .filter((how) => !/^(runnable|continued|file \S+)$/.test(how));
}

/** A folder inside of the package, so that its own name resolves to its source, with a file per program. */
export async function writePrograms(
  programs: readonly PageProgram[],
): Promise<AsyncDisposable & { readonly folder: string }> {
  const folder = await mkdtemp(join(root, "test", ".pages-"));
  for (const [at, { blocks, files }] of programs.entries()) {
    const code = blocks.map((block) => `console.log("${MARK}");\n${block.code}`).join("\n");
    await writeFile(join(folder, `program-${at}.ts`), code);
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  }
  const config = { extends: "../../tsconfig.json", include: ["*.ts"] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** What the compiler complains about in a folder of programs, line by line; not in what they import. */
export async function typeProblems(folder: string): Promise<readonly string[]> {
  const tsc = join(root, "..", "..", "node_modules", "typescript", "bin", "tsc");
  try {
    await call(process.execPath, [tsc, "-p", "."], { cwd: folder });
    return [];
  } catch (error) {
    const { stdout } = error as { readonly stdout: string };
    return stdout.split("\n").filter((line) => line !== "" && !line.startsWith("../"));
  }
}

/** Run a file. @returns what it printed, as a whole and block by block, and what it complained about. */
export async function printedBy(
  file: string,
): Promise<{ readonly text: string; readonly blocks: readonly string[]; readonly stderr: string }> {
  const { stdout, stderr } = await call(process.execPath, ["--conditions=@jobkit/source", file], { env });
  const text = stdout.replaceAll(/[ \t]+$/gm, "");
  const [, ...blocks] = text.split(`${MARK}\n`);
  return { text, blocks, stderr };
}
