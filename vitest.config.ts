// How tests run. Pure ones share the cores; whatever opens ports, browsers or processes runs one file at a time.
import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { guardPlugins } from "./test/guards/plugin.ts";

/** LONGWIRE_FULL=1 tries twenty times as many cases. */
const patience = process.env["LONGWIRE_FULL"] === "1" ? 20 : 1;

const frozen = ["test/support/freeze-prototypes.ts"];

/** Tests that compute: many files at once, and no object may gain a property behind anybody's back. */
function computing(name: string, include: string, testTimeout = 20_000): TestProjectInlineConfiguration {
  return {
    plugins: guardPlugins(),
    test: {
      name,
      include: [include],
      setupFiles: frozen,
      testTimeout,
      // By default one core is left to the terminal, which of two is half of them.
      maxWorkers: availableParallelism(),
      sequence: { groupOrder: 0 },
    },
  };
}

/** Tests that talk: one file at a time, so that a slow machine stays honest. */
function talking(name: string, include: string, testTimeout = 20_000): TestProjectInlineConfiguration {
  return {
    plugins: guardPlugins(),
    test: {
      name,
      include: [include],
      testTimeout,
      hookTimeout: testTimeout,
      fileParallelism: false,
      sequence: { groupOrder: 1 },
    },
  };
}

export default defineConfig({
  test: {
    pool: "forks",
    passWithNoTests: true,
    coverage: { provider: "v8", include: ["src/**/*.ts"], reportsDirectory: "coverage" },
    projects: [
      computing("architecture", "test/architecture/**/*.test.ts"),
      computing("unit", "test/unit/**/*.test.ts"),
      computing("conformance", "test/conformance/**/*.test.ts", 60_000),
      computing("property", "test/property/**/*.property.ts", 120_000 * patience),
      computing("simulation", "test/simulation/**/*.test.ts", 60_000 * patience),
      computing("fuzz", "test/fuzz/**/*.fuzz.ts", 120_000 * patience),
      talking("integration", "test/integration/**/*.test.ts"),
      talking("wire", "test/wire/**/*.test.ts"),
      talking("interop", "test/interop/**/*.test.ts", 60_000 * patience),
      talking("attack", "test/attack/**/*.test.ts", 60_000),
      talking("browser", "test/browser/**/*.test.ts", 60_000),
      talking("guards", "test/guards.test.ts", 600_000),
    ],
  },
});
