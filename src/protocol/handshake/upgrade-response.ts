// What the server writes to a request head: 101 and the connection is a WebSocket, or a refusal and it ends.
// RFC 6455 §4.2.2. Decides nothing: the offer was judged by upgrade-request.ts, the choice was made by the server.

import { LocalError } from "../../base/errors.ts";
import { platform } from "../../base/platform.ts";
import { acceptKey } from "./accept-key.ts";
import { formatCallerField, formatField } from "./header-fields.ts";
import type { Refusal, UpgradeOffer } from "./upgrade-request.ts";

/** What a 101 says besides what it must (RFC 6455 §4.2.2). */
export interface UpgradeAnswer {
  /** The subprotocol chosen: one that was offered. Without it none is in use. */
  readonly protocol?: string;
  /** The value of Sec-WebSocket-Extensions, as agreed. */
  readonly extensions?: string;
  /** Further ones, such as Set-Cookie. */
  readonly headers?: Iterable<readonly [name: string, value: string]>;
}

/** What a refusal says besides its status and sentence. */
export interface RefusalDetails {
  /** Further ones, such as Retry-After. */
  readonly headers?: Iterable<readonly [name: string, value: string]>;
  /** The request's method: an answer to HEAD goes without its body. */
  readonly method?: string;
}

/**
 * The head of the 101 answer, to be written as Latin-1. Only what was chosen is repeated to the client, never the offer:
 * offers can carry tokens. Throws LocalError, before anything can be written, for a subprotocol that was not offered and
 * for headers that cannot be sent.
 */
export function formatUpgradeResponse(offer: UpgradeOffer, answer: UpgradeAnswer = {}): string {
  let head =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${acceptKey(offer.key)}\r\n`;
  if (answer.protocol !== undefined) {
    // RFC 6455 §4.2.2: "The value chosen MUST be derived from the client's handshake"
    if (!offer.protocols.includes(answer.protocol)) {
      throw new LocalError(
        "LW_PROTOCOL_SUBPROTOCOL_NOT_OFFERED",
        "The subprotocol chosen by the server was not offered by the client. Expected one of the offered names exactly as " +
          "written, or none; likely causes: 1. a different case; 2. a fixed name in the route though clients offer another.",
      );
    }
    head += formatField("Sec-WebSocket-Protocol", answer.protocol);
  }
  if (answer.extensions !== undefined && answer.extensions !== "") {
    head += formatField("Sec-WebSocket-Extensions", answer.extensions);
  }
  for (const [name, value] of answer.headers ?? []) head += formatCallerField(name, value);
  return `${head}\r\n`;
}

/**
 * A whole HTTP answer that refuses and ends the connection, to be written as UTF-8 (its head is ASCII). Whoever writes it
 * destroys the socket afterwards and parses nothing more. Throws LocalError for a status outside 300–599 and for headers
 * that cannot be sent.
 */
export function formatRefusal(refusal: Refusal, details: RefusalDetails = {}): string {
  const { status, message } = refusal;
  if (!Number.isInteger(status) || status < 300 || status > 599) {
    throw new LocalError(
      "LW_PROTOCOL_REFUSAL_STATUS",
      `An upgrade cannot be refused with the status ${String(status)}. Expected 300 to 599.`,
    );
  }
  const names = new Set<string>();
  let fields = "";
  // Upgrade and Sec-WebSocket-Version are ours to write in a refusal: RFC 9110 §15.5.22 asks a 426 for the former.
  for (const [name, value] of Object.entries(refusal.headers)) {
    names.add(name.toLowerCase());
    fields += formatField(name, value);
  }
  for (const [name, value] of details.headers ?? []) {
    names.add(name.toLowerCase());
    fields += formatCallerField(name, value);
  }
  for (const name of ["connection", "content-length", "transfer-encoding"]) {
    if (!names.has(name)) continue;
    throw new LocalError(
      "LW_PROTOCOL_HEADER_RESERVED",
      `A refusal writes ${name} itself; leave it out of its headers.`,
    );
  }
  if (!isAscii(fields)) {
    throw new LocalError("LW_PROTOCOL_HEADER_INVALID", "A header of the refusal has a character outside ASCII.");
  }
  if (!names.has("content-type")) fields += "Content-Type: text/plain; charset=utf-8\r\n";
  const reason =
    reasonPhrases.get(status) ?? (status >= 500 ? "Server Error" : status >= 400 ? "Refused" : "Elsewhere");
  // RFC 9110 §7.8: "A sender of Upgrade MUST also send an "Upgrade" connection option"
  const connection = names.has("upgrade") ? "Upgrade, close" : "close";
  return (
    `HTTP/1.1 ${status} ${reason}\r\n${fields}Connection: ${connection}\r\n` +
    `Content-Length: ${platform.utf8Length(message)}\r\n\r\n${details.method === "HEAD" ? "" : message}`
  );
}

const reasonPhrases: ReadonlyMap<number, string> = new Map([
  [301, "Moved Permanently"],
  [302, "Found"],
  [303, "See Other"],
  [307, "Temporary Redirect"],
  [308, "Permanent Redirect"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [402, "Payment Required"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [408, "Request Timeout"],
  [409, "Conflict"],
  [410, "Gone"],
  [413, "Content Too Large"],
  [414, "URI Too Long"],
  [421, "Misdirected Request"],
  [426, "Upgrade Required"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
  [505, "HTTP Version Not Supported"],
]);

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return false;
  }
  return true;
}
