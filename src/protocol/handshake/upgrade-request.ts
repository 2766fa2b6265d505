// The server's judgment of a request head: an offer that may be answered with 101, or a refusal with its HTTP status.
// RFC 6455 §4.2.1, §4.4. Strict about what could mean two things to two readers (hosts, bodies, keys, versions), tolerant
// where real clients differ (case, further tokens, further headers). Routing, origin and authentication come after it, in
// the server; the answer is written by upgrade-response.ts.

import type { ErrorCode } from "../../base/errors.ts";
import type { Limits } from "../../base/limits.ts";
import { isHandshakeKey } from "./accept-key.ts";
import { announcesBody, collectFields, type FieldMap } from "./header-fields.ts";
import {
  equalsIgnoringCase,
  includesToken,
  parseExtensionList,
  parseProtocolList,
  parseTokenList,
  type ExtensionOffer,
} from "./header-lists.ts";

/** A request head as Node's `IncomingMessage` shows it. */
export interface RequestHead {
  readonly method: string;
  /** `"1.1"`, without `HTTP/`. */
  readonly httpVersion: string;
  readonly url: string;
  /** Names and values in turn, as received, duplicates kept. */
  readonly rawHeaders: readonly string[];
}

/** Why a request is not upgraded, as an answer: every refusal also ends the connection. */
export interface Refusal {
  readonly status: number;
  /** Further header fields. Connection, Content-Type and Content-Length are the writer's. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body: one sentence for people. Never repeats what the peer sent. */
  readonly message: string;
  readonly code: ErrorCode;
}

/** What the client asked for, once nothing is wrong with how it asked. */
export interface UpgradeOffer {
  readonly key: string;
  /** In the client's order of preference, without duplicates. */
  readonly protocols: readonly string[];
  /** All that was offered, known or not: what is not taken up is ignored. */
  readonly extensions: readonly ExtensionOffer[];
  readonly origin: string | undefined;
  readonly host: string;
}

export type UpgradeLimits = Pick<Limits, "maxHeaders" | "maxProtocols" | "maxExtensionOffers">;

/** Judges one request head. Never throws, whatever the head holds; `"status" in result` tells a refusal. */
export function judgeUpgrade(head: RequestHead, limits: UpgradeLimits): UpgradeOffer | Refusal {
  // First of all, because Node drops headers past its own limit: what a longer list seems to say proves nothing.
  if (head.rawHeaders.length > 2 * limits.maxHeaders) return tooManyHeaders(limits.maxHeaders);
  if (head.method !== "GET") return refusals.method;
  if (!isHttp11(head.httpVersion)) return refusals.httpVersion;
  const fields = collectFields(head.rawHeaders);
  const host = single(fields, "host");
  if (host === undefined || !isHost(host)) return refusals.host;
  if (!isUpgradeAttempt(head)) return refusals.plain;
  return judgeAttempt(fields, host, limits);
}

/** Whether a request names WebSocket in its Upgrade header, however badly: then it wants an upgrade, not a page. */
export function isUpgradeAttempt(head: Pick<RequestHead, "rawHeaders">): boolean {
  for (let at = 0; at + 1 < head.rawHeaders.length; at += 2) {
    if (!equalsIgnoringCase(head.rawHeaders[at] as string, "upgrade")) continue;
    for (const element of (head.rawHeaders[at + 1] as string).split(",")) {
      if (includesToken(element.split("/", 1)[0] as string, "websocket")) return true;
    }
  }
  return false;
}

function judgeAttempt(fields: FieldMap, host: string, limits: UpgradeLimits): UpgradeOffer | Refusal {
  // A body would be read by one party as frames and by another as content or as the next request.
  if (announcesBody(fields)) return refusals.body;

  // RFC 6455 §4.2.1: "An |Upgrade| header field containing the value "websocket", treated as an ASCII case-insensitive value."
  if (!includesToken(joined(fields, "upgrade") ?? "", "websocket")) return refusals.upgrade;

  // RFC 6455 §4.2.1: "A |Connection| header field that includes the token "Upgrade", treated as an ASCII case-insensitive value."
  const options = parseTokenList(joined(fields, "connection") ?? "");
  if (options?.some((option) => equalsIgnoringCase(option, "upgrade")) !== true) return refusals.connection;

  // RFC 6455 §4.2.1: "A |Sec-WebSocket-Version| header field, with a value of 13."
  if (single(fields, "sec-websocket-version") !== "13") return refusals.version;

  // RFC 6455 §4.2.1: "value that, when decoded, is 16 bytes in length"
  const key = single(fields, "sec-websocket-key");
  if (key === undefined || !isHandshakeKey(key)) return refusals.key;

  // Two origins: a policy would judge one of them, and a browser sends one.
  if ((fields.get("origin")?.length ?? 0) > 1) return refusals.origin;

  const offered = joined(fields, "sec-websocket-protocol");
  const protocols = offered === undefined ? [] : parseProtocolList(offered, limits);
  if (typeof protocols === "string") return malformedProtocols(protocols);

  // RFC 6455 §9.1: "the recipient of such malformed data MUST immediately _Fail the WebSocket Connection_"
  const wanted = joined(fields, "sec-websocket-extensions");
  const extensions = wanted === undefined ? [] : parseExtensionList(wanted, limits);
  if (extensions === undefined) return malformedExtensions(limits.maxExtensionOffers);

  return { key, protocols, extensions, origin: fields.get("origin")?.[0], host };
}

