/** A Markdown table. Pipes and line ends in cells are made harmless; an empty cell stays empty. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [lineOf(head), `| ${head.map(() => "---").join(" | ")} |`, ...rows.map(lineOf)].join("\n");
}

/** A text as code. */
export function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(" | ")} |`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

/** What every generated page begins with. */
export function pageHead(title: string, intro: string): string {
  return `# ${title}\n\n<!-- Generated from the tables in the source by \`pnpm codegen\`. Do not edit. -->\n\n${intro}\n`;
}
