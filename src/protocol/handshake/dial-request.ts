// The client's half of the opening handshake: the request head. RFC 6455 §4.1. Every text in it is checked before the
// first byte exists, so a URL, a subprotocol or a header can never end a line early. Connecting and writing is dial's work.

import { LocalError } from "../../base/errors.ts";
import { isHandshakeKey } from "./accept-key.ts";
import { formatCallerField } from "./header-fields.ts";
import { isToken } from "./header-lists.ts";
import type { WebSocketUrl } from "./websocket-url.ts";

/** What formatDialRequest() takes (RFC 6455 §4.1). */
export interface DialRequest {
  /** From parseWebSocketUrl. */
  readonly url: WebSocketUrl;
  /** From createHandshakeKey, new for each request. */
  readonly key: string;
  /** In the order of preference. */
  readonly protocols?: readonly string[];
  /** The caller's own headers; an Authorization among them replaces the one made of the URL's credentials. */
  readonly headers?: Iterable<readonly [name: string, value: string]>;
}

/** The whole request head, to be written as Latin-1. Throws LocalError for anything that cannot be sent as it is. */
export function formatDialRequest({ url, key, protocols = [], headers = [] }: DialRequest): string {
  if (!isVisible(url.path) || !url.path.startsWith("/") || !isVisible(url.authority)) {
    throw new LocalError(
      "LW_PROTOCOL_URL_INVALID",
      "The URL has characters that cannot stand in a request. Expected what parseWebSocketUrl returns.",
    );
  }
  if (!isHandshakeKey(key)) {
    throw new LocalError("LW_PROTOCOL_KEY_INVALID", "The handshake key is not 16 bytes in base64.");
  }
  let head =
    `GET ${url.path} HTTP/1.1\r\nHost: ${url.authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n`;
  if (protocols.length > 0) head += `Sec-WebSocket-Protocol: ${formatProtocols(protocols)}\r\n`;
  let authorized = false;
  for (const [name, value] of headers) {
    head += formatCallerField(name, value);
    if (name.toLowerCase() === "authorization") authorized = true;
  }
  if (url.authorization !== undefined && !authorized) head += formatCallerField("Authorization", url.authorization);
  return `${head}\r\n`;
}

function formatProtocols(protocols: readonly string[]): string {
  const seen = new Set<string>();
  for (const protocol of protocols) {
    // RFC 6455 §4.1: "and MUST all be unique strings"
    if (typeof protocol !== "string" || !isToken(protocol) || seen.has(protocol)) {
      throw new LocalError(
        "LW_PROTOCOL_SUBPROTOCOL_INVALID",
        `${JSON.stringify(protocol)} cannot be offered as a subprotocol. Expected different names of letters, digits and ` +
          "!#$%&'*+-.^_`|~; likely causes: 1. a space or comma in a name; 2. the same name twice.",
      );
    }
    seen.add(protocol);
  }
  return protocols.join(", ");
}

/** Not empty, and visible ASCII only: no space, no control character, nothing a request line could be cut at. */
function isVisible(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f) return false;
  }
  return text.length > 0;
}
