/**
 * A line of a Claude Code session to a record. There is no official schema: what is here was learnt from
 * sessions of versions 2.0.64 to 2.1.218. A record of an unknown type is reported and passed over, and fields
 * that are missing or of another kind are read as absent: a new version must not stop the reading.
 */
import { field, fieldsField, parseBounded, textField } from "./bounded-json.ts";
import type { JsonFields } from "./bounded-json.ts";
import { assistantEntries, userEntries, userTextEntry } from "./content.ts";
import type { ContentContext } from "./content.ts";
import { closingUuid, leadingFields } from "./leading-type.ts";
import type { Entry, SkipReason, TranscriptRecord } from "./record.ts";
import { momentOf } from "./moment.ts";
import { readCommand } from "./user-text.ts";

/** What a line is. "nothing": understood, and there is nothing in it to keep. */
export type LineReading =
  | { readonly kind: "record"; readonly record: TranscriptRecord }
  | { readonly kind: "skipped"; readonly reason: SkipReason }
  | { readonly kind: "nothing" };

type EntriesOf = (fields: JsonFields, context: ContentContext) => readonly Entry[];

/** Types of records, and what of them is kept. Those with `none` only have a place in the tree, or not even that. */
const none: EntriesOf = () => [];
const entriesByType: ReadonlyMap<string, EntriesOf> = new Map<string, EntriesOf>([
  ["user", entriesOfUser],
  ["assistant", entriesOfAssistant],
  ["system", entriesOfSystem],
  ["attachment", entriesOfAttachment],
  ["summary", (fields, context) => title(textField(fields, "summary"), context)],
  ["ai-title", (fields, context) => title(textField(fields, "aiTitle"), context)],
  ["custom-title", (fields, context) => title(textField(fields, "customTitle"), context)],
  ["pr-link", entriesOfPullRequest],
  ["progress", none],
  // Text that was typed while the agent was busy: it comes again as a user record or an attachment.
  ["queue-operation", none],
  ["file-history-snapshot", none],
  ["file-history-delta", none],
  ...["last-prompt", "mode", "permission-mode", "agent-name", "agent-setting", "agent-color", "tag"].map(
    plain,
  ),
  ...["bridge-session", "continued-in", "worktree-state", "content-replacement", "speculation-accept"].map(
    plain,
  ),
]);

/** Types that carry no entry, are often large, and need not be parsed when their place in the tree is plain to see. */
const bulky: ReadonlySet<string> = new Set(["progress", "file-history-snapshot", "file-history-delta"]);

