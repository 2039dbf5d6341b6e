/**
 * Texts of a transcript are data: before one is kept, whatever could draw, hide, reorder or close
 * something is taken out of it.
 */

// C0 and C1 controls but tab and newline, zero-width and bidirectional marks, interlinear and tag characters.
const UNSEEN =
  // oxlint-disable-next-line no-control-regex -- These are what is taken out.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
/** An escape sequence of a terminal: a control sequence, an operating system command, or a single character. */
const ESCAPES = new RegExp(
  String.raw`\u001b(?:\[[0-9;?]{0,24}[ -/]{0,2}[@-~]|\][^\u0007\u001b]{0,400}(?:\u0007|\u001b\\)|[@-_])`,
  "gu",
);

/** The text without escape sequences, controls, invisible and direction characters, lone surrogates. Newlines stay. */
export function clean(text: string): string {
  return text.toWellFormed().replaceAll("\r\n", "\n").replace(ESCAPES, "").replace(UNSEEN, "");
}

/** One line, safe to stand inside Markdown of ours: no fence, no heading, no tag or comment that could close one. */
export function inline(text: string): string {
  return clean(text)
    .replaceAll(/\s{1,2000}/gu, " ")
    .replaceAll(/`{3,}|~{3,}/gu, "'''")
    .replaceAll(/<(?=!--|[/]?[a-z][a-z0-9]{0,30}[-_][a-z0-9_-]{0,60}|\/)/giu, "‹")
    .replaceAll("-->", "--›")
    .replace(/^(?:[#>|]{1,6}|={3,}|-{3,})\s{0,4}/u, "")
    .trim();
}

const OURS =
  /<poc-memory[a-z0-9_-]{0,60}(?:\s[^<>]{0,300})?>[\s\S]{0,60000}?(?:<\/poc-memory[a-z0-9_-]{0,60}>|$)/giu;

/**
 * The text without memories that were given back to the agent: blocks `<poc-memory…>…</poc-memory…>`, whatever
 * follows the name. An unclosed block reaches to the end. A memory of a memory is an echo.
 */
export function withoutRecalled(text: string): string {
  return text.replaceAll(OURS, " ");
}

/** The text with its inline code closed, where cutting has left a backtick alone. */
export function balanced(text: string): string {
  return (text.match(/`/gu) ?? []).length % 2 === 0 ? text : `${text}\``;
}
