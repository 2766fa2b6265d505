// The committed report of the reference suite says what this project promises: every case OK in both roles, 6.4.x strict.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { autobahnCases } from "./autobahn/cases.ts";

interface Report {
  readonly commit: string;
  readonly sources: { readonly sha256: string };
  readonly server: Readonly<Record<string, readonly string[]>>;
  readonly client: Readonly<Record<string, readonly string[]>>;
}

const report = JSON.parse(readFileSync(new URL("autobahn/report.json", import.meta.url), "utf8")) as Report;
/** Cases that test what the standard leaves open: the suite only informs. */
const informational = ["7.1.6", "7.13.1", "7.13.2"];

describe.each(["server", "client"] as const)("the reference suite against our %s", (role) => {
  test("every case is OK in both verdicts, three are informational", () => {
    const { "OK/OK": passed = [], "INFORMATIONAL/INFORMATIONAL": informed = [], ...others } = report[role];
    expect(others).toEqual({});
    expect(informed).toEqual(informational);
    expect(passed).toHaveLength(298);
  });

  test("the cases replayed on every test run are the cases that were run", () => {
    const run = Object.values(report[role]).flat();
    expect(new Set(autobahnCases.map((one) => one.id))).toEqual(new Set(run));
  });
});

test("the report names the commit and the sources it tested", () => {
  expect(report.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(report.sources.sha256).toMatch(/^[0-9a-f]{64}$/);
});
