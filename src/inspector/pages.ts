// The files of the inspector's page: read once, answered from memory, under headers that forbid everything the page does not need.
// They hold nothing that is not in the package; what the page shows comes over its WebSocket. Only files found at the start have
// an address.

import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { LocalError } from "../base/errors.ts";
import { strictPageHeaders } from "../base/page-policy.ts";

/** By name; the page itself is "". */
export type PageFiles = ReadonlyMap<string, PageFile>;

export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array;
}

const types = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
]);

/** Under which all answers are given. */
export const pageHeaders: Readonly<Record<string, string>> = {
  ...strictPageHeaders,
  "Cache-Control": "no-cache",
  // Whoever follows a link from here shall not learn where it was.
  "Referrer-Policy": "no-referrer",
};

/** Throws LocalError LW_INSPECTOR_PAGES when the folder holds no page. */
export function readPageFiles(folder: string): PageFiles {
  const files = new Map<string, PageFile>();
  for (const name of namesIn(folder)) {
    const type = types.get(extname(name));
    if (type === undefined) continue;
    files.set(name === "index.html" ? "" : name, { type, body: readFileSync(join(folder, name)) });
  }
  if (files.has("")) return files;
  throw new LocalError(
    "LW_INSPECTOR_PAGES",
    "The inspector's page is not there. Likely causes: 1. in a checkout, `npm run build` was not run; " +
      "2. a bundler took the package's code and left its files: keep longwire outside of the bundle.",
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
