// Reads TypeScript as a list of words, for the tests about the house: what a file imports, which names and comments it has.
// A scanner and not a parser: it knows strings, comments, templates and regular expressions well enough not to be fooled
// by what stands inside them, and nothing of the grammar above that.
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export type TokenKind = "word" | "string" | "template" | "regex" | "number" | "mark" | "comment";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
}

export interface Source {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly comments: readonly Token[];
}

export interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly isDynamic: boolean;
}

/** Every file below `folder` whose name ends in one of `endings`; none when the folder does not exist yet. */
export function filesIn(folder: string, endings: readonly string[]): string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, encoding: "utf8" })
    .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .toSorted();
}

export function sourcesIn(folder: string, endings: readonly string[] = [".ts", ".tsx"]): Source[] {
  return filesIn(folder, endings).map((path) => scanSource(path, readFileSync(join(root, path), "utf8")));
}

export function scanSource(path: string, text: string): Source {
  const all = scan(text);
  return {
    path,
    text,
    tokens: all.filter((token) => token.kind !== "comment"),
    comments: all.filter((token) => token.kind === "comment"),
  };
}

/** What a source names after `from`, in `import("…")`, in `import "…"`; type imports and re-exports counted. */
export function importsOf({ tokens }: Source): Import[] {
  const imports: Import[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "word" || isProperty(tokens, index)) continue;
    if (token.text === "import") {
      const next = tokens[index + 1];
      if (next?.text === "(") add(tokens[index + 2], true);
      else if (next?.text !== ".") add(next?.kind === "string" ? next : findFrom(tokens, index + 1), false);
    } else if (token.text === "export") {
      const next = tokens[index + 1]?.text === "type" ? index + 2 : index + 1;
      if (tokens[next]?.text === "{" || tokens[next]?.text === "*") add(findFrom(tokens, next), false);
    }
  }
  return imports;

  function add(token: Token | undefined, isDynamic: boolean): void {
    if (token === undefined || (token.kind !== "string" && token.kind !== "template")) return;
    imports.push({ specifier: token.text.slice(1, -1), line: token.line, isDynamic });
  }
}

/** Whether the word stands after a dot, and so names a member of something else. */
export function isProperty(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text;
  return before === "." || before === "?.";
}

/** The string after `from` of the import or export clause that begins at `start`, if the clause has one. */
function findFrom(tokens: readonly Token[], start: number): Token | undefined {
  for (let index = start; index < tokens.length; index++) {
    const token = tokens[index];
    if (token?.kind === "string") return tokens[index - 1]?.text === "from" ? token : undefined;
    if (token?.text === ";" || (token?.text === "=" && token.kind === "mark")) return undefined;
    const isClauseEnd = token?.text === "}" && tokens[index + 1]?.text !== "from";
    if (isClauseEnd) return undefined;
  }
  return undefined;
}

const patterns: readonly (readonly [TokenKind | "space", RegExp])[] = [
  ["space", /\s+/y],
  ["comment", /\/\/[^\n]*|\/\*[^]*?\*\//y],
  ["string", /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y],
  ["number", /\d[\w.]*/y],
  ["word", /#?[\p{ID_Start}$_][\p{ID_Continue}$]*/uy],
  ["mark", /\?\.|=>|\.\.\.|[^]/y],
];
const regexPattern = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const wordsBeforeRegex = new Set(["return", "typeof", "case", "in", "of", "void", "delete", "throw", "yield", "await"]);

function scan(text: string): Token[] {
  const tokens: Token[] = [];
  const braces: ("block" | "template")[] = [];
  let position = text.startsWith("#!") ? text.indexOf("\n") : 0;
  let line = 1;
  while (position < text.length) {
    const [kind, piece] = next();
    if (kind !== "space") tokens.push({ kind, text: piece, line });
    line += piece.split("\n").length - 1;
    position += piece.length;
  }
  return tokens;

  function next(): readonly [TokenKind | "space", string] {
    const first = text[position];
    if (first === "`") {
      const chunk = readTemplateChunk(position + 1);
      return ["template", text.slice(position, chunk)];
    }
    if (first === "}" && braces.pop() === "template")
      return ["template", text.slice(position, readTemplateChunk(position + 1))];
    if (first === "{") braces.push("block");
    if (first === "/" && mayBeRegex()) {
      regexPattern.lastIndex = position;
      const found = regexPattern.exec(text);
      if (found !== null && !text.startsWith("//", position) && !text.startsWith("/*", position))
        return ["regex", found[0]];
    }
    for (const [kind, pattern] of patterns) {
      pattern.lastIndex = position;
      const found = pattern.exec(text);
      if (found !== null) return [kind, found[0]];
    }
    throw new Error(`nothing matches at ${position}`);
  }

  /** Reads on to the closing backtick or into the next `${`; returns where the chunk ends. */
  function readTemplateChunk(start: number): number {
    for (let at = start; at < text.length; at++) {
      if (text[at] === "\\") at++;
      else if (text[at] === "`") return at + 1;
      else if (text[at] === "$" && text[at + 1] === "{") {
        braces.push("template");
        return at + 2;
      }
    }
    return text.length;
  }

  function mayBeRegex(): boolean {
    const before = tokens.findLast((token) => token.kind !== "comment");
    if (before === undefined) return true;
    if (before.kind === "word") return wordsBeforeRegex.has(before.text);
    return before.kind === "mark" && ![")", "]", "}"].includes(before.text);
  }
}
