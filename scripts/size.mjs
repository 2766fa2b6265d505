// `npm run size`: what a page pays for each entry of the client, as a table: bundled and minified as a bundler of today does
// it, whole and by part. test/architecture/bundle-size.test.ts holds the totals.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * @typedef {object} Weight
 * @property {string} code the minified bundle, an ES module
 * @property {number} minifiedBytes
 * @property {number} gzippedBytes
 * @property {number} brotliBytes
 * @property {ReadonlyMap<string, number>} files bytes of the minified bundle by source file
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entries = ["WebSocket", "Line", "WebSocketLine"];
const everything = "WebSocket, Line, WebSocketLine";

/** @returns {Promise<Weight>} what `names`, such as "WebSocket, Line", weigh when they are all that a page imports */
export async function weigh(/** @type {string} */ names) {
  const result = await build({
    stdin: { contents: `export { ${names} } from "./src/client/index.ts";`, resolveDir: root, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    platform: "browser",
    format: "esm",
    target: ["es2022"],
    write: false,
    metafile: true,
  });
  const { contents } = result.outputFiles[0] ?? { contents: new Uint8Array(0) };
  const files = Object.values(result.metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return {
    code: new TextDecoder().decode(contents),
    minifiedBytes: contents.length,
    gzippedBytes: gzipSync(contents, { level: 9 }).length,
    brotliBytes: brotliCompressSync(contents).length,
    files: new Map(
      files.flatMap(([file, { bytesInOutput }]) =>
        bytesInOutput > 0 && file.startsWith("src/") ? [[file, bytesInOutput]] : [],
      ),
    ),
  };
}

/** @returns {string} the folder a source file stands for in the table, such as "session" or "client/page" */
function partOf(/** @type {string} */ file) {
  return dirname(file).replace("src/", "");
}

/** @returns {Promise<string>} Markdown */
async function table() {
  const columns = [everything, ...entries];
  const weights = await Promise.all(columns.map(weigh));
  const parts = [...new Set(weights.flatMap(({ files }) => [...files.keys()].map(partOf)))].toSorted();
  const inPart = (/** @type {Weight} */ { files }, /** @type {string} */ part) =>
    [...files].reduce((sum, [file, bytes]) => sum + (partOf(file) === part ? bytes : 0), 0);
  const row = (/** @type {string} */ name, /** @type {(weight: Weight) => number} */ value) =>
    `| ${name} | ${weights.map((weight) => value(weight).toLocaleString("en")).join(" | ")} |`;
  return [
    `| bytes | all | ${entries.map((name) => `\`${name}\``).join(" | ")} |`,
    `|---|${columns.map(() => "--:|").join("")}`,
    ...parts.map((part) => row(part, (weight) => inPart(weight, part))),
    row("**minified**", ({ minifiedBytes }) => minifiedBytes),
    row("**and gzip**", ({ gzippedBytes }) => gzippedBytes),
    row("and brotli instead", ({ brotliBytes }) => brotliBytes),
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${await table()}\n`);
