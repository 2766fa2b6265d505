// Close codes: name, meaning, whether they may travel, and what a client does after them. RFC 6455 §7.4, WHATWG WebSockets,
// wire/session-v1 for 44xx. Client, server, docs and pages read this one table. It decides nothing by itself. The table is marked pure: a bundle that
// needs none of it leaves it out.

/** What a client that wants to stay connected does after a close with this code. */
export type ClosePolicy = "stop" | "retry" | "resume";

/** A row of the table of close codes (RFC 6455 §7.4). */
export interface CloseCode {
  readonly code: number;
  readonly name: string;
  readonly meaning: string;
  /** False for codes that are only ever reported locally and must never be sent in a Close frame. */
  readonly wire: boolean;
  readonly policy: ClosePolicy;
}

const entry = (code: number, name: string, policy: ClosePolicy, meaning: string, wire = true): CloseCode => ({
  code,
  name,
  meaning,
  wire,
  policy,
});

/** Every code with a meaning of its own, in ascending order. */
export const closeCodes: readonly CloseCode[] = /* @__PURE__ */ (() => [
  entry(1000, "normal", "stop", "The conversation is complete."),
  entry(1001, "going away", "retry", "The endpoint is leaving: a page unloads or a server stops."),
  entry(1002, "protocol error", "stop", "The peer broke a rule of the protocol."),
  entry(1003, "unsupported data", "stop", "The peer sent a kind of data this endpoint cannot take."),
  entry(1005, "no status", "stop", "The Close frame carried no code.", false),
  entry(1006, "abnormal", "retry", "The connection ended without a closing handshake.", false),
  entry(1007, "invalid payload", "stop", "A text message or close reason was not valid UTF-8."),
  entry(1008, "policy violation", "stop", "The peer exceeded a limit or was refused by policy."),
  entry(1009, "message too big", "stop", "A message was larger than this endpoint accepts."),
  entry(1010, "extension missing", "stop", "The server did not agree to an extension the client needs."),
  entry(1011, "internal error", "retry", "The endpoint met a condition it did not expect."),
  entry(1012, "service restart", "retry", "The service restarts; come back soon."),
  entry(1013, "try again later", "retry", "The service is overloaded or the peer reads too slowly."),
  entry(1014, "bad gateway", "retry", "A gateway got an invalid answer from the server behind it."),
  entry(1015, "TLS failure", "stop", "The TLS handshake failed.", false),
  entry(4400, "bad envelope", "resume", "Session or channel bytes were malformed."),
  entry(4401, "unauthenticated", "stop", "Authentication is missing or has expired."),
  entry(4403, "forbidden", "stop", "The principal may not do this."),
  entry(4408, "authentication timeout", "retry", "Authentication took too long."),
  entry(4409, "replaced", "stop", "A newer transport of the same session took over."),
  entry(4410, "unrecoverable", "retry", "The session cannot be resumed; start a new one."),
  entry(4413, "slow consumer", "resume", "The peer did not read fast enough."),
  entry(4429, "rate limited", "retry", "The peer sent more often than is allowed."),
])();

const byCode = /* @__PURE__ */ new Map(/* @__PURE__ */ closeCodes.map((item) => [item.code, item]));

/** The table's entry for `code`, or for a registered or private code without one a generic entry. */
export function describeCloseCode(code: number): CloseCode {
  const known = byCode.get(code);
  if (known !== undefined) return known;
  if (code >= 4000 && code <= 4999) return entry(code, "private use", "stop", "A code agreed between applications.");
  if (code >= 3000 && code <= 3999) return entry(code, "registered", "stop", "A code registered by a framework.");
  return entry(code, "reserved", "stop", "A code without a meaning.", false);
}

/** Whether `code` may appear in a Close frame (RFC 6455 §7.4.1, §7.4.2 and the IANA registry). */
export function isWireCloseCode(code: number): boolean {
  // RFC 6455 §7.4.1: "is a reserved value and MUST NOT be set as a status code in a Close control frame by an endpoint"
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999)
  );
}

/** Whether an application may pass `code` to `close()` (WHATWG WebSockets: 1000 or 3000 to 4999). */
export function isApplicationCloseCode(code: number): boolean {
  return code === 1000 || (code >= 3000 && code <= 4999);
}
