// `npm run attack`: every attack of test/attack/ against a server process, and what it cost as a table on standard output:
// time, memory, codes, and how long the control connection waited for its echoes, beside what it waited before the attack.
// Progress and failures go to standard error. `npm run --silent attack > docs/attacks.md` writes the page.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, release, tmpdir, totalmem, type } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** @typedef {import("../test/attack/support/attack.ts").AttackRecord} AttackRecord */

const MiB = 1024 * 1024;
/** What the attacked process, and the attacks, are made of. */
const attacked = ["src/base", "src/protocol", "src/socket", "src/hub", "src/server", "test/attack", "test/support"];
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @returns {Promise<number>} the exit code of the test runner */
function runAttacks(/** @type {string} */ file) {
  const args = ["node_modules/vitest/vitest.mjs", "run", "--project", "attack", ...process.argv.slice(2)];
  const env = { ...process.env, LONGWIRE_ATTACK_RECORDS: file };
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2], env });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/** @returns {AttackRecord[]} in the order of their rows: faults, invariants, vulnerabilities */
function readRecords(/** @type {string} */ file) {
  /** @type {AttackRecord[]} */
  const records = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return records.toSorted((left, right) => left.name.localeCompare(right.name, "en"));
}

/** @returns {string} middle, 99 of 100, longest */
function spread(/** @type {readonly number[]} */ samples) {
  const sorted = [...samples].sort((left, right) => left - right);
  const at = (/** @type {number} */ share) => (sorted[Math.floor((sorted.length - 1) * share)] ?? NaN).toFixed(1);
  return `${at(0.5)} / ${at(0.99)} / ${at(1)}`;
}

const megabytes = (/** @type {number} */ bytes) => (bytes / MiB).toFixed(bytes < 10 * MiB ? 1 : 0);

/** @returns {string} */
function table(/** @type {readonly AttackRecord[]} */ records) {
  const head = [
    "Attack",
    "ms",
    "Echo before it, ms",
    "Echo during it, ms",
    "RSS before → most, MiB",
    "Accounted at most, MiB",
    "Codes and limits",
    "Notes",
  ];
  const rows = records.map((record) => [
    record.name,
    String(Math.round(record.ms)),
    spread(record.idle),
    `${spread(record.attack)} (${record.attack.length})`,
    `${megabytes(record.rssBefore)} → ${megabytes(record.rssPeak)}`,
    megabytes(record.accountedPeak),
    record.codes,
    record.notes.join("; "),
  ]);
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function git(/** @type {string[]} */ ...args) {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

function page(/** @type {readonly AttackRecord[]} */ records, /** @type {number} */ seconds) {
  const commit = git("rev-parse", "--short", "HEAD") || "no commit";
  const changed = git("diff", "--name-only", "HEAD", "--", ...attacked) === "" ? "" : ", with changes";
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}, ${megabytes(totalmem())} MiB`;
  return `# Attacks

Written by \`npm run --silent attack > docs/attacks.md\` at commit ${commit}${changed}; Node ${process.version}, ${type()} ${release()},
${machine}; ${records.length} attacks in ${seconds} s.

Each attack runs against a server in a process of its own while a control connection, in a thread of its own, sends a message
every 20 ms and waits for its echo. Beside each attack stands how long that took before it and during it: in the middle, for 99
of 100, at the longest, with the number of echoes. Attackers and control connection share the machine with the server, and where
an attack keeps all of its processors busy the control connection waits for those too. No test judges these times; \`npm test\`
runs the same attacks and judges counts, codes and bytes, and that the control connection loses nothing.

RSS is that of the server process, before the attack and at its highest. Accounted is what the server charged to its memory
budget at most. Codes are the close codes and HTTP statuses that the attackers got, and the limits that were reached.

${table(records)}
`;
}

const folder = mkdtempSync(join(tmpdir(), "longwire-attack-records-"));
const startedAt = performance.now();
try {
  const file = join(folder, "records.jsonl");
  process.exitCode = await runAttacks(file);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(page(readRecords(file), seconds));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
