// Writes one page per entry of the package: each thing it exports, in the order of the index file, with the comment that stands at
// it in the code. What is only used by those, and has no name of its own outside, follows at the end of the page.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findDeclaration, readDeclarations } from "./declarations.mjs";

/** @typedef {import("./declarations.mjs").Declaration} Declaration */
/** @typedef {import("./declarations.mjs").Member} Member */
/** @typedef {{ readonly types?: string, readonly node?: { readonly types: string } } | string} Target */

/** What a socket has because the browser's has it, and is said there. */
const standard = new Set(
  ["CONNECTING", "OPEN", "CLOSING", "CLOSED", "url", "readyState", "bufferedAmount", "extensions", "protocol"].concat([
    "binaryType",
    "onopen",
    "onmessage",
    "onerror",
    "onclose",
    "addEventListener",
    "removeEventListener",
  ]),
);

/** @returns {Map<string, string>} the text of each page by its path below `root` */
export function referencePages(/** @type {string} */ root) {
  const manifest = /** @type {{ exports: Record<string, Target> }} */ (
    JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  );
  /** @type {Map<string, string>} */
  const pages = new Map();
  for (const [key, target] of Object.entries(manifest.exports)) {
    if (typeof target === "string" || target.types === undefined) continue;
    const name = key.replace(/^\.\//, "");
    // Node's variant of an entry has everything that the other one has.
    const path = join(root, target.node?.types ?? target.types);
    const elsewhere = target.node === undefined ? undefined : join(root, target.types);
    // The hand-written page of an entry says what no comment can.
    const hasCompanion = existsSync(join(root, "docs", "reference", `${name}.md`));
    pages.set(`docs/reference/api/${name}.md`, entryPage({ name, path, elsewhere, hasCompanion }));
  }
  return pages;
}

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} path of its declarations
 * @property {string | undefined} elsewhere of those outside Node, where they are others
 * @property {boolean} hasCompanion
 */

