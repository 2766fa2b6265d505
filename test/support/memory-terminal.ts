// A terminal in memory: what a command writes is collected, what it reads is pushed by the test.
import { PassThrough } from "node:stream";
import type { Terminal } from "../../src/cli/terminal.ts";

export interface MemoryTerminal extends Terminal {
  readonly stdin: PassThrough & { isTTY?: boolean };
  readonly output: { readonly out: string; readonly err: string };
}

export function memoryTerminal(options: { env?: Record<string, string>; isTTY?: boolean } = {}): MemoryTerminal {
  const stdin = Object.assign(new PassThrough(), { isTTY: options.isTTY ?? false });
  const collected = { out: "", err: "" };
  const collect = (name: "out" | "err"): PassThrough & { isTTY: boolean; columns: number } => {
    const stream = Object.assign(new PassThrough(), { isTTY: options.isTTY ?? false, columns: 100 });
    stream.on("data", (chunk: Buffer) => (collected[name] += chunk.toString()));
    return stream;
  };
  return { stdin, stdout: collect("out"), stderr: collect("err"), env: options.env ?? {}, output: collected };
}
