// `node scripts/reference.mjs`: writes what docs/reference/ repeats of the code: the tables of limits and close codes, and in api/
// a page for each entry of the package. Reads dist/, so `npm run build` comes first. test/architecture/reference.test.ts fails
// when a page is out of date.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { referencePages } from "./reference/pages.mjs";

/** @typedef {import("../src/base/limits.ts").LimitRow} LimitRow */
/** @typedef {import("../src/base/close-codes.ts").CloseCode} CloseCode */

const end = "<!-- end of the table -->";

/** @returns {string} a Markdown table, a row for each limit */
export function limitsTable(/** @type {Readonly<Record<string, LimitRow>>} */ table) {
  const rows = Object.entries(table).map(([name, row]) => [
    `\`${name}\``,
    ordinaryQuantity(row),
    quantity(row.public, row.unit),
    row.breach,
    row.reason,
  ]);
  return markdownTable(["Limit", "Default", "`public`", "What happens at it", "Why"], rows);
}

/** @returns {string} what stands in the code at one limit, said of its row */
export function limitComment(/** @type {LimitRow} */ row) {
  const [ordinary, open] = [ordinaryQuantity(row), quantity(row.public, row.unit)];
  return `Default: ${ordinary}${open === ordinary ? "" : `; public: ${open}`}. At it: ${row.breach}.`;
}

/** @returns {string} a Markdown table, a row for each close code */
export function closeCodesTable(/** @type {readonly CloseCode[]} */ codes) {
  const rows = codes.map(({ code, name, wire, policy, meaning }) => [
    String(code),
    name,
    meaning,
    wire ? "yes" : "no",
    policy,
  ]);
  return markdownTable(["Code", "Name", "Meaning", "May be sent", "A client then"], rows);
}

/**
 * @param {string} page a Markdown page that holds a table between the marks of `source`
 * @param {string} source the file of the code that the table repeats
 * @param {string} table
 * @returns {string} the page with `table` in the place of the one it holds
 */
export function replaceTable(page, source, table) {
  const begin = `<!-- from ${source} by scripts/reference.mjs -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the page has no table between "${begin}" and "${end}"`);
  return `${page.slice(0, from)}${begin}\n\n${table}\n${page.slice(to)}`;
}

/** @returns {string} the default, and that of clients if it is another one */
function ordinaryQuantity(/** @type {LimitRow} */ row) {
  const client = row.client === undefined ? "" : `, of clients ${quantity(row.client, row.unit)}`;
  return `${quantity(row.default, row.unit)}${client}`;
}

/** @returns {string} the value in the largest unit in which it is a whole number */
function quantity(/** @type {number} */ value, /** @type {LimitRow["unit"]} */ unit) {
  if (value === 0) return "0";
  if (unit === "bytes") {
    if (value % 1_048_576 === 0) return `${value / 1_048_576} MiB`;
    return value % 1_024 === 0 ? `${value / 1_024} KiB` : `${value} B`;
  }
  if (unit === "ms") return value % 1_000 === 0 ? `${value / 1_000} s` : `${value} ms`;
  return `${value.toLocaleString("en-US")}${unit === "per second" ? " per second" : ""}`;
}

function markdownTable(/** @type {readonly string[]} */ head, /** @type {readonly (readonly string[])[]} */ rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

async function write() {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const built = (/** @type {string} */ file) => import(pathToFileURL(join(root, "dist", file)).href);
  const { limitTable } = await built("base/limits.js");
  const { closeCodes } = await built("base/close-codes.js");
  const pages = /** @type {const} */ ([
    ["docs/reference/limits.md", "src/base/limits.ts", limitsTable(limitTable)],
    ["docs/reference/close-codes.md", "src/base/close-codes.ts", closeCodesTable(closeCodes)],
  ]);
  for (const [page, source, table] of pages) {
    const file = join(root, page);
    writeFileSync(file, replaceTable(readFileSync(file, "utf8"), source, table));
  }
  for (const [page, text] of referencePages(root)) {
    mkdirSync(dirname(join(root, page)), { recursive: true });
    writeFileSync(join(root, page), text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await write();
