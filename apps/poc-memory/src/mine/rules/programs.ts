/** Commands by what they are for. The first row that takes a command decides. */
import type { CommandKind } from "../segment-state.ts";
import type { Rule } from "./rule.ts";

interface ProgramRule extends Rule {
  readonly kind: CommandKind;
}

const RUNNER = String.raw`(?:(?:mise|npm|pnpm|yarn|bun|deno|turbo|nx|hatch|poe|task|just|make|rake|cargo|mix|gradle|\./gradlew|composer|lerna|rush|moon|nox|invoke|inv|pdm|rye|uv|poetry)(?:\s(?:run|run-script|task|x|-s|-r|-C\s\S{1,80}|--filter[=\s]\S{1,60}|-F\s\S{1,60}|exec)){0,4}\s)`;

/** Checked on a command without its environment, wrappers and redirections. */
export const programRules: readonly ProgramRule[] = [
  {
    kind: "test",
    name: "test",
    pattern: new RegExp(
      String.raw`^(?:${RUNNER}(?:[\w-]{1,30}:)?(?:tests?|check|e2e|spec)(?:[:\-_][\w:.-]{1,40})?(?:\s|$)|(?:go|cargo|swift|dotnet|mvn|bun|deno|zig build|flutter|dart|cabal|stack|bazel|ng|sbt|lein|mix)\s(?:-\S{1,20}\s)?(?:test|nextest|verify)\b|(?:vitest|jest|pytest|rspec|ctest|tox|phpunit|mocha|ava|playwright test|cypress run|behave|nosetests|karma|tap|node --test|python3? -m (?:pytest|unittest))(?:\s|$))`,
      "iu",
    ),
    yes: [
      "go test ./...",
      "mise run test",
      "mise run test:integration",
      "npm test",
      "vitest run",
      "make check",
      "cargo nextest run",
    ],
    no: ["grep test", "cat test.ts", "git commit -m test", "ls tests", "echo test"],
  },
  {
    kind: "lint",
    name: "lint",
    pattern: new RegExp(
      String.raw`^(?:${RUNNER}(?:[\w-]{1,30}:)?(?:lint|typecheck|type-check|types|clippy|vet|tidy|check-types)(?:[:\-_][\w:.-]{1,40})?(?:\s|$)|(?:go vet|golangci-lint run|eslint|oxlint|cargo clippy|ruff(?: check)?|flake8|mypy|pyright|pylint|shellcheck|stylelint|biome (?:check|lint)|tsc\b.{0,80}--noEmit|hadolint|ktlint|swiftlint|rubocop|staticcheck|buf lint|knip)(?:\s|$))`,
      "iu",
    ),
    yes: [
      "mise run lint",
      "golangci-lint run ./...",
      "pnpm run lint",
      "go vet ./internal/gitproto/",
      "tsc -p . --noEmit",
      "cargo clippy",
    ],
    no: ["grep -n lint mise.toml", "ls mise-tasks/lint"],
  },
  {
    kind: "format",
    name: "format",
    pattern: new RegExp(
      String.raw`^(?:${RUNNER}(?:fmt|format)(?:[:\-_][\w:.-]{1,40})?(?:\s|$)|(?:gofmt|goimports|prettier|rustfmt|black|oxfmt|ruff format|go fmt|clang-format|swiftformat|biome format|terraform fmt)(?:\s|$))`,
      "iu",
    ),
    yes: ["mise run fmt", "gofmt -w .", "prettier --write ."],
    no: ["format c:"],
  },
  {
    kind: "release",
    name: "release",
    pattern: new RegExp(
      String.raw`^(?:${RUNNER}(?:release|publish|deploy|version)(?:[:\-_][\w:.-]{1,40})?(?:\s|$)|(?:goreleaser|changeset|semantic-release|fly deploy|vercel|netlify deploy|kubectl apply|helm (?:upgrade|install)|terraform (?:apply|plan)|docker push|gh release create|twine upload)(?:\s|$))`,
      "iu",
    ),
    yes: ["npm publish", "goreleaser release --snapshot", "pnpm run release:rehearse"],
    no: ["git tag v1"],
  },
  {
    kind: "build",
    name: "build",
    pattern: new RegExp(
      String.raw`^(?:${RUNNER}(?:build|compile|codegen|generate|gen|bundle)(?:[:\-_][\w:.-]{1,40})?(?:\s|$)|(?:go (?:build|generate|install)|cargo (?:build|check)|make(?:\s-j\S{0,4})?$|cmake --build|ninja|tsc|tsup|vite build|webpack|rollup|esbuild|docker (?:compose )?build|dotnet build|mvn (?:package|install|compile)|swift build|zig build|bazel build|gcc|clang|xcodebuild|buf generate|protoc|next build)(?:\s|$))`,
      "iu",
    ),
    yes: ["go build ./...", "pnpm build", "make", "cargo check", "mise run build"],
    no: ["ls build", "cat build.ts"],
  },
  {
    kind: "run",
    name: "run",
    pattern:
      /^(?:node|deno run|bun run|python3?|ruby|php|perl|go run|cargo run|java|dotnet run|docker (?:compose )?(?:up|run)|docker-compose up|terraform init|flutter run|npm (?:start|run)|pnpm (?:start|dev|run)|yarn (?:start|dev)|make|mise run|just|npm (?:ci|install|i)|pnpm (?:install|i|add)|yarn install|pip3? install|uv (?:sync|run)|poetry install|go mod (?:tidy|download)|bundle install|\.{1,2}\/[\w./-]{1,80})(?:\s|$)/iu,
    yes: ["node server.ts", "./entire help", "pnpm install", "go mod tidy"],
    no: ["ls node_modules", "git status"],
  },
];

/** What a cleaned command is for. */
export function kindOf(command: string): CommandKind {
  return programRules.find((rule) => rule.pattern.test(command))?.kind ?? "other";
}