const ID = /^[0-9A-Za-z][0-9A-Za-z_.:-]{0,127}$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PATH_CHARS = 1024;
const URL_CHARS = 500;
const PULL_REQUEST = /^https:\/\/[A-Za-z0-9.-]{1,200}\/[^\s<>"'`\\]{1,300}$/;
const RECAP_HINT = "(disable recaps in /config)";

/**
 * Read one line.
 * @param line its 1-based number in the file.
 */
export function readLine(text: string, line: number, context: ContentContext): LineReading {
  if (text.trim() === "") return { kind: "nothing" };
  const quick = readBulky(text, line);
  if (quick !== null) return quick;
  const parsed = parseBounded(text, context.limits.depth);
  return parsed.kind === "refused"
    ? { kind: "skipped", reason: parsed.reason }
    : readFields(parsed.fields, line, context);
}

/** The same for a line that was parsed already. */
export function readFields(fields: JsonFields, line: number, context: ContentContext): LineReading {
  const entriesOf = entriesByType.get(textField(fields, "type") ?? "");
  if (entriesOf === undefined) return { kind: "skipped", reason: "unknown-type" };
  const entries = entriesOf(fields, context);
  const uuid = idField(fields, "uuid", context);
  if (entries.length === 0 && uuid === null) return { kind: "nothing" };
  const record: TranscriptRecord = {
    line,
    uuid,
    parentUuid: idField(fields, "parentUuid", context),
    sessionId: idField(fields, "sessionId", context) ?? idField(fields, "session_id", context),
    atMs: momentOf(field(fields, "timestamp")),
    cwd: placeField(fields, "cwd", context),
    gitBranch: placeField(fields, "gitBranch", context),
    sidechain: field(fields, "isSidechain") === true,
    entries,
  };
  return { kind: "record", record };
}

/** A line whose beginning proves that nothing in it is kept, and whose end tells its place: not parsed. */
function readBulky(text: string, line: number): LineReading | null {
  const leading = leadingFields(text);
  if (leading === null || !bulky.has(leading.type)) return null;
  if (leading.type !== "progress") return { kind: "nothing" };
  const uuid = closingUuid(text);
  if (uuid === null || leading.parentUuid === undefined) return null;
  const parentUuid = leading.parentUuid !== null && UUID.test(leading.parentUuid) ? leading.parentUuid : null;
  const place = { sessionId: null, atMs: null, cwd: null, gitBranch: null, sidechain: false, entries: [] };
  return UUID.test(uuid) ? { kind: "record", record: { line, uuid, parentUuid, ...place } } : null;
}

function entriesOfUser(fields: JsonFields, context: ContentContext): readonly Entry[] {
  const content = field(fieldsField(fields, "message") ?? {}, "content");
  if (field(fields, "isCompactSummary") === true) {
    const text = typeof content === "string" ? content : textOfFirstBlock(content);
    return text === ""
      ? []
      : [{ kind: "summary", of: "compaction", text: context.keep.text(text, context.limits.answerChars) }];
  }
  return userEntries(content, isTyped(fields), context);
}

/** Is text of this user record the person's own? Not of a sub-agent's task, of hooks, or of what is meant for the model alone. */
function isTyped(fields: JsonFields): boolean {
  if (field(fields, "isMeta") === true || field(fields, "isSidechain") === true) return false;
  if (field(fields, "isVisibleInTranscriptOnly") === true) return false;
  const origin = textField(fieldsField(fields, "origin") ?? {}, "kind");
  return origin === null || origin === "human";
}

function textOfFirstBlock(content: unknown): string {
  const first: unknown = Array.isArray(content) ? content[0] : null;
  return typeof first === "object" && first !== null ? (textField(first as JsonFields, "text") ?? "") : "";
}

function entriesOfAssistant(fields: JsonFields, context: ContentContext): readonly Entry[] {
  const message = fieldsField(fields, "message") ?? {};
  if (textField(message, "model") === "<synthetic>" || field(fields, "isApiErrorMessage") === true) return [];
  return assistantEntries(field(message, "content"), context);
}

function entriesOfSystem(fields: JsonFields, context: ContentContext): readonly Entry[] {
  const content = textField(fields, "content") ?? "";
  const subtype = textField(fields, "subtype");
  if (subtype === "compact_boundary") {
    const trigger = textField(fieldsField(fields, "compactMetadata") ?? {}, "trigger");
    return [
      { kind: "compaction", trigger: trigger === "auto" || trigger === "manual" ? trigger : "unknown" },
    ];
  }
  if (subtype === "away_summary") {
    const text = content.replace(RECAP_HINT, "").trim();
    return text === ""
      ? []
      : [{ kind: "summary", of: "away", text: context.keep.text(text, context.limits.answerChars) }];
  }
  if (subtype !== "local_command" || readCommand(content.trim()) === null) return []; // Durations, hooks, notices.
  const entry = userTextEntry(content, true, context);
  return entry === null ? [] : [entry];
}

/** Of attachments only a prompt that was queued while the agent was busy. */
function entriesOfAttachment(fields: JsonFields, context: ContentContext): readonly Entry[] {
  const attachment = fieldsField(fields, "attachment") ?? {};
  if (textField(attachment, "type") !== "queued_command") return [];
  const mode = textField(attachment, "commandMode");
  if (mode !== null && mode !== "prompt") return [];
  return userEntries(field(attachment, "prompt"), isTyped(fields) && isTyped(attachment), context);
}

function entriesOfPullRequest(fields: JsonFields, { keep }: ContentContext): readonly Entry[] {
  const url = textField(fields, "prUrl");
  return url !== null && PULL_REQUEST.test(url)
    ? [{ kind: "pull-request", url: keep.text(url, URL_CHARS) }]
    : [];
}

function title(text: string | null, { keep, limits }: ContentContext): readonly Entry[] {
  const trimmed = text?.trim() ?? "";
  return trimmed === ""
    ? []
    : [{ kind: "summary", of: "title", text: keep.text(trimmed, limits.answerChars) }];
}

/** An id as agents write them; a strange one is redacted like any text, what cannot be one is none. */
function idField(fields: JsonFields, name: string, { keep }: ContentContext): string | null {
  const id = textField(fields, name);
  if (id === null || UUID.test(id)) return id;
  return ID.test(id) ? keep.text(id, id.length) : null;
}

function placeField(fields: JsonFields, name: string, { keep }: ContentContext): string | null {
  const place = textField(fields, name);
  return place === null || place === "" || place.length > PATH_CHARS ? null : keep.text(place, PATH_CHARS);
}

function plain(type: string): readonly [string, EntriesOf] {
  return [type, none];
}
