// npm run wire -- URL: tests the server at URL, a route of it that answers each message with itself, against docs/wire. Any
// server in any language; docs/wire/suites.md says what it can have besides, and how that is told.

import { parseArgs } from "node:util";
import { lastRules, suites, timeRules } from "./suites.ts";
import { type Abilities, missing, type Rule, type Target } from "./target.ts";

const flags = {
  allowedOrigin: "allowed-origin",
  movable: "movable",
  outbox: "outbox",
  token: "token",
  otherToken: "other-token",
  shortToken: "short-token",
  drain: "drain",
} as const satisfies Readonly<Record<keyof Abilities, string>>;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    suite: { type: "string" },
    base: { type: "string", default: "/longwire" },
    slow: { type: "boolean", default: false },
    "allowed-origin": { type: "string" },
    movable: { type: "string" },
    outbox: { type: "string" },
    token: { type: "string" },
    "other-token": { type: "string" },
    "short-token": { type: "string" },
    drain: { type: "string" },
  },
});
const [url] = positionals;
const { suite } = values;
if (url === undefined || !URL.canParse(url) || (suite !== undefined && !Object.hasOwn(suites, suite))) {
  print("Usage: npm run wire -- <URL of an echo route> [--suite session|channels] [--base /longwire] [--slow]");
  print(
    `       ${Object.values(flags)
      .map((flag) => `[--${flag} …]`)
      .join(" ")}   see docs/wire/suites.md`,
  );
  process.exit(2);
}
const { host, protocol, pathname } = new URL(url);
const abilities = Object.fromEntries(Object.entries(flags).map(([ability, flag]) => [ability, values[flag]]));
const origin = `${protocol.replace(/^ws/, "http")}//${host}`;
const target: Target = { ...abilities, origin, echo: pathname, base: values.base };
const counts = { passed: 0, failed: 0, skipped: 0 };

for (const name of ["session", "channels"] as const) {
  if (suite === undefined || suite === name) for (const rule of suites[name]) await judge(name, rule);
}
if (suite !== "channels") {
  await Promise.all(timeRules.map((rule) => judge("session", rule)));
  for (const rule of lastRules) await judge("session", rule);
}
print(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);

async function judge(name: string, rule: Rule): Promise<void> {
  const lacks = missing(rule, target).map((need) => `--${flags[need]}`);
  if (rule.seconds !== undefined && !values.slow) lacks.push(`--slow, it takes ${rule.seconds} s`);
  if (lacks.length > 0) {
    tell("skipped", name, rule, `needs ${lacks.join(", ")}`);
    return;
  }
  const fault = await rule.run(target).then(
    () => undefined,
    (error: Error) => error,
  );
  if (fault === undefined) tell("passed", name, rule);
  else tell("failed", name, rule, fault.message);
}

function tell(word: keyof typeof counts, name: string, { section, name: what }: Rule, why?: string): void {
  counts[word]++;
  print(`${word.padEnd(7)}  ${name} §${section}  ${what}`);
  if (why !== undefined) print(`         ${why}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
