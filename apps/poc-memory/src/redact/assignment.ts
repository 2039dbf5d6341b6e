/**
 * A name that says "secret", a sign of assignment, and a value that looks like one, in any notation:
 * `API_KEY=…`, `"password": "…"`, `\"token\": \"…\"`, `secret: …`, `--token …`, `<password>…</password>`,
 * `?token=…`, "the password is …". The name alone proves nothing (`tokenCount = getTokenCount()`), nor does
 * the value alone (a hash); both together are taken, and the value decides how sure the name must be.
 */
import { isUuid, looksChosen, looksRandom, standsForSomethingElse } from "./randomness.ts";
import type { Found, SecretRule } from "./rule.ts";

const PASSWORD_NAMES: readonly string[] = "password|passwd|passphrase|passwort|pwd|_pass|-pass".split("|");
const KEY_NAMES: readonly string[] = (
  "secret|api_key|api-key|apikey|api key|access_key|access-key|accesskey|private_key|" +
  "private-key|privatekey|auth_key|auth-key|authkey|signing_key|signing-key|signingkey|" +
  "encryption_key|encryption-key|encryptionkey|master_key|master-key|account_key|accountkey|" +
  "session_key|license_key|subscription-key|credential|app_key|appkey|app-key|_key"
).split("|");
const TOKEN_NAMES: readonly string[] = ["token", "auth_code"];

