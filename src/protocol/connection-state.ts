// The life of a connection after the handshake, named by who acted (RFC 6455 §5.5.1, §7). The table is the
// documentation: an event that a state does not accept changes nothing and is not an error.
//
//   open ──we send Close──────────▶ we-closed ──their Close──▶ both-closed ──▶ ended
//     ├───their Close (answered)────────────────────────────▶ both-closed ──▶ ended
//     ├───they break a rule──▶ failed (our Close sent, input thrown away) ──────▶ ended
//     └───transport gone──────────────────────────────────────────────────────────▶ ended

/** How far a connection has come, by who acted. */
export type ConnectionState = "open" | "we-closed" | "both-closed" | "failed" | "ended";

/** What can happen to a connection; `accepts` says in which states it counts. */
export type ConnectionEvent = "send" | "send-close" | "message" | "receive-close" | "fail" | "end";

const accepted: Readonly<Record<ConnectionState, readonly ConnectionEvent[]>> = {
  open: ["send", "send-close", "message", "receive-close", "fail", "end"],
  "we-closed": ["receive-close", "fail", "end"],
  "both-closed": ["end"],
  failed: ["end"],
  ended: [],
};

/** Whether `event` means anything in `state`. */
export function accepts(state: ConnectionState, event: ConnectionEvent): boolean {
  return accepted[state].includes(event);
}

/** Whether bytes that arrive in `state` are still parsed as frames. */
export function isReading(state: ConnectionState): boolean {
  return state === "open" || state === "we-closed";
}
