import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/system/index.ts", "src/testing/index.ts", "src/threads/index.ts"],
  format: ["esm"],
  target: "node24",
  platform: "node",
  sourcemap: true,
  clean: true,
  dts: false, // declarations come from tsc 7 (tsconfig.build.json)
  removeNodeProtocol: false, // node:sqlite exists only under its full name
});
