// What docs/wire/session-v1.md says of time, against this server: all rules at once, because they only wait. Those that wait
// longer than 20 s with LONGWIRE_FULL=1.
import { afterAll, beforeAll, describe, test } from "vitest";
import { startTested, type TestedServer } from "./server.ts";
import { timeRules } from "./suites.ts";

let tested: TestedServer;
beforeAll(async () => {
  tested = await startTested();
});
afterAll(() => tested.stop());

const mostSeconds = process.env["LONGWIRE_FULL"] === "1" ? Infinity : 20;

describe.concurrent("session-v1", () => {
  for (const { section, name, rows = "", seconds = 0, run } of timeRules.filter(
    (rule) => (rule.seconds ?? 0) <= mostSeconds,
  )) {
    test(`${rows} §${section} ${name}`, { timeout: (seconds + 20) * 1_000 }, () => run(tested.target));
  }
});
