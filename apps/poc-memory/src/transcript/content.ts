/** Content blocks of messages to entries: redacted, capped, and only the kinds worth keeping. */
import { field, fieldsField, isFields, textField } from "./bounded-json.ts";
import type { JsonFields } from "./bounded-json.ts";
import type { Keeper } from "./keep.ts";
import type { TranscriptLimits } from "./limits.ts";
import type { Entry, ToolInput } from "./record.ts";
import { readUserText, withoutReminders } from "./user-text.ts";

/** What turning blocks into entries needs. */
export interface ContentContext {
  readonly keep: Keeper;
  readonly limits: TranscriptLimits;
}

/** Placeholders that the agent writes where an answer has no text. */
const EMPTY_ANSWERS = new Set(["", "(no content)", "No response requested."]);
/** Ids and tool names are short; what is longer is none. */
const NAME_CHARS = 200;

/** Entries of a user message: prompts, commands, interruptions, tool results. `typed` false: no text in it is the person's. */
export function userEntries(content: unknown, typed: boolean, context: ContentContext): Entry[] {
  const entries: Entry[] = [];
  for (const block of blocksOf(content)) {
    if (entries.length >= context.limits.entries) break;
    const type = textField(block, "type");
    if (type === "tool_result") entries.push(resultEntry(block, context));
    if (type !== "text") continue; // Images and documents are dropped.
    const entry = userTextEntry(textField(block, "text") ?? "", typed, context);
    if (entry !== null) entries.push(entry);
  }
  return entries;
}

/** What a text under the user's name becomes; `null` where nothing of it is kept. */
export function userTextEntry(text: string, typed: boolean, { keep, limits }: ContentContext): Entry | null {
  const read = readUserText(text);
  if (read === null) return null;
  if (read.kind === "summary") return { ...read, text: keep.text(read.text, limits.answerChars) };
  if (read.kind === "interruption") return read;
  if (!typed) return null;
  if (read.kind === "prompt") return { ...read, text: keep.text(read.text, limits.promptChars) };
  return { ...read, name: keep.text(read.name, NAME_CHARS), args: keep.text(read.args, limits.promptChars) };
}

/** Entries of an assistant message: answers and tool calls. Thinking is dropped. */
export function assistantEntries(content: unknown, context: ContentContext): Entry[] {
  const { keep, limits } = context;
  const entries: Entry[] = [];
  for (const block of blocksOf(content)) {
    if (entries.length >= limits.entries) break;
    const type = textField(block, "type");
    if (type === "text") {
      const text = (textField(block, "text") ?? "").trim();
      if (!EMPTY_ANSWERS.has(text))
        entries.push({ kind: "answer", text: keep.text(text, limits.answerChars) });
    } else if (type === "tool_use") {
      entries.push({
        kind: "call",
        callId: shortText(block, "id", keep),
        tool: shortText(block, "name", keep),
        input: toolInput(fieldsField(block, "input"), context),
      });
    }
  }
  return entries;
}

/** Short text of a field, redacted; empty where it has none. */
function shortText(block: JsonFields, name: string, keep: Keeper): string {
  return keep.text(textField(block, name) ?? "", NAME_CHARS);
}

function resultEntry(block: JsonFields, { keep, limits }: ContentContext): Entry {
  const content = field(block, "content");
  const whole = typeof content === "string" ? content : textsOf(content);
  const text = withoutReminders(whole);
  return {
    kind: "result",
    callId: shortText(block, "tool_use_id", keep),
    failed: field(block, "is_error") === true || text.startsWith("<tool_use_error>"),
    text: keep.text(text, limits.resultChars),
    bytes: Buffer.byteLength(whole),
  };
}

function textsOf(content: unknown): string {
  return blocksOf(content)
    .map((block) => (textField(block, "type") === "text" ? (textField(block, "text") ?? "") : ""))
    .filter((text) => text !== "")
    .join("\n");
}

/** The blocks of a message; a plain string is one block of text. */
function blocksOf(content: unknown): readonly JsonFields[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content.filter(isFields) : [];
}

function toolInput(input: JsonFields | null, { keep, limits }: ContentContext): ToolInput {
  const kept: [string, string | number | boolean][] = [];
  for (const [name, value] of Object.entries(input ?? {})) {
    if (kept.length >= limits.inputValues) break;
    const label = keep.text(name, NAME_CHARS);
    if (typeof value === "string") kept.push([label, keep.field(name, value, limits.inputChars)]);
    else if (typeof value === "boolean" || Number.isFinite(value))
      kept.push([label, value as number | boolean]);
  }
  return Object.fromEntries(kept); // Defines own fields, also one called __proto__.
}
