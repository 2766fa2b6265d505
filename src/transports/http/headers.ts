// What requests and answers of the HTTP transports say beside their bodies (wire/session-v1 §4): names, the ticket's form, and
// which status stands for which close code. Both halves read this page.

export const CONTENT_TYPE = "application/longwire";

/** The five addresses below the line's path. */
export const ACTIONS = ["open", "stream", "send", "poll", "probe"] as const;
export type Action = (typeof ACTIONS)[number];

/** The transports that are made of requests, the best one first. */
export type HttpKind = "stream" | "longpoll" | "poll";

export const TICKET_HEADER = "longwire-ticket";
export const RECEIVED_HEADER = "longwire-received";

/** How long a server holds a GET when it is asked to. */
export const WAIT_SECONDS = 20;
/** A body carries at most so much, one before admission less. */
export const MAX_BODY_BYTES: number = 256 * 1024;
export const MAX_OPENING_BODY_BYTES: number = 16 * 1024;
export const MAX_BODY_PACKETS = 100;

/** The ticket as a header: base64url without padding (RFC 4648 §5). */
export function ticketText(ticket: Uint8Array): string {
  return btoa(String.fromCharCode(...ticket))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** The bytes of such a header, or undefined when it is none. */
export function ticketBytes(text: string): Uint8Array | undefined {
  if (!/^[\w-]{1,128}$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
}

const statuses: readonly (readonly [status: number, code: number])[] = [
  [400, 4400],
  [401, 4401],
  [403, 4403],
  [409, 4409],
  [410, 4410],
  [413, 1009],
  [415, 4400],
  [429, 4429],
  [503, 1013],
  [503, 1012],
];

const passing: ReadonlySet<number> = new Set([407, 408, 425]);

/**
 * What the client makes of a status that is no success; 4404: whoever answers does not know of us. What only something between
 * says, or says for now, is not known to come from a server.
 */
export function codeOfStatus(status: number): number {
  return statuses.find(([known]) => known === status)?.[1] ?? (status >= 500 || passing.has(status) ? 1006 : 4404);
}

/** The status that says why a transport was closed. */
export function statusOfCode(code: number): number {
  return statuses.find(([, known]) => known === code)?.[0] ?? (code === 1000 ? 410 : 500);
}
