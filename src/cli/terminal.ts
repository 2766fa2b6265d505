// What a command reads and writes: the three streams and the environment, passed in so that tests can stand in for a
// terminal. Also decides about colour, because util.styleText by itself looks at the stream only since Node 22.
import { styleText } from "node:util";
import type { Readable, Writable } from "node:stream";
import { escapeJson } from "./escape.ts";

export type TerminalInput = Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
export type TerminalOutput = Writable & { isTTY?: boolean; columns?: number };

export interface Terminal {
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: TerminalOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type Style = "bold" | "dim" | "cyan" | "green" | "yellow" | "red" | "magenta";

/** Colours a piece of text, or leaves it alone. */
export type Paint = (style: Style, text: string) => string;

/** NO_COLOR switches colour off, FORCE_COLOR on; otherwise a terminal gets it and a file or pipe does not. */
export function wantsColor(output: TerminalOutput, env: Terminal["env"]): boolean {
  const { NO_COLOR: off, FORCE_COLOR: on, TERM: term } = env;
  if ((off !== undefined && off !== "") || on === "0" || on === "false") return false;
  if (on !== undefined) return true;
  return output.isTTY === true && term !== "dumb";
}

export function painter(output: TerminalOutput, env: Terminal["env"]): Paint {
  if (!wantsColor(output, env)) return (_style, text) => text;
  return (style, text) => styleText(style, text, { validateStream: false });
}

/** One line that a person reads. */
export function writeLine(output: TerminalOutput, line: string): void {
  output.write(`${line}\n`);
}

/** `value` in one line that a program reads and a terminal may show: JSON by itself escapes line breaks and ESC, and leaves CSI. */
export function jsonLine(
  value: Readonly<Record<string, unknown>>,
  replace?: (name: string, value: unknown) => unknown,
): string {
  return escapeJson(JSON.stringify(value, replace));
}

/** One line that a program reads; `--json` consumers expect nothing else. */
export function writeJson(output: TerminalOutput, value: Readonly<Record<string, unknown>>): void {
  writeLine(output, jsonLine(value));
}