/** What may follow the word inside the same name. */
const NAME_REST = /[A-Za-z0-9_-]{0,32}/y;
/** A name whose last part is one of these is about the secret, it is not the secret. */
const ABOUT = new Set(
  (
    "name|names|id|ids|type|types|kind|path|paths|file|files|dir|url|urls|uri|count|counts|len|length|size|limit|" +
    "limits|max|min|budget|usage|used|expiry|expires|expiration|expired|in|ttl|at|ref|refs|version|provider|policy|" +
    "rule|rules|regex|pattern|field|fields|input|label|hint|prompt|error|errors|status|manager|store|hash|izer|ized|" +
    "estimate|estimates|arn|env|variable|var|required|enabled|exists|endpoint|scope|scopes|format|index"
  ).split("|"),
);
const ENVIRONMENT = /^[A-Z_]{5,64}=$/;
/** Shorter values of the environment are mostly switches. */
const CHOSEN_CHARS = 8;
/** So much of a value is looked at to judge it: a longer look at every keyword of a hostile text would add up. */
const JUDGED_CHARS = 256;
/** A password in a sentence; shorter words with a digit are rather base64, utf8 or v2. */
const SAID_CHARS = 7;
const BESIDE_CHARS = 16;
const PARTS = /[_-]|(?=[A-Z][a-z])/;
/** Only capitals, as in the environment, say that some other key is a secret, and not all of them do. */
const OTHER_KEY = "_key";
const OPEN_KEY = /(?:PUBLIC|PUBLISHABLE|PRIMARY|FOREIGN|CACHE|SORT|HOST|PARTITION|IDEMPOTENCY)$/;
const SIGN = /["'`\\\]]{0,6}[ \t]{0,8}(?::=|=>|==?|:|%3[Dd])[ \t]{0,8}/y;
/** Name and value as two fields: `name: DB_PASSWORD` and `value: …`, `key="…" value="…"`. */
const VALUE_FIELD =
  /["'`\\]{0,4}(?:,?\s{1,16})(?:- )?["'`\\]{0,4}value["'`\\]{0,4}[ \t]{0,2}[:=][ \t]{0,2}/iy;
const PROSE = /(?:["'`]{0,1}[ \t]{1,2}(?:is|was|are|to|be)(?:[ \t]{1,2}now)?:?[ \t]{1,2})/y;
const GAP = /[ \t]{1,4}/y;
const OPEN_TAG = /<[A-Za-z0-9_:.-]{0,48}$/;
const OPTION = /(?:^|\s)--?[A-Za-z0-9-]{0,32}$/;
const QUOTE = /\\{0,3}["'`]/y;
const QUOTED = /[^\s"'`\\<>]{1,4096}/y;
const BARE = /[^\s"'`\\,;<>()[\]{}|]{1,4096}/y;
/** In the query of a URL, or a form, the next parameter ends the value. */
const PARAMETER = /[^\s"'`\\,;&<>()[\]{}|#]{1,4096}/y;
const IN_QUERY = /[?&][A-Za-z0-9_.-]{0,48}$/;
const TRAILING = /[.,;:!?]{1,8}$/;
/** Furthest the look behind a name goes. */
const BEHIND_CHARS = 64;

type NameClass = "password" | "key" | "token";
/** "beside": nothing but a space stands between name and value, so the value must prove itself. */
type Sign = "assigned" | "said" | "given" | "tagged" | "beside";

/** The rule of one class of names. */
function assignmentRule(kind: string, nameClass: NameClass, keywords: readonly string[]): SecretRule {
  return {
    kind,
    keywords,
    patterns: [
      NAME_REST,
      ENVIRONMENT,
      PARTS,
      OPEN_KEY,
      SIGN,
      VALUE_FIELD,
      PROSE,
      GAP,
      OPEN_TAG,
      OPTION,
      QUOTE,
      QUOTED,
      BARE,
      PARAMETER,
      IN_QUERY,
      TRAILING,
    ],
    find(text, at) {
      const word =
        keywords.find((keyword) => text.slice(at, at + keyword.length).toLowerCase() === keyword) ?? "";
      const nameEnd = behind(NAME_REST, text, at + word.length);
      if (isAbout(text.slice(at + word.length, nameEnd))) return null;
      if (word === OTHER_KEY && !isSecretKey(text, at)) return null;
      const sign = signAfter(text, at, nameEnd);
      if (sign === null) return null;
      const name = { nameClass, chosen: isChosenByPeople(word, text.slice(at, sign.end)) };
      return valueAt(text, at, sign, name);
    },
  };
}

/** Passwords, keys and tokens by name. The last rules: everything that is surer comes first. */
export const assignmentRules: readonly SecretRule[] = [
  assignmentRule("password", "password", PASSWORD_NAMES),
  assignmentRule("secret", "key", KEY_NAMES),
  assignmentRule("token", "token", TOKEN_NAMES),
];

const nameClasses: readonly (readonly [NameClass, string, readonly string[]])[] = [
  ["password", "password", PASSWORD_NAMES],
  ["key", "secret", KEY_NAMES],
  ["token", "token", TOKEN_NAMES],
];

/**
 * The kind of secret that a field of this name holds if its value is `value`, `null` where it holds none: for
 * values that arrive apart from their names, as in the input of a tool.
 */
export function secretKindOf(name: string, value: string): string | null {
  const lower = name.toLowerCase();
  for (const [nameClass, kind, words] of nameClasses) {
    const word = words.find((candidate) => lower.includes(candidate));
    if (word === undefined || word === OTHER_KEY || isAbout(name.slice(lower.indexOf(word) + word.length)))
      continue;
    if (!/\s/.test(value) && isSecret(value, { nameClass, chosen: false }, "assigned", true)) return kind;
  }
  return null;
}

/** What a name says of its value. */
interface SecretName {
  readonly nameClass: NameClass;
  /** Its value may be any word: the name is a variable of the environment for a password or secret. */
  readonly chosen: boolean;
}

/** `DB_PASSWORD=…`, `JWT_SECRET=…`: in capitals, with nothing around the sign. */
function isChosenByPeople(word: string, nameAndSign: string): boolean {
  return (PASSWORD_NAMES.includes(word) || word === "secret") && ENVIRONMENT.test(nameAndSign);
}

function isAbout(restOfName: string): boolean {
  return ABOUT.has((restOfName.split(PARTS).at(-1) ?? "").toLowerCase());
}

function isSecretKey(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - BEHIND_CHARS), at);
  return text.startsWith(OTHER_KEY.toUpperCase(), at) && !OPEN_KEY.test(before);
}

interface SignPlace {
  readonly kind: Sign;
  readonly end: number;
}

function signAfter(text: string, at: number, nameEnd: number): SignPlace | null {
  const assigned = Math.max(behind(SIGN, text, nameEnd), behind(VALUE_FIELD, text, nameEnd));
  if (assigned > nameEnd) return { kind: "assigned", end: assigned };
  const before = text.slice(Math.max(0, at - BEHIND_CHARS), at);
  if (text[nameEnd] === ">" && OPEN_TAG.test(before)) return { kind: "tagged", end: nameEnd + 1 };
  const said = behind(PROSE, text, nameEnd);
  if (said > nameEnd) return { kind: "said", end: said };
  const given = behind(GAP, text, nameEnd);
  if (given === nameEnd) return null;
  return { kind: OPTION.test(before) ? "given" : "beside", end: given };
}

function valueAt(text: string, at: number, sign: SignPlace, name: SecretName): Found | null {
  const start = behind(QUOTE, text, sign.end);
  const quoted = start > sign.end;
  // A generated value holds no such sign, a chosen one may.
  const inQuery =
    name.nameClass !== "password" || IN_QUERY.test(text.slice(Math.max(0, at - BEHIND_CHARS), at));
  let end = behind(quoted ? QUOTED : inQuery ? PARAMETER : BARE, text, start);
  if (quoted && !/["'`\\]/.test(text.charAt(end))) return null; // A sentence in quotes, not one value.
  if (sign.kind === "tagged" && !text.startsWith("</", end)) return null;
  if (!quoted && /[([{]/.test(text.charAt(end))) return null; // A call or an index.
  if (!quoted) end -= TRAILING.exec(text.slice(Math.max(start, end - 8), end))?.[0].length ?? 0;
  return isSecret(text.slice(start, Math.min(end, start + JUDGED_CHARS)), name, sign.kind, quoted)
    ? { start, end }
    : null;
}

function isSecret(value: string, { nameClass, chosen }: SecretName, sign: Sign, quoted: boolean): boolean {
  if (value.length < 6) return false;
  if (sign === "beside") return !isUuid(value) && looksRandom(value, BESIDE_CHARS);
  if (isUuid(value)) return nameClass !== "token";
  if (chosen && value.length >= CHOSEN_CHARS && !standsForSomethingElse(value)) return true;
  if (nameClass !== "password") return value.length >= 10 && looksRandom(value, sign === "said" ? 10 : 8);
  if (sign === "said" && !quoted) return value.length >= SAID_CHARS && looksChosen(value);
  return looksChosen(value) || looksRandom(value, 8);
}

/** Behind what the anchored pattern takes at `at`; `at` itself where it takes nothing. */
function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
