// npm run wire -- URL [--suite session|channels] [--base /longwire]: tests the server at URL, a route of it that answers each
// message with itself, against docs/wire. Any server in any language.

import { parseArgs } from "node:util";
import { channelRules } from "./channel-suite.ts";
import type { Target } from "./peer.ts";
import { sessionRules } from "./session-suite.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { suite: { type: "string" }, base: { type: "string", default: "/longwire" } },
});
const suites = { session: sessionRules, channels: channelRules };
const [url] = positionals;
const chosen = Object.entries(suites).filter(([name]) => values.suite === undefined || values.suite === name);
if (url === undefined || !URL.canParse(url) || chosen.length === 0) {
  print("Usage: npm run wire -- <URL of an echo route> [--suite session|channels] [--base /longwire]");
  process.exit(2);
}
const { host, protocol, pathname } = new URL(url);
const target: Target = { origin: `${protocol.replace(/^ws/, "http")}//${host}`, echo: pathname, base: values.base };
const counts = { passed: 0, failed: 0 };
for (const [suite, rules] of chosen) {
  for (const rule of rules) {
    const fault = await rule.run(target).then(
      () => undefined,
      (error: Error) => error,
    );
    const word = fault === undefined ? "passed" : "failed";
    counts[word]++;
    print(`${word}  ${suite} §${rule.section}  ${rule.name}`);
    if (fault !== undefined) print(`        ${fault.message}`);
  }
}
print(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed === 0 ? 0 : 1);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
