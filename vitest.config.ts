import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["packages/*", "apps/*", "examples/*", "tools"],
    coverage: { provider: "v8", include: ["{packages,apps}/*/src/**"] },
  },
});
