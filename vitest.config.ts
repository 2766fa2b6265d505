// How tests run: what computes first, as many files at a time as there are cores; then attacks; then what opens ports, browsers
// or processes, three more at a time, because most of it waits; then the guards, which bring processes of their own.
import { availableParallelism } from "node:os";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { guardPlugins } from "./test/guards/plugin.ts";

/** LONGWIRE_FULL=1 tries twenty times as many cases. */
const patience = process.env["LONGWIRE_FULL"] === "1" ? 20 : 1;

const prepared = ["test/support/freeze-prototypes.ts", "test/support/event-classes.ts"];

const TALKERS = availableParallelism() + 3;

/** Starting a process for a file costs more than most files do. */
const ownModules = "test/support/own-modules.ts";

/** Tests that compute: many files at once, and no object may gain a property behind anybody's back. */
function computing(name: string, include: string, testTimeout = 20_000): TestProjectInlineConfiguration {
  return {
    plugins: guardPlugins(),
    test: {
      name,
      include: [include],
      setupFiles: prepared,
      testTimeout,
      // By default one core is left to the terminal, which of two is half of them.
      maxWorkers: availableParallelism(),
      sequence: { groupOrder: 0 },
    },
  };
}

/**
 * Tests of one file of src/: many and small, so that those of a worker share their modules where nothing is shared by them: the
 * floors that run anywhere. What loads Node's platform, or has servers, has its modules for itself, and shares the process.
 */
function units(): TestProjectInlineConfiguration[] {
  const onNode = ["test/unit/client/node.test.ts", "test/unit/client/outbox/**/*.test.ts"];
  const portable = computing("unit", "test/unit/{base,protocol,session,channels,transports,client}/**/*.test.ts");
  const rest = computing("unit-node", "test/unit/!(base|protocol|session|channels|transports|client)/**/*.test.ts");
  const setupFiles = [...prepared, "test/support/portable-platform.ts"];
  return [
    { ...portable, test: { ...portable.test, exclude: onNode, setupFiles, isolate: false } },
    {
      ...rest,
      test: {
        ...rest.test,
        include: [...(rest.test?.include ?? []), ...onNode],
        setupFiles: [ownModules, ...prepared],
        isolate: false,
        sequence: { ...rest.test?.sequence, setupFiles: "list" },
      },
    },
  ];
}

/** Tests that talk: they wait more than they compute. Files of one project follow one another in the same processes. */
function talking(name: string, include: string, testTimeout = 20_000): TestProjectInlineConfiguration {
  return {
    plugins: guardPlugins(),
    test: {
      name,
      include: [include],
      setupFiles: [ownModules],
      isolate: false,
      testTimeout,
      hookTimeout: testTimeout,
      maxWorkers: TALKERS,
      sequence: { groupOrder: 2, setupFiles: "list" },
    },
  };
}

/**
 * They flood from the process they run in: what another file left in its heap is none of theirs. Too many floods at once would
 * only show that two cores are few, so they run before what talks.
 */
function attacks(): TestProjectInlineConfiguration {
  const project = talking("attack", "test/attack/**/*.test.ts", 60_000);
  const sequence = { ...project.test?.sequence, groupOrder: 1 };
  return { ...project, test: { ...project.test, isolate: true, maxWorkers: availableParallelism() + 2, sequence } };
}

/** The guards run the tests of others, on all cores. */
function guards(): TestProjectInlineConfiguration {
  return {
    plugins: guardPlugins(),
    test: {
      name: "guards",
      include: ["test/guards.test.ts"],
      testTimeout: 600_000,
      hookTimeout: 600_000,
      fileParallelism: false,
      sequence: { groupOrder: 3 },
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
      ...units(),
      computing("conformance", "test/conformance/**/*.test.ts", 60_000),
      computing("property", "test/property/**/*.property.ts", 120_000 * patience),
      computing("simulation", "test/simulation/**/*.test.ts", 60_000 * patience),
      computing("fuzz", "test/fuzz/**/*.fuzz.ts", 120_000 * patience),
      talking("integration", "test/integration/**/*.test.ts"),
      talking("wire", "test/wire/**/*.test.ts"),
      talking("interop", "test/interop/**/*.test.ts", 60_000 * patience),
      attacks(),
      talking("runtimes", "test/runtimes/**/*.test.ts", 60_000),
      talking("browser", "test/browser/**/*.test.ts", 60_000),
      guards(),
    ],
  },
});