function entryPage(/** @type {Entry} */ { name, path, elsewhere, hasCompanion }) {
  const portable = elsewhere && new Set(readDeclarations(elsewhere).exports.map((entry) => entry.name));
  const exported = readDeclarations(path).exports.map((entry) => {
    const declaration = findDeclaration(entry.path, entry.original);
    if (declaration === undefined) throw new Error(`longwire/${name} exports ${entry.name}, which nothing declares`);
    return { ...entry, declaration };
  });
  const listed = new Set(exported.map(({ declaration }) => declaration));
  const names = new Set(exported.map((entry) => entry.name));
  const behind = usedBy(listed).filter((declaration) => !names.has(declaration.name));
  const parts = [
    `# longwire/${name}: every export`,
    `<!-- from the comments and types of the code by scripts/reference.mjs; do not edit -->`,
    hasCompanion ? `In sentences and with examples: [longwire/${name}](../${name}.md).` : "",
    tableOf(exported),
    ...exported.map(({ name: shown, declaration }) => {
      const note = portable instanceof Set && !portable.has(shown) ? "In Node, Bun and Deno only." : "";
      return sectionOf(shown, declaration, note, listed);
    }),
  ];
  if (behind.length > 0) {
    parts.push("## Types without an export", "Named above, and not to be imported by their names.");
    for (const declaration of behind) parts.push(`#${sectionOf(declaration.name, declaration, "", listed)}`);
  }
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function tableOf(/** @type {readonly { name: string, declaration: Declaration }[]} */ exported) {
  const rows = exported.map(({ name, declaration }) => {
    const word = declaration.kind === "const" ? "value" : declaration.kind;
    return `| [\`${name}\`](#${name.toLowerCase()}) | ${word} |`;
  });
  return ["| Export | |", "| --- | --- |", ...rows].join("\n");
}

function sectionOf(
  /** @type {string} */ name,
  /** @type {Declaration} */ declaration,
  /** @type {string} */ note,
  /** @type {ReadonlySet<Declaration>} */ listed,
) {
  const { doc, head, kind, base } = declaration;
  const members = publicMembers(declaration, listed);
  const { inherited, listedBase, lastBase } = inheritedOf(declaration, listed);
  const isRenamed = base !== lastBase || listedBase !== undefined;
  const shownHead = (isRenamed ? head.replace(/ extends [^]*$/, lastBase === "" ? "" : ` extends ${lastBase}`) : head)
    .replace(/ implements [^]*$/, "")
    .replace(new RegExp(`\\b${declaration.name}\\b`), name);
  const isSocket = [...members, ...inherited].some(({ name: member }) => member === "readyState");
  const isAsInBrowsers = (/** @type {Member} */ member) => isSocket && member.doc === "" && standard.has(member.name);
  const asInBrowsers = new Set(
    [...members, ...inherited].filter(isAsInBrowsers).map(({ name: member }) => `\`${member}\``),
  );
  const lines = (/** @type {readonly Member[]} */ all) =>
    all
      .filter((member) => !isAsInBrowsers(member))
      .map(memberLine)
      .join("\n");
  return [
    `## ${name}`,
    doc,
    note,
    `\`\`\`typescript\n${kind === "const" && members.length > 0 ? `${shownHead}: { … }` : shownHead}\n\`\`\``,
    lines(members),
    lines(inherited) === "" ? "" : `Inherited:\n\n${lines(inherited)}`,
    asInBrowsers.size === 0 ? "" : `As in browsers (WHATWG WebSockets §3.1): ${[...asInBrowsers].join(", ")}.`,
    listedBase === undefined ? "" : `And everything of [\`${listedBase}\`](#${listedBase.toLowerCase()}).`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** @returns {{ inherited: Member[], listedBase: string | undefined, lastBase: string }} */
function inheritedOf(/** @type {Declaration} */ declaration, /** @type {ReadonlySet<Declaration>} */ listed) {
  const seen = new Set(declaration.members.map(({ name }) => name));
  /** @type {Member[]} */
  const inherited = [];
  let current = declaration;
  while (current.base !== "") {
    const base = findDeclaration(current.file, current.base);
    if (base === undefined) break;
    if (listed.has(base)) return { inherited, listedBase: base.name, lastBase: base.name };
    for (const member of publicMembers(base, listed)) {
      if (!seen.has(member.name) && member.name !== "constructor") inherited.push(member);
    }
    for (const { name } of base.members) seen.add(name);
    current = base;
  }
  return { inherited, listedBase: undefined, lastBase: current.base };
}

/**
 * Without what a class has for the house: the members of interfaces that it implements and that this entry does not export.
 * @returns {readonly Member[]}
 */
function publicMembers(/** @type {Declaration} */ declaration, /** @type {ReadonlySet<Declaration>} */ listed) {
  const roles = [declaration, ...basesOf(declaration)].flatMap((one) => one.roles.map((role) => [one.file, role]));
  /** @type {Set<string>} */
  const inner = new Set();
  for (const [file = "", role = ""] of roles) {
    for (let base = findDeclaration(file, role); base !== undefined && !listed.has(base);) {
      for (const { name } of base.members) inner.add(name);
      base = base.base === "" ? undefined : findDeclaration(base.file, base.base);
    }
  }
  return declaration.members.filter(({ name }) => !inner.has(name));
}

function memberLine(/** @type {Member} */ { signature, doc }) {
  const code = signature.replaceAll(/\/\*\*[^]*?\*\/\s*/g, "").replaceAll(/\s+/g, " ");
  const fence = code.includes("`") ? "``" : "`";
  return `- ${fence}${code}${fence}${doc === "" ? "" : `: ${doc.replaceAll(/\s*\n\s*/g, " ")}`}`;
}

/** @returns {Declaration[]} what `listed` names and does not have, in the order of being named */
function usedBy(/** @type {ReadonlySet<Declaration>} */ listed) {
  /** @type {Set<Declaration>} */
  const found = new Set();
  const queue = [...listed];
  for (let declaration = queue.shift(); declaration !== undefined; declaration = queue.shift()) {
    const { file, head, kind } = declaration;
    const { inherited } = inheritedOf(declaration, listed);
    const bases = basesOf(declaration);
    const members = [...publicMembers(declaration, listed), ...inherited];
    const isPlain = kind !== "class" && kind !== "interface";
    const text = [
      isPlain ? head : head.replace(/ (extends|implements) [^]*$/, ""),
      ...members.map(({ signature }) => signature),
    ].join(" ");
    for (const word of new Set(text.match(/\b[A-Z][\w$]*/g))) {
      const named = [file, ...bases.map((base) => base.file)].map((path) => findDeclaration(path, word)).find(Boolean);
      if (named === undefined || listed.has(named) || found.has(named) || bases.includes(named)) continue;
      found.add(named);
      queue.push(named);
    }
  }
  return [...found];
}

/** @returns {Declaration[]} what it extends, the nearest first */
function basesOf(/** @type {Declaration} */ declaration) {
  const { base, file } = declaration;
  const parent = base === "" ? undefined : findDeclaration(file, base);
  return parent === undefined ? [] : [parent, ...basesOf(parent)];
}
