/** Records of a session as Claude Code writes them, made at run time, for tests to bend. */
import { seeded } from "./secrets.ts";

/** Fields that replace or join those of a record. */
export type Extra = Readonly<Record<string, unknown>>;

/** Writes the records of one session, each the child of the one before. */
export class SessionWriter {
  readonly sessionId: string;
  readonly #chance: () => number;
  #parent: string | null = null;
  #atMs = Date.UTC(2026, 3, 24, 16, 50);

  constructor(seed: number) {
    this.#chance = seeded(seed);
    this.sessionId = this.uuid();
  }

  /** The uuid of the newest record. */
  get newest(): string | null {
    return this.#parent;
  }

  uuid(): string {
    const hex = (count: number): string =>
      Array.from({ length: count }, () => Math.floor(this.#chance() * 16).toString(16)).join("");
    return [8, 4, 4, 4, 12].map(hex).join("-");
  }

  prompt(text: string, extra: Extra = {}): string {
    return this.#line("user", { message: { role: "user", content: text }, ...extra });
  }

  answer(text: string, extra: Extra = {}): string {
    return this.#assistant([{ type: "text", text }], extra);
  }

  call(id: string, tool: string, input: Extra, extra: Extra = {}): string {
    return this.#assistant([{ type: "tool_use", id, name: tool, input }], extra);
  }

  result(id: string, content: unknown, extra: Extra = {}): string {
    const block = { type: "tool_result", tool_use_id: id, content };
    return this.#line("user", { message: { role: "user", content: [block] }, ...extra });
  }

  /** Any other record with a place in the tree. */
  other(type: string, fields: Extra): string {
    return this.#line(type, fields);
  }

  #assistant(content: readonly unknown[], extra: Extra): string {
    const message = { id: "msg_1", role: "assistant", model: "a-model", content };
    return this.#line("assistant", { message, ...extra });
  }

  #line(type: string, fields: Extra): string {
    const uuid = this.uuid();
    this.#atMs += 1000;
    const base = {
      parentUuid: this.#parent,
      isSidechain: false,
      type,
      cwd: "/home/ada/project",
      gitBranch: "main",
      sessionId: this.sessionId,
      uuid,
      timestamp: new Date(this.#atMs).toISOString(),
    };
    this.#parent = uuid;
    return JSON.stringify({ ...base, ...fields });
  }
}
