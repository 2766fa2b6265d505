// Both black-box suites of docs/wire against this server, and what they say of a server that lacks something.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTested, type TestedServer } from "./server.ts";
import { lastRules, suites } from "./suites.ts";
import { missing } from "./target.ts";

let tested: TestedServer;
beforeAll(async () => {
  tested = await startTested();
});
afterAll(() => tested.stop());

describe.each(Object.entries(suites))("%s-v1", (_suite, rules) => {
  for (const { section, name, rows = "", run } of rules) {
    test(`${rows} §${section} ${name}`, () => run(tested.target));
  }
});

describe("with a server of its own", () => {
  for (const { section, name, rows = "", run } of lastRules) {
    test(`${rows} §${section} ${name}`, async () => {
      const own = await startTested();
      try {
        await run(own.target);
      } finally {
        await own.stop();
      }
    });
  }
});

describe("npm run wire", () => {
  test("leaves out what the server cannot do, and says what it needs", async () => {
    const { origin, echo } = tested.target;
    const command = ["--import", "tsx", "test/wire/run.ts", `${origin}${echo}`, "--suite", "channels"];
    const { stdout } = await promisify(execFile)(process.execPath, command);
    const able = suites.channels.filter(({ needs }) => needs === undefined).length;
    expect(stdout).toContain("needs --movable");
    expect(stdout).toContain(`${able} passed, 0 failed, ${suites.channels.length - able} skipped`);
  });

  test("needs what a rule says", () => {
    const [rule] = suites.channels.filter(({ needs }) => needs !== undefined);
    const { target } = tested;
    expect(rule && [missing(rule, target), missing(rule, { ...target, movable: undefined })]).toEqual([
      [],
      ["movable"],
    ]);
  });
});
