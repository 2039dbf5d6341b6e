/**
 * Secrets that say what they are: issuers give their tokens a prefix so that they can be found. Prefixes and
 * lengths are those the issuers publish or that their tokens show; lengths are taken generously.
 */
import { patternRule, WORD_END, WORD_START } from "./rule.ts";
import type { PatternRow, SecretRule } from "./rule.ts";

/** Kind, prefixes, what follows. The prefix alone is rare enough that anything may stand before it. */
type TokenRow = readonly [kind: string, prefixes: readonly string[], rest: string];

const tokenRows: readonly TokenRow[] = [
  ["github-token", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], "[A-Za-z0-9]{30,255}"],
  ["github-fine-grained", ["github_pat_"], "[A-Za-z0-9_]{30,255}"],
  [
    "gitlab-token",
    ["glpat-", "gldt-", "glrt-", "glptt-", "glft-", "glimt-", "glsoat-", "glagent-", "glcbt-", "gloas-"],
    "[A-Za-z0-9_.-]{18,128}",
  ],
  [
    "slack-token",
    ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxo-", "xoxc-", "xoxd-", "xoxe.xoxp-"],
    "[A-Za-z0-9%/+=_-]{10,512}",
  ],
  ["slack-token", ["xapp-"], "[0-9]-[A-Za-z0-9-]{20,256}"],
  ["anthropic-key", ["sk-ant-"], "[A-Za-z0-9_-]{20,256}"],
  ["openai-key", ["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-none-"], "[A-Za-z0-9_-]{20,300}"],
  ["openrouter-key", ["sk-or-"], "[A-Za-z0-9_-]{20,128}"],
  ["langsmith-key", ["lsv2_pt_", "lsv2_sk_"], "[A-Za-z0-9_]{20,128}"],
  ["stripe-key", ["sk_live_", "sk_test_", "rk_live_", "rk_test_"], "[A-Za-z0-9]{16,255}"],
  ["stripe-webhook", ["whsec_"], "[A-Za-z0-9+/=]{20,128}"],
  ["google-api-key", ["AIza"], "[A-Za-z0-9_-]{35,36}"],
  ["google-oauth", ["GOCSPX-"], "[A-Za-z0-9_-]{20,64}"],
  ["google-oauth", ["ya29."], "[A-Za-z0-9_-]{20,1024}"],
  ["npm-token", ["npm_"], `[A-Za-z0-9]{36,64}${WORD_END}`],
  ["pypi-token", ["pypi-"], "[A-Za-z0-9_-]{50,1024}"],
  ["docker-hub-token", ["dckr_pat_", "dckr_oat_"], "[A-Za-z0-9_-]{20,128}"],
  ["sendgrid-key", ["SG."], "[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,128}"],
  ["huggingface-token", ["hf_", "api_org_"], `[A-Za-z0-9]{30,64}${WORD_END}`],
  ["digitalocean-token", ["dop_v1_", "doo_v1_", "dor_v1_"], "[a-f0-9]{40,128}"],
  ["heroku-key", ["HRKU-"], "[A-Za-z0-9_-]{30,128}"],
  ["linear-key", ["lin_api_", "lin_oauth_"], "[A-Za-z0-9]{30,128}"],
  ["notion-token", ["ntn_"], "[A-Za-z0-9]{30,128}"],
  ["shopify-token", ["shpat_", "shpss_", "shpca_", "shppa_"], "[a-fA-F0-9]{30,64}"],
  ["square-token", ["sq0atp-", "sq0csp-", "sq0idp-"], "[A-Za-z0-9_-]{20,64}"],
  ["new-relic-key", ["NRAK-"], "[A-Z0-9]{20,64}"],
  ["sentry-token", ["sntrys_", "sntryu_"], "[A-Za-z0-9+/=_-]{40,512}"],
  ["vault-token", ["hvs.", "hvb.", "hvr."], "[A-Za-z0-9_-]{20,300}"],
  ["pulumi-token", ["pul-"], `[a-f0-9]{40}${WORD_END}`],
  ["planetscale-token", ["pscale_tkn_", "pscale_pw_", "pscale_oauth_"], "[A-Za-z0-9_.=-]{30,128}"],
  ["supabase-key", ["sbp_", "sb_secret_"], "[A-Za-z0-9_-]{20,128}"],
  ["grafana-token", ["glsa_", "glc_"], "[A-Za-z0-9+/=_]{30,400}"],
  ["figma-token", ["figd_"], "[A-Za-z0-9_-]{30,128}"],
  ["postman-key", ["PMAK-"], "[A-Za-z0-9]{20,30}-[A-Za-z0-9]{30,40}"],
  ["rubygems-key", ["rubygems_"], "[a-f0-9]{40,64}"],
  ["groq-key", ["gsk_"], `[A-Za-z0-9]{40,64}${WORD_END}`],
  ["perplexity-key", ["pplx-"], "[A-Za-z0-9]{40,64}"],
  ["replicate-token", ["r8_"], `[A-Za-z0-9]{36,44}${WORD_END}`],
  ["xai-key", ["xai-"], "[A-Za-z0-9]{40,128}"],
  ["tailscale-key", ["tskey-"], "[a-z]{2,12}-[A-Za-z0-9]{8,32}-[A-Za-z0-9]{16,64}"],
  ["doppler-token", ["dp.pt.", "dp.st.", "dp.ct.", "dp.sa."], "[A-Za-z0-9._-]{30,128}"],
  ["atlassian-token", ["ATATT3x", "ATCTT3x"], "[A-Za-z0-9_=-]{40,400}"],
  ["bitbucket-token", ["ATBB"], "[A-Za-z0-9]{28,40}"],
  ["terraform-token", [".atlasv1."], "[A-Za-z0-9_-]{40,128}"],
  ["netlify-token", ["nfp_"], "[A-Za-z0-9]{30,64}"],
  ["fly-token", ["fm1_", "fm2_", "fo1_"], "[A-Za-z0-9+/=_-]{40,800}"],
  ["age-key", ["AGE-SECRET-KEY-1"], "[A-Z0-9]{50,70}"],
  ["databricks-token", ["dapi"], `[a-f0-9]{32}(?:-[0-9])?${WORD_END}`],
  ["airtable-token", ["pat"], `[A-Za-z0-9]{14}\\.[a-f0-9]{64}${WORD_END}`],
  ["aws-access-key", ["AKIA", "ASIA", "ABIA", "ACCA"], `[A-Z0-9]{16}${WORD_END}`],
  ["jwt", ["eyJ"], "[A-Za-z0-9_-]{8,4000}\\.eyJ[A-Za-z0-9_-]{8,8000}\\.[A-Za-z0-9_-]{0,2000}"],
];

