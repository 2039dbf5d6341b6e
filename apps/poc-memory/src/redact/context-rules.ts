/** Secrets that are known by what stands around them: headers, URLs, connection strings, login files. */
import { looksChosen, looksRandom, standsForSomethingElse } from "./randomness.ts";
import { patternRule, WORD_END, WORD_START } from "./rule.ts";
import type { PatternRow, SecretRule } from "./rule.ts";

/** Between a name and its value in any notation: quotes (also escaped), spaces, a sign of assignment. */
const ASSIGN = "[\"'`\\\\\\]]{0,6}[ \\t]{0,8}(?::=|=>|[:=])[ \\t]{0,8}[\"'`\\\\]{0,6}";
const DATABASE =
  "(?<=(?:postgres|postgresql|psycopg2?|asyncpg|mysql|mariadb|mongodb|\\+srv|rediss?|amqps?|mssql|sqlserver|oracle|clickhouse|cockroachdb|nats|mqtts?|ldaps?|smtps?))";
const USERINFO = "(:\\/\\/[^\\s:@/\"'`<>]{0,128}:)([^\\s@\"'`<>]{1,256})(?=@[A-Za-z0-9\\[])";

/** So much of a value is looked at to judge it: a longer look at every keyword of a hostile text would add up. */
const JUDGED_CHARS = 512;
const isBasic = (secret: string): boolean => {
  const plain = Buffer.from(secret, "base64").toString("latin1");
  return /^[\x20-\x7e]{1,128}:[\x20-\x7e]{0,384}$/.test(plain);
};
const PASSWORD_ITSELF = /^(?:pass|password|passwd|pwd|pw|secret)$/i;
const isRealPassword = (secret: string): boolean =>
  !/^[<{$%[]/.test(secret) && !PASSWORD_ITSELF.test(secret) && !standsForSomethingElse(secret);
/** The signing secret of an access signature, a header's value: long and mixed. */
const isLong = (secret: string): boolean => looksRandom(secret.slice(0, JUDGED_CHARS), 12);
const isAwsSecret = (secret: string): boolean =>
  /[a-z]/.test(secret) && /[A-Z]/.test(secret) && /[0-9]/.test(secret);
const holdsSecret = (cookies: string): boolean =>
  cookies
    .slice(0, JUDGED_CHARS)
    .split(";")
    .some((pair) => looksRandom(pair.slice(pair.indexOf("=") + 1).trim(), 12));
/** Base64 of a text that begins with the prefix of a token or of a private key. */
const isEncoded = (secret: string): boolean =>
  /^(?:gh[pousr]_|github_pat_|glpat-|sk-|sk_live_|rk_live_|xox[abps]-|AKIA|ASIA|AIza|npm_|hf_|SG\.|-----BEGIN [A-Z ]{0,20}PRIVATE)/.test(
    Buffer.from(secret.slice(0, 64), "base64").toString("latin1"),
  );
const isLogin = (secret: string): boolean =>
  isRealPassword(secret) && (looksChosen(secret) || looksRandom(secret, 8));

const rows: readonly PatternRow[] = [
  {
    kind: "aws-secret-key",
    keywords: [
      "secretaccesskey",
      "secret_access_key",
      "secret-access-key",
      "secret access key",
      "aws_secret",
      "secret_key",
    ],
    pattern: `((?:secret[ _-]?(?:access[ _-]?)?key|aws_secret(?:_access)?(?:_key)?)[A-Za-z_]{0,16}(?:${ASSIGN}|[ \\t]{1,4}(?:is[ \\t]{1,4})?))([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])`,
    anyCase: true,
    accept: isAwsSecret,
  },
  {
    kind: "aws-secret-key",
    keywords: ["akia", "asia"],
    pattern: "((?:AKIA|ASIA)[A-Z0-9]{16}[\\s,:;\"'|\\\\/]{1,20})([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])",
    accept: isAwsSecret,
  },
  {
    kind: "bearer-token",
    keywords: ["bearer ", "bearer%20"],
    pattern: "(bearer(?:[ \\t]{1,4}|%20)[\"'`\\\\]{0,3})([A-Za-z0-9._~+/=-]{16,4096})",
    anyCase: true,
    accept: isLong,
  },
  {
    kind: "basic-auth",
    keywords: ["basic "],
    pattern: "(basic[ \\t]{1,4}[\"'\\\\]{0,3})([A-Za-z0-9+/]{8,512}={0,2})(?![A-Za-z0-9+/=])",
    anyCase: true,
    accept: isBasic,
  },
  {
    kind: "auth-header",
    keywords: ["authorization"],
    pattern: `(authorization${ASSIGN}(?:[A-Za-z]{3,16}[ \\t]{1,4})?)([A-Za-z0-9._~+/=-]{16,4096})`,
    anyCase: true,
    accept: isLong,
  },
  {
    kind: "database-url",
    keywords: ["://"],
    pattern: `${DATABASE}${USERINFO}`,
    anyCase: true,
    accept: isRealPassword,
  },
  { kind: "url-password", keywords: ["://"], pattern: USERINFO, accept: isRealPassword },
  {
    // Code hosts take a token in place of the user, without a password.
    kind: "url-password",
    keywords: ["://"],
    pattern: "(:\\/\\/)([^\\s:@/\"'`<>]{20,256})(?=@[A-Za-z0-9\\[])",
    accept: isLong,
  },
  {
    kind: "slack-webhook",
    keywords: ["hooks.slack.com/"],
    pattern: "(hooks\\.slack\\.com\\/(?:services|workflows|triggers)\\/)([A-Za-z0-9_/-]{20,256})",
    anyCase: true,
  },
  {
    kind: "discord-webhook",
    keywords: ["/api/webhooks/"],
    pattern: "(\\/api\\/webhooks\\/[0-9]{10,24}\\/)([A-Za-z0-9_-]{30,128})",
    anyCase: true,
  },
  {
    kind: "teams-webhook",
    keywords: [".webhook.office.com/"],
    pattern: "(\\.webhook\\.office\\.com\\/)([A-Za-z0-9@_/-]{40,400})",
    anyCase: true,
  },
  {
    kind: "discord-token",
    keywords: ["."],
    pattern: `(?<=(?:(?<![A-Za-z0-9_.])|(?<=\\\\[nrt]))[MNO][A-Za-z0-9_-]{23,27})\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_.-])`,
  },
  {
    kind: "telegram-token",
    keywords: [":aa"],
    pattern: "(?<=(?<![0-9])[0-9]{8,10})(:)(AA[A-Za-z0-9_-]{32,36})(?![A-Za-z0-9_-])",
  },
  {
    kind: "azure-storage-key",
    keywords: ["accountkey=", "sharedaccesskey=", "sharedsecret="],
    pattern: "((?:AccountKey|SharedAccessKey|SharedSecret)=)([A-Za-z0-9+/]{40,100}={0,2})",
    anyCase: true,
  },
  {
    kind: "azure-sas",
    keywords: ["sig="],
    pattern: "(sig=)([A-Za-z0-9+/%]{40,128}={0,2})",
    anyCase: true,
    accept: (secret) => /[0-9]/.test(secret) && /[A-Z]/.test(secret),
  },
  {
    kind: "cookie",
    keywords: ["cookie:", 'cookie"'],
    pattern: '(cookie"?[ \\t]{0,4}:[ \\t]{0,4}"?)([^\\r\\n"\'\\\\]{8,4096})',
    anyCase: true,
    accept: holdsSecret,
  },
  {
    kind: "session-id",
    keywords: ["sessionid", "session_id", "sessid", "connect.sid", "session=", "sid="],
    pattern: `((?:j?sessionid|session_id|(?:php)?sessid|connect\\.sid|session|sid)${ASSIGN})([A-Za-z0-9%._~+/=-]{16,1024})`,
    anyCase: true,
    accept: (secret) => looksRandom(secret.slice(0, JUDGED_CHARS), 16) && !/^[0-9a-f-]{36}$/i.test(secret),
  },
  {
    kind: "netrc-password",
    keywords: ["machine ", "login "],
    pattern:
      "((?:machine[ \\t]{1,4}[^\\s]{1,128}\\s{1,8})?login\\s{1,4}[^\\s]{1,128}\\s{1,8}password\\s{1,4})([^\\s\"'\\\\]{4,256})",
    anyCase: true,
    accept: isRealPassword,
  },
  {
    kind: "docker-auth",
    keywords: ['"auth"', '"auth\\"', "_auth"],
    pattern: `(["_]auth${ASSIGN})([A-Za-z0-9+/]{12,1024}={0,2})(?![A-Za-z0-9+/=])`,
    anyCase: true,
    accept: isBasic,
  },
  {
    kind: "kube-key",
    keywords: ["client-key-data", "client-certificate-data"],
    pattern: `(client-key-data${ASSIGN})([A-Za-z0-9+/]{40,12000}={0,2})`,
    anyCase: true,
  },
  {
    kind: "otp-secret",
    keywords: ["otpauth://"],
    pattern: "(otpauth:\\/\\/[^\\s\"'<>]{1,256}secret=)([A-Z2-7]{16,128})",
    anyCase: true,
  },
  {
    kind: "command-password",
    keywords: ["-u ", "--user ", "-u'", '-u"'],
    pattern:
      "(?<=[ \\t])((?:-u|--user)[ \\t]{0,4}[\\\\\"']{0,2}[^\\s:\"'\\\\@/]{1,64}:)([^\\s\"'\\\\]{6,128})",
    accept: isLogin,
  },
  {
    kind: "command-password",
    keywords: ["sshpass ", "mysql ", "mysqldump ", "docker login "],
    pattern:
      "((?:sshpass|mysql|mysqldump|docker login)[^\\n]{0,120}?[ \\t]-p[ \\t]{0,2}[\\\\\"']{0,2})([^\\s\"'\\\\]{6,128})",
    accept: isLogin,
  },
  {
    kind: "password",
    // Not in capitals: test runners say PASS before the name of a test.
    keywords: ["pass:", "pass=", "pw:", "pw="],
    pattern: "((?<![A-Za-z])(?:[Pp]ass|[Pp]w)[:=][ \\t]{0,2}[\"']?)([^\\s\"'\\\\,;()<>{}]{6,128})",
    accept: (secret) =>
      isRealPassword(secret) && /[A-Za-z]/.test(secret) && /[0-9]/.test(secret) && looksChosen(secret),
  },
  {
    // The beginnings above in base64, as configurations of clusters and `base64` itself write them.
    kind: "encoded-secret",
    keywords: [
      "z2hw",
      "z2hv",
      "z2h1",
      "z2hz",
      "z2hy",
      "z2l0ahvix3bhd",
      "z2xwyxqt",
      "c2st",
      "c2tfbgl2z",
      "cmtfbgl2z",
    ].concat(["eg94y", "eg94c", "qutjq", "qvnjq", "qul6y", "bnbtx", "agzf", "u0cu", "ls0tls1crudjti"]),
    pattern: `${WORD_START}[A-Za-z0-9+/]{24,20000}={0,2}`,
    accept: isEncoded,
  },
  {
    kind: "mailchimp-key",
    keywords: ["-us"],
    pattern: `(?<=(?<![0-9a-f])[0-9a-f]{32})-us[0-9]{1,2}${WORD_END}`,
  },
];

/** The rules of this file, the more specific first. */
export const contextRules: readonly SecretRule[] = rows.map(patternRule);
