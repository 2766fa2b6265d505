// Condenses what the reference suite (Autobahn) wrote into the report that is committed: verdicts per case in both roles,
// with commit, hash of the tested sources and versions. Run in the checkout that was tested, with nothing uncommitted in src:
//   node scripts/autobahn-report.mjs SERVER/index.json CLIENT/index.json SUITE_VERSION
// SERVER is what the suite's fuzzingclient wrote about `longwire echo --max-message 16777216`, CLIENT what its
// fuzzingserver wrote about `longwire connect URL --echo --max-message 16777216`. Writes test/conformance/autobahn/report.json.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const [serverIndex = "", clientIndex = "", suite] = process.argv.slice(2);
if (suite === undefined) {
  console.error("usage: node scripts/autobahn-report.mjs SERVER/index.json CLIENT/index.json SUITE_VERSION");
  process.exit(2);
}

/** @param {string[]} args */
const git = (...args) => execFileSync("git", args, { encoding: "utf8" }).trim();
if (git("status", "--porcelain", "--", "src") !== "") {
  console.error("src has uncommitted changes: the report would name a commit that was not tested.");
  process.exit(1);
}

/** What the suite tests: everything between the command line and the socket. */
const tested = ["src/base", "src/protocol", "src/socket", "src/server", "src/hub", "src/cli"];
const hash = createHash("sha256");
for (const file of git("ls-files", "--", ...tested).split("\n")) hash.update(`${file}\0`).update(readFileSync(file));

/**
 * Verdict → the cases that got it; "behavior/closing".
 * @param {string} index
 * @returns {Record<string, string[]>}
 */
function verdicts(index) {
  /** @type {Record<string, Record<string, { behavior: string, behaviorClose: string }>>} */
  const agents = JSON.parse(readFileSync(index, "utf8"));
  /** @type {Record<string, string[]>} */
  const byVerdict = {};
  for (const results of Object.values(agents)) {
    for (const [id, result] of Object.entries(results)) {
      (byVerdict[`${result.behavior}/${result.behaviorClose}`] ??= []).push(id);
    }
  }
  /** @param {string} left @param {string} right */
  const inOrder = (left, right) => left.localeCompare(right, "en", { numeric: true });
  return Object.fromEntries(Object.entries(byVerdict).map(([verdict, cases]) => [verdict, cases.sort(inOrder)]));
}

const report = {
  command: "node scripts/autobahn-report.mjs",
  suite,
  commit: git("rev-parse", "HEAD"),
  sources: { folders: tested, sha256: hash.digest("hex") },
  node: process.version,
  server: verdicts(serverIndex),
  client: verdicts(clientIndex),
};
writeFileSync("test/conformance/autobahn/report.json", `${JSON.stringify(report, undefined, 1)}\n`);
for (const [role, verdict] of Object.entries({ server: report.server, client: report.client })) {
  for (const [name, cases] of Object.entries(verdict)) console.log(`${role} ${name}: ${cases.length}`);
}
