/**
 * Whose file is it? Names tell nothing: other agents' sessions, even pretty-printed JSON, are found under
 * names that end with .jsonl. A line decides: each agent's records have fields the others' have not.
 */
import { field, fieldsField, textField } from "./bounded-json.ts";
import type { JsonFields } from "./bounded-json.ts";

/** "undecided": no line was characteristic of anything. */
export type TranscriptFormat =
  | "claude-code"
  | "codex"
  | "gemini"
  | "other-agent"
  | "pretty-json"
  | "undecided";

const CODEX_TYPES = new Set([
  "session_meta",
  "turn_context",
  "response_item",
  "event_msg",
  "compacted",
  "world_state",
]);
/** Every record of Claude Code has a type and one of these. */
const CLAUDE_FIELDS = ["uuid", "sessionId", "session_id", "messageId", "leafUuid"] as const;

/** What a parsed line says of its file. */
export function formatOfFields(fields: JsonFields): TranscriptFormat {
  const type = textField(fields, "type");
  if (type !== null && CODEX_TYPES.has(type) && fieldsField(fields, "payload") !== null) return "codex";
  if (Object.hasOwn(fields, "projectHash") || (type === "gemini" && Object.hasOwn(fields, "content")))
    return "gemini";
  if (type !== null && CLAUDE_FIELDS.some((name) => typeof field(fields, name) === "string"))
    return "claude-code";
  if (textField(fields, "role") !== null && Object.hasOwn(fields, "content") && type === null)
    return "other-agent";
  if (Array.isArray(field(fields, "messages"))) return "other-agent";
  return "undecided";
}

/** What a line that is no JSON says of its file: a lone bracket is the first line of a pretty-printed value. */
export function formatOfText(text: string): TranscriptFormat {
  const trimmed = text.trim();
  return trimmed === "{" || trimmed === "[" || trimmed === "[{" ? "pretty-json" : "undecided";
}
