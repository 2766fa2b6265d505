// What may be shown or kept of addresses, headers and messages (RELIABILITY V-50): everything but the values of what may be
// a secret, told by its name. A value that was taken out leaves an ellipsis, so that a reader sees that there was one. Tells
// nothing about secrets in paths: nobody can see that a piece of a path is one.
import { isSecretName } from "../base/secret-names.ts";
import { parseUrl } from "../base/url.ts";

/** Headers whose names sound secret and whose values are not: they belong to one handshake and prove nothing later. */
const openHeaders = new Set(["sec-websocket-key", "sec-websocket-accept", "www-authenticate", "proxy-authenticate"]);
const addressHeaders = new Set(["location", "content-location", "referer", "link", "origin"]);

export const hidden = "…";

/** An address without user, password, and secret values of its query. What is no address is given back without its query. */
export function redactUrl(text: string): string {
  const [beforeHash = ""] = text.split("#", 1);
  const at = beforeHash.indexOf("?");
  const place = (at < 0 ? beforeHash : beforeHash.slice(0, at)).replace(
    /^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*@/i,
    (_all, scheme: string = "") => `${scheme}//${hidden}@`,
  );
  return at < 0 ? place : `${place}?${redactQuery(beforeHash.slice(at + 1))}`;
}

/** The parameters of a query, without the question mark. */
export function redactQuery(query: string): string {
  return query
    .split("&")
    .map((piece) => {
      const at = piece.indexOf("=");
      // A bare word may be a token as well as a flag.
      if (at < 0) return piece.length > 16 ? hidden : piece;
      return isSecretName(piece.slice(0, at)) ? `${piece.slice(0, at)}=${hidden}` : piece;
    })
    .join("&");
}

/** The value of a header as it may be shown. */
export function redactHeader(name: string, value: string): string {
  const lower = name.toLowerCase();
  if (addressHeaders.has(lower)) return redactUrl(value);
  // Tokens are carried as subprotocols where nothing else can be sent: pages cannot set headers (RELIABILITY V-63).
  if (lower === "sec-websocket-protocol") return value.split(",").map(redactProtocol).join(",");
  if (openHeaders.has(lower) || !isSecretName(lower)) return value;
  if (lower === "set-cookie") return value.replace(/=[^;]*/, `=${hidden}`);
  const scheme = /^(?:Basic|Bearer|Digest|Negotiate)(?= )/i.exec(value)?.[0];
  return scheme === undefined ? hidden : `${scheme} ${hidden}`;
}

/** Names of subprotocols are short; `graphql-transport-ws` is one of the longer ones. */
const longestProtocol = 20;

function redactProtocol(entry: string): string {
  return entry.trim().length > longestProtocol ? ` ${hidden}` : entry;
}

/** A text message: in JSON the values of members with secret names go, elsewhere what follows Bearer and Basic. */
export function redactMessage(text: string): string {
  const first = text.trimStart()[0];
  if (first === "{" || first === "[") {
    try {
      const parsed: unknown = JSON.parse(text);
      let count = 0;
      const open = JSON.stringify(parsed, (name, value: unknown) => {
        if (name === "" || !isSecretName(name) || typeof value === "object" || typeof value === "boolean") return value;
        count++;
        return hidden;
      });
      // Unless there was something to take out, the text stays as it was written.
      return count === 0 ? text : open;
    } catch {
      // Not JSON after all: what follows is for any text.
    }
  }
  return text.replaceAll(/\b(Bearer|Basic) +[\w+./~=-]{8,}/gi, `$1 ${hidden}`);
}

function decoded(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** Shorter ones stand in too many other words to be looked for. */
const leastSecret = 6;

/** Takes the secrets of an address and of headers out of any text: a server may say back what it was sent. */
export function makeScrubber(
  url: string,
  headers: readonly (readonly [name: string, value: string])[],
): (text: string) => string {
  const secrets = new Set<string>();
  const add = (value: string): void => {
    for (const form of [value, decoded(value) ?? value, encodeURIComponent(value)]) {
      if (form.length >= leastSecret) secrets.add(form);
    }
  };
  const parsed = parseUrl(url);
  if (parsed !== undefined) {
    const { username, password, searchParams } = parsed;
    for (const value of [username, password]) add(value);
    if (password !== "") add(Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64"));
    for (const [name, value] of searchParams) if (isSecretName(name) || value === "") add(value === "" ? name : value);
  }
  for (const [name, value] of headers) {
    if (redactHeader(name, value) === value) continue;
    add(value);
    for (const piece of value.split(/[\s,;=]+/)) if (piece.length > 12) add(piece);
  }
  const ordered = [...secrets].toSorted((one, other) => other.length - one.length);
  return (text) => ordered.reduce((clean, secret) => clean.replaceAll(secret, hidden), text);
}
