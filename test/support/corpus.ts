// The streams every machine that reads frames is tried on: test/fuzz/corpus/, one stream per file. The file's name is the
// sentence of what it shows; `reads:` says who reads it; the rest are bytes in hexadecimal, with remarks after `#`.

import { readdirSync, readFileSync } from "node:fs";

import { hex } from "./byte-builder.ts";
import type { Role } from "./naive-frame-codec.ts";

export interface CorpusStream {
  readonly name: string;
  readonly role: Role;
  readonly stream: Uint8Array<ArrayBuffer>;
}

const directory = new URL("../fuzz/corpus/", import.meta.url);

/** All streams of the corpus, in the order of their names. */
export function readCorpus(): readonly CorpusStream[] {
  const files = readdirSync(directory).filter((file) => file.endsWith(".hex"));
  return files.sort().map((file) => {
    const lines = readFileSync(new URL(file, directory), "utf8").split("\n");
    const text = lines.map((line) => line.replace(/#.*/, "").trim()).filter((line) => line !== "");
    const [first, ...rest] = text;
    const role = /^reads: (server|client)$/.exec(first ?? "")?.[1];
    if (role === undefined) throw new Error(`${file} does not begin with "reads: server" or "reads: client".`);
    return { name: file.slice(0, -4).replaceAll("-", " "), role: role as Role, stream: hex(rest.join(" ")) };
  });
}