/** Two letters are too common to be looked for: with the first digit that follows they are not. */
function hexAfter(...prefixes: readonly string[]): readonly string[] {
  return prefixes.flatMap((prefix) => Array.from("0123456789abcdef", (digit) => prefix + digit));
}

/** Short or common prefixes: these must begin a word. */
const wordRows: readonly TokenRow[] = [
  ["openai-key", ["sk-"], "[A-Za-z0-9]{20,64}(?:T3BlbkFJ[A-Za-z0-9]{20,64})?(?![A-Za-z0-9_-])"],
  ["twilio-key", hexAfter("SK", "AC"), `[0-9a-f]{31}${WORD_END}`],
  ["mailgun-key", ["key-"], `[0-9a-f]{32}${WORD_END}`],
  ["alibaba-key", ["LTAI"], `[A-Za-z0-9]{16,20}${WORD_END}`],
  ["tencent-key", ["AKID"], `[A-Za-z0-9]{32}${WORD_END}`],
  ["facebook-token", ["EAA"], `[A-Za-z0-9]{80,300}${WORD_END}`],
  ["dropbox-token", ["sl."], "[A-Za-z0-9_-]{100,1400}"],
];

const escape = (literal: string): string => literal.replaceAll(/[.\\+*?[\](){}^$|/-]/g, "\\$&");

function tokenPattern([kind, prefixes, rest]: TokenRow, before: string): PatternRow {
  const pattern = `${before}(?:${prefixes.map(escape).join("|")})${rest}`;
  return { kind, keywords: prefixes.map((prefix) => prefix.toLowerCase()), pattern };
}

/** The rules of this file. */
export const tokenRules: readonly SecretRule[] = [
  ...tokenRows.map((row) => patternRule(tokenPattern(row, ""))),
  ...wordRows.map((row) => patternRule(tokenPattern(row, WORD_START))),
];
