/**
 * Secrets made at run time, in the forms they take in sessions. Nothing here is a secret or looks like one to a
 * scanner of repositories: prefixes are put together from parts and the rest comes from a seeded generator.
 */
import { Buffer } from "node:buffer";

/** A secret and a text that holds it once. */
export interface Planted {
  readonly kind: string;
  readonly form: string;
  /** The secret itself. */
  readonly secret: string;
  /** What of it stands in the text, in order: itself, its lines, or what it was encoded to. None of it may be kept. */
  readonly traces: readonly string[];
  readonly text: string;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32, T. Ettinger, public domain). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const HEX = "0123456789abcdef";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const BASE62 = UPPER + LOWER + DIGITS;
const URL64 = `${BASE62}-_`;
const BASE64 = `${BASE62}+/`;

type Chance = () => number;
const chars = (chance: Chance, alphabet: string, count: number): string =>
  Array.from({ length: count }, () => alphabet[Math.floor(chance() * alphabet.length)]).join("");
/** A part of a prefix, apart from the rest so that no scanner of this repository takes it for a secret. */
const part = (text: string): string => text;
/** Letters and digits, at least one digit of each four places: generators in use make such. */
const mixed = (chance: Chance, count: number): string =>
  Array.from({ length: count }, (_, at) => chars(chance, at % 4 === 3 ? DIGITS : BASE62, 1)).join("");

/** A token that says itself what it is. */
const tokens: Readonly<Record<string, (chance: Chance) => string>> = {
  "aws-id": (c) => `AK${part("IA")}${chars(c, UPPER + "234567", 16)}`,
  "github-classic": (c) => `gh${part("p_")}${chars(c, BASE62, 36)}`,
  "github-app": (c) => `gh${part("s_")}${chars(c, BASE62, 36)}`,
  "github-fine": (c) => `github${part("_pat_")}${chars(c, BASE62, 22)}_${chars(c, BASE62, 59)}`,
  gitlab: (c) => `gl${part("pat-")}${chars(c, URL64, 20)}`,
  "slack-bot": (c) =>
    `xo${part("xb-")}${chars(c, DIGITS, 12)}-${chars(c, DIGITS, 12)}-${chars(c, BASE62, 24)}`,
  stripe: (c) => `sk${part("_live_")}${chars(c, BASE62, 24)}`,
  "openai-project": (c) =>
    `sk${part("-proj-")}${chars(c, URL64, 64)}T3Blbk${part("FJ")}${chars(c, URL64, 40)}`,
  "openai-classic": (c) => `sk${part("-")}${chars(c, BASE62, 20)}T3Blbk${part("FJ")}${chars(c, BASE62, 20)}`,
  anthropic: (c) => `sk${part("-ant-")}api03-${chars(c, URL64, 93)}AA`,
  "google-api": (c) => `AI${part("za")}${chars(c, URL64, 35)}`,
  npm: (c) => `np${part("m_")}${chars(c, BASE62, 36)}`,
  pypi: (c) => `py${part("pi-")}AgEIcHlwaS5vcmc${chars(c, URL64, 70)}`,
  "docker-hub": (c) => `dckr${part("_pat_")}${chars(c, URL64, 27)}`,
  sendgrid: (c) => `S${part("G.")}${chars(c, URL64, 22)}.${chars(c, URL64, 43)}`,
  twilio: (c) => `S${part("K")}${chars(c, HEX, 32)}`,
  telegram: (c) => `${chars(c, "123456789", 10)}:${part("AA")}${chars(c, URL64, 33)}`,
  discord: (c) => `M${chars(c, BASE62, 25)}.${chars(c, URL64, 6)}.${chars(c, URL64, 37)}a`,
  jwt: (c) =>
    `ey${part("J")}${chars(c, URL64, 33)}.ey${part("J")}${chars(c, URL64, 80)}.${chars(c, URL64, 43)}`,
  digitalocean: (c) => `dop${part("_v1_")}${chars(c, HEX, 64)}`,
  huggingface: (c) => `h${part("f_")}${chars(c, BASE62, 34)}`,
  "heroku-new": (c) => `HRKU${part("-")}${chars(c, URL64, 60)}`,
};

