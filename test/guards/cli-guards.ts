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
];
