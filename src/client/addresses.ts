// What applications say of where to connect, as browsers take it: URLs and subprotocols (WHATWG WebSockets §3.1).

import { toText } from "../base/payload.ts";
import { LINE_PATH } from "../session/packet.ts";

/** `url` as one of ws or wss, for which http and https stand as well. Throws SyntaxError for any other. */
export function socketUrl(url: string | URL, baseUrl: string | undefined): URL {
  let parsed: URL;
  try {
    parsed = new URL(new URL(toText(url), baseUrl).href.replace(/^http/, "ws"));
  } catch {
    throw syntaxError(`${JSON.stringify(String(url))} is no URL.`);
  }
  if (/^wss?:$/.test(parsed.protocol)) return parsed;
  throw syntaxError(`A URL here begins with ws, wss, http or https, not ${parsed.protocol}`);
}

/** The same for `new WebSocket()`, which allows no fragment. */
export function fragmentlessUrl(url: string | URL, baseUrl: string | undefined): URL {
  const parsed = socketUrl(url, baseUrl);
  if (parsed.href.includes("#")) throw syntaxError("A WebSocket's URL has no fragment.");
  return parsed;
}

/** The address of a line, as one of http or https, ending in the path. */
export function lineUrl(url: string | URL, baseUrl: string | undefined): URL {
  const { href, pathname } = socketUrl(url, baseUrl);
  const { origin } = new URL(href.replace(/^ws/, "http"));
  return new URL(origin + (pathname === "/" ? LINE_PATH : pathname));
}

/** Whether `url` leads to this machine itself, whatever network it has. */
export function isLoopback(url: string): boolean {
  return /^\w+:\/\/([^/:]*\.)?(localhost|127(\.\d+){3}|\[::1])(:|\/|$)/.test(url);
}

/** Tokens, and none twice. Throws SyntaxError for others. */
export function checkProtocols(protocols: string | Iterable<string>): readonly string[] {
  const list = typeof protocols === "string" ? [protocols] : Array.from(protocols, (protocol) => toText(protocol));
  const isLawful = list.every((name) => /^[!#$%&'*+.^_`|~\w-]+$/.test(name)) && new Set(list).size === list.length;
  if (isLawful) return list;
  throw syntaxError("Subprotocols are tokens, such as chat.v1, and none is named twice.");
}

function syntaxError(message: string): DOMException {
  return new DOMException(message, "SyntaxError");
}