/** A value that only its name makes a secret: its name, in the case of the environment. */
const named: Readonly<Record<string, readonly [name: string, make: (chance: Chance) => string]>> = {
  "aws-secret": ["AWS_SECRET_ACCESS_KEY", (c) => `a1B${chars(c, BASE64, 37)}`],
  password: ["DB_PASSWORD", (c) => `${chars(c, LOWER, 5)}${chars(c, DIGITS, 2)}!${chars(c, BASE62, 4)}`],
  "api-key": ["SERVICE_API_KEY", (c) => mixed(c, 32)],
  "hex-token": ["DEPLOY_TOKEN", (c) => chars(c, HEX, 40)],
  "client-secret": ["CLIENT_SECRET", (c) => mixed(c, 24)],
  heroku: ["HEROKU_API_KEY", (c) => [8, 4, 4, 4, 12].map((count) => chars(c, HEX, count)).join("-")],
};

/** A line of its own notation with a secret in it. */
const lines: Readonly<Record<string, (chance: Chance) => readonly [secret: string, line: string]>> = {
  bearer: withSecret(
    (c) => mixed(c, 40),
    (s) => `Authorization: Bearer ${s}`,
  ),
  basic: (c) => {
    const secret = Buffer.from(`admin:${mixed(c, 12)}`).toString("base64");
    return [secret, `Authorization: Basic ${secret}`];
  },
  "database-url": withSecret(
    (c) => mixed(c, 14),
    (s) => `postgres://app:${s}@db.internal:5432/main`,
  ),
  "url-userinfo": withSecret(
    (c) => mixed(c, 16),
    (s) => `https://deploy:${s}@git.example.org/team/app.git`,
  ),
  cookie: withSecret(
    (c) => mixed(c, 32),
    (s) => `Cookie: theme=dark; sid=${s}`,
  ),
  "azure-storage": withSecret(
    (c) => `${mixed(c, 86)}==`,
    (s) => `DefaultEndpointsProtocol=https;AccountName=files;AccountKey=${s};EndpointSuffix=core.windows.net`,
  ),
  "azure-sas": withSecret(
    (c) => `A1${chars(c, BASE62, 41)}%3D`,
    (s) => `https://files.blob.core.windows.net/a?sv=2024-11-04&sp=r&sig=${s}`,
  ),
  "slack-webhook": withSecret(
    (c) => `T${chars(c, UPPER + DIGITS, 8)}/B${chars(c, UPPER + DIGITS, 8)}/${chars(c, BASE62, 24)}`,
    (s) => `https://hooks.slack${part(".com/")}services/${s}`,
  ),
  netrc: withSecret(
    (c) => mixed(c, 14),
    (s) => `machine git.example.org login robot password ${s}`,
  ),
  "x-api-key": withSecret(
    (c) => mixed(c, 32),
    (s) => `X-Api-Key: ${s}`,
  ),
  "query-token": withSecret(
    (c) => mixed(c, 28),
    (s) => `https://api.example.org/v1/jobs?access_token=${s}&page=2`,
  ),
  npmrc: withSecret(
    (c) => mixed(c, 36),
    (s) => `//registry.example.org/:_authToken=${s}`,
  ),
};

function withSecret(make: (chance: Chance) => string, line: (secret: string) => string) {
  return (chance: Chance): readonly [string, string] => {
    const secret = make(chance);
    return [secret, line(secret)];
  };
}

type Form = (name: string, secret: string) => string;
const camel = (name: string): string =>
  name.toLowerCase().replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const words = (name: string): string => name.toLowerCase().replaceAll("_", " ");

