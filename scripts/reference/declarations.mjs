// Reads the .d.ts files that the compiler has written to dist/: what a file declares, with its comment and its members, and which
// file a name comes from. By lines and not by a grammar: the compiler prints one form, members four spaces in. Knows nothing of
// pages.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * @typedef {object} Member
 * @property {string} name
 * @property {string} signature without the final semicolon
 * @property {string} doc Markdown, empty when there is none
 */
/**
 * @typedef {object} Declaration
 * @property {string} name
 * @property {"class" | "interface" | "type" | "function" | "const"} kind
 * @property {string} file where it stands, an absolute path
 * @property {string} doc
 * @property {string} head the declaration without `export declare` and without members
 * @property {readonly Member[]} members
 * @property {string} base what a class or an interface extends, without type arguments; empty when nothing
 * @property {readonly string[]} roles the interfaces that a class implements
 */
/**
 * @typedef {object} File
 * @property {string} path
 * @property {ReadonlyMap<string, Declaration>} declarations
 * @property {ReadonlyMap<string, { readonly path: string, readonly name: string }>} imports by local name
 * @property {readonly { readonly name: string, readonly path: string, readonly original: string }[]} exports in order
 */

/** @type {Map<string, File>} */
const files = new Map();

/** @returns {File} */
export function readDeclarations(/** @type {string} */ path) {
  const known = files.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(path, "utf8");
  /** @type {Map<string, Declaration>} */
  const declarations = new Map();
  /** @type {Map<string, { path: string, name: string }>} */
  const imports = new Map();
  /** @type {{ name: string, path: string, original: string }[]} */
  const exported = [];
  const file = { path, declarations, imports, exports: exported };
  files.set(path, file);
  for (const { doc, lines } of chunksOf(text.split("\n"), "")) {
    const code = lines.join("\n");
    const [, verb, list = "", from] = /^(import|export) (?:type )?\{([^}]*)\}(?: from "([^"]+)")?;$/.exec(code) ?? [];
    if (verb !== undefined) {
      const source = from === undefined ? path : resolveTypes(path, from);
      for (const entry of list.split(",").filter((word) => word.trim() !== "")) {
        const [original = "", name = original] = entry
          .trim()
          .replace(/^type /, "")
          .split(" as ");
        if (verb === "import") {
          if (source !== undefined) imports.set(name, { path: source, name: original });
        } else if (source !== undefined) {
          exported.push({ name, path: source, original });
        }
      }
      continue;
    }
    const declaration = declarationOf(path, doc, lines);
    if (declaration === undefined) continue;
    declarations.set(declaration.name, declaration);
    if (code.startsWith("export ")) exported.push({ name: declaration.name, path, original: declaration.name });
  }
  return file;
}

/** @returns {Declaration | undefined} what `name` means in `path`, wherever it comes from */
export function findDeclaration(/** @type {string} */ path, /** @type {string} */ name) {
  const { declarations, imports, exports: exported } = readDeclarations(path);
  const own = declarations.get(name);
  if (own !== undefined) return own;
  const imported = imports.get(name);
  if (imported !== undefined) return findDeclaration(imported.path, imported.name);
  const passedOn = exported.find((entry) => entry.name === name && entry.path !== path);
  return passedOn && findDeclaration(passedOn.path, passedOn.original);
}

function resolveTypes(/** @type {string} */ from, /** @type {string} */ specifier) {
  if (!specifier.startsWith(".")) return undefined;
  const path = join(dirname(from), specifier.replace(/\.(ts|js)$/, ".d.ts"));
  return existsSync(path) ? path : undefined;
}

/**
 * What stands between two ends of statements at one depth, with the comment before it.
 * @returns {{ doc: string, lines: string[] }[]}
 */
function chunksOf(/** @type {readonly string[]} */ all, /** @type {string} */ indent) {
  /** @type {{ doc: string, lines: string[] }[]} */
  const chunks = [];
  let comment = "";
  /** @type {string[]} */
  let lines = [];
  let isComment = false;
  let depth = 0;
  for (const line of all) {
    if (lines.length === 0 && !line.startsWith(indent)) continue;
    const text = line.slice(indent.length);
    if (lines.length === 0 && (isComment || text.startsWith("/**"))) {
      comment = isComment ? `${comment}\n${text}` : text;
      isComment = !text.includes("*/");
      continue;
    }
    if (lines.length === 0 && (text === "" || text.startsWith("//"))) continue;
    lines.push(text);
    const code = text.replaceAll(/\/\*.*?\*\/|"[^"]*"|`[^`]*`/g, "");
    if (/^\s*(\/\*|\*)/.test(code)) continue;
    depth += (code.match(/[{([]/g)?.length ?? 0) - (code.match(/[})\]]/g)?.length ?? 0);
    // A statement ends at its own depth: with a semicolon, or with the brace that closes it.
    if (depth > 0 || !/[;}]$/.test(code)) continue;
    chunks.push({ doc: docOf(comment), lines });
    comment = "";
    lines = [];
  }
  return chunks;
}

/** @returns {string} a comment as Markdown */
function docOf(/** @type {string} */ comment) {
  return comment
    .replace(/^\/\*\*\s?/, "")
    .replace(/\s*\*\/$/, "")
    .replaceAll(/^\s*\* ?/gm, "")
    .trim();
}

/** @returns {Declaration | undefined} */
function declarationOf(/** @type {string} */ file, /** @type {string} */ doc, /** @type {string[]} */ lines) {
  const code = lines
    .join("\n")
    .replace(/^export /, "")
    .replace(/^declare /, "");
  const [, word = "", name = ""] = /^(?:abstract )?(class|interface|type|function|const) ([\w$]+)/.exec(code) ?? [];
  if (name === "") return undefined;
  const kind = /** @type {Declaration["kind"]} */ (word);
  const hasMembers = kind === "class" || kind === "interface" || /^const [\w$]+: \{$/m.test(code);
  if (!hasMembers) return { name, kind, file, doc, head: code.replace(/;$/, ""), members: [], base: "", roles: [] };
  const head = code.slice(0, code.indexOf("{")).trim().replace(/:$/, "");
  const all = chunksOf(lines.slice(1, -1), "    ").flatMap(memberOf);
  const readable = new Set(all.filter(({ signature }) => signature.startsWith("get ")).map((member) => member.name));
  // A pair of get and set is one property to whoever uses it.
  const members = all.filter(({ signature, name: own }) => !signature.startsWith("set ") || !readable.has(own));
  const [, base = ""] = / extends ([\w$]+)/.exec(head.replaceAll(/<[^{]*?>(?= extends| implements|$)/g, "")) ?? [];
  const [, roles = ""] = / implements (.*)$/s.exec(head) ?? [];
  return { name, kind, file, doc, head, members, base, roles: roles.match(/[A-Z][\w$]*/g) ?? [] };
}

/** @returns {Member[]} none for what is nobody's business */
function memberOf(/** @type {{ doc: string, lines: string[] }} */ { doc, lines }) {
  const signature = lines.join("\n").replace(/;$/, "");
  if (/^(#private|private |protected )/.test(signature)) return [];
  const [, name = signature] = /^(?:static |readonly |abstract |get |set )*([\w$]+|\[[^\]]+\])/.exec(signature) ?? [];
  return [{ name, signature, doc }];
}