/** The value of a field that must stand on exactly one line. */
function single(fields: FieldMap, name: string): string | undefined {
  const values = fields.get(name);
  return values?.length === 1 ? values[0] : undefined;
}

/** All lines of a list-valued field as one list, in their order (RFC 9110 §5.3). */
function joined(fields: FieldMap, name: string): string | undefined {
  return fields.get(name)?.join(", ");
}

// RFC 6455 §4.2.1: "An HTTP/1.1 or higher GET request"
function isHttp11(version: string): boolean {
  return version.length === 3 && version.startsWith("1.") && version >= "1.1" && version <= "1.9";
}

const hostSeparators: ReadonlySet<number> = new Set([...'",/<>?@#\\^`{|}'].map((character) => character.charCodeAt(0)));

/** Whether a Host value can be one authority: visible ASCII without what would make it a list, a path or credentials. */
function isHost(host: string): boolean {
  for (let at = 0; at < host.length; at++) {
    const code = host.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f || hostSeparators.has(code)) return false;
  }
  return host.length > 0;
}

// --- refusals ---

const refuse = (status: number, code: ErrorCode, message: string, headers: Record<string, string> = {}): Refusal =>
  Object.freeze({ status, headers: Object.freeze(headers), message, code });

const refusals = {
  method: refuse(
    405,
    "LW_PROTOCOL_METHOD_NOT_GET",
    "A WebSocket opens with the method GET; this request used another one.",
    { Allow: "GET" },
  ),
  httpVersion: refuse(
    505,
    "LW_PROTOCOL_HTTP_VERSION",
    "A WebSocket opens over HTTP/1.1; this request came as another version. A proxy in between may have lowered it.",
  ),
  host: refuse(
    400,
    "LW_PROTOCOL_HOST_INVALID",
    "Exactly one Host header with the name of this server is expected; this request has none, several or a broken one.",
  ),
  plain: refuse(
    426,
    "LW_PROTOCOL_UPGRADE_REQUIRED",
    'This address speaks WebSocket, not plain HTTP: connect with new WebSocket("wss://host/path") in a page or any other ' +
      "WebSocket client; if you did, a proxy in between removed the Upgrade header.",
    { Upgrade: "websocket" },
  ),
  body: refuse(
    400,
    "LW_PROTOCOL_BODY_ON_UPGRADE",
    "A request that opens a WebSocket has no body; this one announces content with Content-Length or Transfer-Encoding.",
  ),
  upgrade: refuse(
    400,
    "LW_PROTOCOL_UPGRADE_INVALID",
    "The Upgrade header must name exactly websocket, without a version.",
  ),
  connection: refuse(
    400,
    "LW_PROTOCOL_CONNECTION_INVALID",
    "The Connection header must be a list that includes Upgrade. A proxy that is not set up for WebSocket removes it.",
  ),
  // RFC 6455 §4.2.2: "a |Sec-WebSocket-Version| header field indicating the version(s) the server is capable of understanding"
  version: refuse(
    426,
    "LW_PROTOCOL_VERSION_UNSUPPORTED",
    "This server speaks version 13 of the WebSocket protocol (RFC 6455): exactly one Sec-WebSocket-Version: 13 is expected.",
    { Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
  ),
  key: refuse(
    400,
    "LW_PROTOCOL_KEY_INVALID",
    "Exactly one Sec-WebSocket-Key is expected, 16 random bytes in base64: 24 characters ending in ==.",
  ),
  origin: refuse(
    400,
    "LW_PROTOCOL_ORIGIN_REPEATED",
    "At most one Origin header is expected; this request has several.",
  ),
} as const;

function tooManyHeaders(limit: number): Refusal {
  return refuse(
    431,
    "LW_PROTOCOL_HEADERS_TOO_MANY",
    `At most ${limit} header lines are accepted; this request has more.`,
  );
}

function malformedProtocols(reason: string): Refusal {
  return refuse(
    400,
    "LW_PROTOCOL_SUBPROTOCOLS_INVALID",
    `Sec-WebSocket-Protocol ${reason}; a comma-separated list of different names is expected.`,
  );
}

function malformedExtensions(limit: number): Refusal {
  return refuse(
    400,
    "LW_PROTOCOL_EXTENSIONS_INVALID",
    `Sec-WebSocket-Extensions is malformed or too long; at most ${limit} extensions in the form name; parameter=value are expected.`,
  );
}
