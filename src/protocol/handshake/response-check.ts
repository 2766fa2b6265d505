// The client's judgment of the server's answer. RFC 6455 §4.1 and WHATWG WebSockets §2.2. Only a 101 that fits the request
// in every point opens a connection; redirects are not followed and no answer's body is read. The head was read by
// response-head.ts; what to do with a fault is dial's business.

import type { ErrorCode, Violation } from "../../base/errors.ts";
import { acceptKey } from "./accept-key.ts";
import { announcesBody, collectFields } from "./header-fields.ts";
import { equalsIgnoringCase, includesToken } from "./header-lists.ts";
import type { ResponseHead } from "./response-head.ts";

/** What the answer is held against: the request as it was sent. */
export interface DialExpectation {
  readonly key: string;
  readonly protocols: readonly string[];
}

/** What both sides agreed on; an empty string where nothing was. */
export interface Agreement {
  readonly protocol: string;
  readonly extensions: string;
}

/** Judges one answer; `"closeCode" in result` tells a violation. Never throws. */
export function judgeResponse(head: ResponseHead, expected: DialExpectation): Agreement | Violation {
  if (head.status !== 101) return wrongStatus(head.status);
  const fields = collectFields(head.headers.flat());
  if (announcesBody(fields)) return violations.body;

  // RFC 6455 §4.1: "contains a value that is not an ASCII case-insensitive match for the value "websocket""
  const upgrade = fields.get("upgrade") ?? [];
  if (upgrade.length !== 1 || !equalsIgnoringCase(upgrade[0] as string, "websocket")) return violations.upgrade;

  // RFC 6455 §4.1: "doesn't contain a token that is an ASCII case-insensitive match for the value "Upgrade""
  if (!includesToken((fields.get("connection") ?? []).join(","), "upgrade")) return violations.connection;

  const accept = fields.get("sec-websocket-accept") ?? [];
  if (accept.length !== 1 || accept[0] !== acceptKey(expected.key)) return violations.accept;

  // RFC 6455 §4.1: "indicates the use of an extension that was not present in the client's handshake"
  if (fields.get("sec-websocket-extensions")?.some((value) => value !== "") === true) return violations.extension;

  const chosen = fields.get("sec-websocket-protocol") ?? [];
  if (chosen.length > 1) return violations.protocolRepeated;
  const protocol = chosen[0];
  // RFC 6455 §4.1: "indicates the use of a subprotocol that was not present in the client's handshake"
  if (protocol !== undefined && !expected.protocols.includes(protocol)) return violations.protocolUnasked;
  // WHATWG WebSockets §2.2: an offer that goes unanswered fails the connection; RFC 6455 alone would let it pass.
  if (protocol === undefined && expected.protocols.length > 0) return violations.protocolMissing;

  return { protocol: protocol ?? "", extensions: "" };
}

const violation = (code: ErrorCode, message: string): Violation => Object.freeze({ code, closeCode: 1006, message });

function wrongStatus(status: number): Violation {
  const hint =
    status >= 300 && status < 400
      ? "redirects are not followed, dial the new address"
      : "nothing there speaks WebSocket, or it refused";
  return violation("LW_PROTOCOL_RESPONSE_STATUS", `The server answered ${status}, expected 101: ${hint}.`);
}

const violations = {
  body: violation("LW_PROTOCOL_RESPONSE_BODY", "The 101 answer announces a body, which it cannot have."),
  upgrade: violation("LW_PROTOCOL_RESPONSE_UPGRADE", "The 101 answer must have exactly one Upgrade: websocket."),
  connection: violation(
    "LW_PROTOCOL_RESPONSE_CONNECTION",
    "The 101 answer's Connection header does not include Upgrade.",
  ),
  accept: violation(
    "LW_PROTOCOL_RESPONSE_ACCEPT",
    "Sec-WebSocket-Accept is missing, repeated or wrong: the answer was not made for this request.",
  ),
  extension: violation("LW_PROTOCOL_RESPONSE_EXTENSION", "The server chose an extension that was not offered."),
  protocolRepeated: violation(
    "LW_PROTOCOL_RESPONSE_SUBPROTOCOL",
    "The answer has more than one Sec-WebSocket-Protocol.",
  ),
  protocolUnasked: violation(
    "LW_PROTOCOL_RESPONSE_SUBPROTOCOL",
    "The server chose a subprotocol that was not offered.",
  ),
  protocolMissing: violation(
    "LW_PROTOCOL_RESPONSE_SUBPROTOCOL",
    "Subprotocols were offered and the server chose none of them.",
  ),
} as const;
