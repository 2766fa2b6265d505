// The pages of `longwire serve`: read from disk once at the start, answered from memory. Only files that were found
// then have an address, so no request can reach any other; what an address contains is compared, never resolved.
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";

export interface PageFile {
  readonly body: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** By path, e.g. "/", "/main.js" and "/lab/". */
export type Pages = ReadonlyMap<string, PageFile>;

export interface PageRequest {
  readonly method: string;
  /** The request target as it arrived. */
  readonly target: string;
  /** The value of If-None-Match. */
  readonly knownTags?: string | undefined;
}

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const contentTypes = new Map([
  [".html", "text/html; charset=utf-8"],
  [".js", "text/javascript; charset=utf-8"],
  [".css", "text/css; charset=utf-8"],
  [".svg", "image/svg+xml"],
  [".png", "image/png"],
  [".ico", "image/x-icon"],
  [".map", "application/json"],
  [".webmanifest", "application/manifest+json"],
]);

const empty = Buffer.alloc(0);

/** Reads every file of known type in `folder`. `index.html` gets the address `mount`. Rejects when there is none. */
export async function readPages(folder: string, mount = "/"): Promise<Pages> {
  const pages = new Map<string, PageFile>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const type = contentTypes.get(extname(entry.name));
    if (type === undefined || !entry.isFile()) continue;
    const body = await readFile(join(folder, entry.name));
    pages.set(entry.name === "index.html" ? mount : `${mount}${entry.name}`, makePage(body, type));
  }
  if (!pages.has(mount)) throw new Error(`There is no index.html in ${folder}.`);
  return pages;
}

export function makePage(body: Buffer, type: string): PageFile {
  return { body, type, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"` };
}

/** What to answer. `headers` come with every answer: the page's security policy holds for its errors as well. */
export function answerPage(pages: Pages, request: PageRequest, headers: Readonly<Record<string, string>>): PageAnswer {
  const path = pathOf(request.target);
  const page = pages.get(path);
  const isHead = request.method === "HEAD";
  // What a page names beside itself is found only if its own address ends with the slash.
  if (page === undefined && pages.has(`${path}/`)) return answerMoved(path, headers);
  if (page === undefined) return answerFault(404, "There is nothing at this address.", isHead, headers);
  // RFC 9110 §15.5.6: "The origin server MUST generate an Allow header field in a 405 response"
  if (!isHead && request.method !== "GET") {
    return answerFault(405, "This address can only be read.", false, { ...headers, Allow: "GET, HEAD" });
  }
  // Names carry no hash, so a browser asks each time whether its copy is still the one; the answer is usually 304.
  const shared = { ...headers, "Cache-Control": "no-cache", ETag: page.etag };
  if (hasTag(request.knownTags, page.etag)) return { status: 304, headers: shared, body: empty };
  return {
    status: 200,
    headers: { ...shared, "Content-Type": page.type, "Content-Length": String(page.body.length) },
    body: isHead ? empty : page.body,
  };
}

/** To the same address with a slash at its end; relative, so that it holds behind a proxy that has put something before it. */
function answerMoved(path: string, headers: Readonly<Record<string, string>>): PageAnswer {
  const location = `${path.slice(path.lastIndexOf("/") + 1)}/`;
  return {
    status: 308,
    headers: { ...headers, "Cache-Control": "no-cache", Location: location, "Content-Length": "0" },
    body: empty,
  };
}

function answerFault(
  status: number,
  sentence: string,
  isHead: boolean,
  headers: Readonly<Record<string, string>>,
): PageAnswer {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${status}</title><h1>${status}</h1><p>${sentence} <a href="/">To the chat</a></p></html>\n`;
  const body = Buffer.from(html);
  return {
    status,
    headers: {
      ...headers,
      "Cache-Control": "no-store",
      "Content-Type": "text/html; charset=utf-8",
      "Content-Length": String(body.length),
    },
    body: isHead ? empty : body,
  };
}

/** The path of an origin-form or absolute-form target (RFC 9112 §3.2), without its query. */
function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, "");
  const end = path.search(/[?#]/);
  const bare = end === -1 ? path : path.slice(0, end);
  return bare === "" ? "/" : bare;
}

// RFC 9110 §13.1.2: "A recipient MUST use the weak comparison function when comparing entity tags for If-None-Match"
function hasTag(known: string | undefined, etag: string): boolean {
  if (known === undefined) return false;
  if (known.trim() === "*") return true;
  return known.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
