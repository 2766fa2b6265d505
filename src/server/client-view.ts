// Who a request comes from and what it asked for: from the socket and the Host header, or, behind a trusted proxy, from
// what the proxy wrote down. Headers a client could have sent itself are never believed: of each list counts the entry
// that the outermost trusted proxy added, from the right.

import { isIP } from "node:net";

export interface ClientView {
  readonly remoteAddress: string;
  /** As in Host: name and, if it is not the default one, port. Empty if the request has none. */
  readonly host: string;
  /** Undefined when it cannot be known. */
  readonly secure: boolean | undefined;
}

/** What the view needs of a socket; `encrypted` is what TLS sockets have. */
export interface ClientSocket {
  readonly remoteAddress?: string | undefined;
  readonly encrypted?: boolean;
}

/** `proxyCount`: how many proxies of our own stand in front; 0 believes no header. */
export function viewClient(socket: object, rawHeaders: readonly string[], proxyCount: number): ClientView {
  const { remoteAddress, encrypted } = socket as ClientSocket;
  const own = plainAddress(remoteAddress ?? "") ?? "";
  const host = headerValues(rawHeaders, "host")[0] ?? "";
  // Without a trusted proxy an unencrypted connection may still have been encrypted further out.
  if (proxyCount === 0) return { remoteAddress: own, host, secure: encrypted === true ? true : undefined };
  const proto = fromRight(rawHeaders, "x-forwarded-proto", proxyCount)?.toLowerCase();
  const address = fromRight(rawHeaders, "x-forwarded-for", proxyCount);
  return {
    remoteAddress: (address === undefined ? undefined : plainAddress(address)) ?? own,
    host: fromRight(rawHeaders, "x-forwarded-host", proxyCount) ?? host,
    secure: proto === undefined ? (encrypted === true ? true : undefined) : proto === "https" || proto === "wss",
  };
}

/** The values of all headers called `name` (lower case) in Node's flat list. */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const given = rawHeaders[at] as string;
    if (given.length === name.length && given.toLowerCase() === name) values.push(rawHeaders[at + 1] as string);
  }
  return values;
}

function fromRight(rawHeaders: readonly string[], name: string, count: number): string | undefined {
  const entries = headerValues(rawHeaders, name)
    .flatMap((value) => value.split(","))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  return entries[Math.max(0, entries.length - count)];
}

/** An address without port, brackets, zone and IPv4-in-IPv6 prefix; undefined if it is none. */
function plainAddress(text: string): string | undefined {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1];
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1];
  const address = (bracketed ?? withPort ?? text).replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(address) === 0 ? undefined : address;
}
