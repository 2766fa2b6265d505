// The guards of the command line: what a peer sends reaches a terminal only as text.

import type { Guard } from "./guard.ts";

const escaped = ["unit/cli/escape.test.ts", "unit/cli/transcript.test.ts"];

export const cliGuards: readonly Guard[] = [
  {
    rows: ["V-56"],
    file: "cli/escape.ts",
    find: "return text.replaceAll(unsafe, (character) => mark(escapeCharacter(character)));",
    replace: "return text;",
    tests: escaped,
  },
  {
    rows: ["V-56"],
    file: "cli/escape.ts",
    find: "return text.replaceAll(unsafeInBlock, (character) => mark(escapeCharacter(character))).split",
    replace: "return text.split",
    tests: escaped,
  },
  {
    rows: ["V-56"],
    file: "cli/hex-dump.ts",
    find: 'byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "."',
    replace: "String.fromCharCode(byte)",
    tests: ["unit/cli/hex-dump.test.ts"],
  },
  {
    rows: ["V-56"],
    file: "cli/paste.ts",
    find: "lines.length <= longestInline && ",
    replace: "lines.length >= 0 || ",
    tests: ["unit/cli/line-editor.test.ts"],
  },
  {
    rows: ["V-50", "V-56"],
    file: "cli/doctor/report.ts",
    find: "return (text) => escapeLine(pen.scrub(text));",
    replace: "return (text) => text;",
    tests: ["unit/cli/doctor/report.test.ts"],
  },
  {
    rows: ["V-56"],
    file: "cli/decode/explanation.ts",
    find: 'lines.push(`${indent}"${escapeLine(textOf(shown))}"`);',
    replace: 'lines.push(`${indent}"${textOf(shown)}"`);',
    tests: ["unit/cli/decode/explanation.test.ts"],
  },
  {
    rows: ["V-50"],
    file: "cli/redaction.ts",
    find: "if (openHeaders.has(lower) || !isSecretName(lower)) return value;",
    replace: "return value;",
    tests: ["unit/cli/redaction.test.ts", "unit/cli/decode/explanation.test.ts"],
  },
  {
    rows: ["V-50"],
    file: "cli/redaction.ts",
    find: "return isSecretName(piece.slice(0, at)) ? `${piece.slice(0, at)}=${hidden}` : piece;",
    replace: "return piece;",
    tests: ["unit/cli/redaction.test.ts", "unit/cli/decode/explanation.test.ts"],
  },
  {
    rows: ["V-50"],
    file: "cli/decode/session-words.ts",
    find: "bytes.length === 0 ? `no ${what}` : `a ${what} of ${bytes.length} bytes`",
    replace: "`${what} ${String.fromCharCode(...bytes)}`",
    tests: ["unit/cli/decode/session-words.test.ts"],
  },
];