const forms: Readonly<Record<string, Form>> = {
  env: (name, s) => `NODE_ENV=production\nexport ${name}=${s}\nPORT=8080`,
  json: (name, s) => `{ "user": "ada", "${camel(name)}": "${s}", "retries": 3 }`,
  "json-escaped": (name, s) => `body: "{\\"${name.toLowerCase()}\\":\\"${s}\\",\\"page\\":1}"`,
  yaml: (name, s) => `service:\n  ${name.toLowerCase()}: ${s}\n  replicas: 2`,
  diff: (name, s) => `@@ -1,3 +1,3 @@\n-  ${camel(name)}: "",\n+  ${camel(name)}: "${s}",\n   port: 80,`,
  shell: (name, s) => `$ deploy --region eu --${name.toLowerCase().replaceAll("_", "-")} ${s} --verbose`,
  code: (name, s) => `const ${camel(name)} = '${s}';\nrun(${camel(name)});`,
  chat: (name, s) => `ok so the ${words(name)} is ${s} and it stopped working yesterday`,
};
const tokenForms: Readonly<Record<string, Form>> = {
  ...forms,
  "plain-chat": (_, s) => `please try again with ${s}, thanks`,
  wrapped: (_, s) => wrap(`${REMOTE}${s}`).join("\n"),
  encoded: (name, s) => `data:\n  ${name.toLowerCase()}: ${Buffer.from(s).toString("base64")}`,
  "escaped-newline": (_, s) => `"output: done\\n${s}\\nnext"`,
};
const REMOTE = "remote: the credential that was used for this push was ";
const wrap = (text: string): readonly string[] => text.match(/.{1,72}/g) ?? [];
/** Pieces of a wrapped secret that are long enough to mean something. */
const piecesOf = (secret: string): readonly string[] =>
  wrap(REMOTE + secret)
    .map((line) => line.replace(REMOTE, ""))
    .filter((piece) => piece.length > 6);

function tracesOf(form: string, secret: string): readonly string[] {
  if (form === "wrapped") return piecesOf(secret);
  return form === "encoded" ? [Buffer.from(secret).toString("base64").slice(0, 24)] : [secret];
}

const lineForms: Readonly<Record<string, (line: string) => string>> = {
  alone: (line) => `before\n${line}\nafter`,
  diff: (line) => `+${line}\n-nothing`,
  "json-string": (line) => `{"args": ["${line}"], "ok": true}`,
  shell: (line) => `curl -sS -H '${line}' https://example.org/`,
  "json-escaped": (line) => `"headers\\n${line}\\nend"`,
};

/** `rounds` secrets of every kind in every form that fits it. */
export function plantSecrets(seed: number, rounds: number): readonly Planted[] {
  const chance = seeded(seed);
  const planted: Planted[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [kind, make] of Object.entries(tokens))
      for (const [form, write] of Object.entries(tokenForms)) {
        const secret = make(chance);
        planted.push({
          kind,
          form,
          secret,
          traces: tracesOf(form, secret),
          text: write("SERVICE_TOKEN", secret),
        });
      }
    for (const [kind, [name, make]] of Object.entries(named))
      for (const [form, write] of Object.entries(forms)) {
        const secret = make(chance);
        planted.push({ kind, form, secret, traces: [secret], text: write(name, secret) });
      }
    for (const [kind, make] of Object.entries(lines))
      for (const [form, write] of Object.entries(lineForms)) {
        const [secret, line] = make(chance);
        planted.push({ kind, form, secret, traces: [secret], text: write(line) });
      }
    for (const [form, write] of Object.entries(keyForms)) planted.push(plantKey(chance, form, write));
  }
  return planted;
}

const keyForms: Readonly<Record<string, (key: readonly string[]) => string>> = {
  file: (key) => `$ cat id\n${key.join("\n")}\n$`,
  "json-escaped": (key) =>
    `{"type": "service_account", "private_key": "${key.join("\\n")}\\n", "client_id": "1"}`,
  diff: (key) => key.map((line) => `+${line}`).join("\n"),
  yaml: (key) => `tls: |\n${key.map((line) => `    ${line}`).join("\n")}\nport: 1`,
  "cut-off": (key) => key.slice(0, -1).join("\n"),
};

function plantKey(chance: Chance, form: string, write: (key: readonly string[]) => string): Planted {
  const label = chance() < 0.5 ? "RSA PRIVATE KEY" : "OPENSSH PRIVATE KEY";
  const body = Array.from({ length: 12 }, () => chars(chance, BASE64, 64));
  const dashes = "-".repeat(5);
  const key = [`${dashes}BEGIN ${label}${dashes}`, ...body, `${dashes}END ${label}${dashes}`];
  return { kind: "private-key", form, secret: body.join("\n"), traces: body, text: write(key) };
}
