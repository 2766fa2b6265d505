// The answers the server itself gives to a handshake it does not accept; those about the form of a request are the
// protocol's. Each says what to do about it. Decides nothing and writes nothing.

import type { Random } from "../base/random.ts";
import type { Refusal } from "../protocol/handshake/upgrade-request.ts";

const retryAfter = (seconds: number): Record<string, string> => ({ "Retry-After": String(seconds) });

/** Seconds after which to try again, spread so that not everyone comes back in the same one. */
export function spreadSeconds(random: Random): number {
  return 1 + Math.floor(random.fraction() * 10);
}

export function draining(seconds: number): Refusal {
  return {
    status: 503,
    code: "LW_SERVER_DRAINING",
    headers: retryAfter(seconds),
    message: "This server is shutting down and takes no new connections; try again in a moment.",
  };
}

export function full(seconds: number): Refusal {
  return {
    status: 503,
    code: "LW_SERVER_FULL",
    headers: retryAfter(seconds),
    message: "This server has as many connections as it takes; try again later.",
  };
}

export function memoryShort(seconds: number): Refusal {
  return {
    status: 503,
    code: "LW_SERVER_MEMORY",
    headers: retryAfter(seconds),
    message: "This server is overloaded; try again later.",
  };
}

export function addressFull(seconds: number): Refusal {
  return {
    status: 429,
    code: "LW_SERVER_ADDRESS_FULL",
    headers: retryAfter(seconds),
    message: "Too many connections from this address; close some of them or try again later.",
  };
}

export function addressRate(seconds: number): Refusal {
  return {
    status: 429,
    code: "LW_SERVER_ADDRESS_RATE",
    headers: retryAfter(seconds),
    message: "Connections from this address came too fast; try again later.",
  };
}

export const tooManyHeaders: Refusal = {
  status: 431,
  code: "LW_PROTOCOL_HEADERS_TOO_MANY",
  headers: {},
  message: "The request has more header lines than are accepted.",
};

export const misdirected: Refusal = {
  status: 421,
  code: "LW_SERVER_HOST_UNKNOWN",
  headers: {},
  message:
    "This server listens on a loopback address and serves only local Host names: localhost, 127.0.0.0/8 and [::1]. " +
    "If another name leads here on purpose, for example through a proxy, add it to the server's `hosts` option.",
};

/** Never written: its place would be behind an answer that is still to come. */
export const pipelined: Refusal = {
  status: 400,
  code: "LW_SERVER_PIPELINED",
  headers: {},
  message: "The upgrade came behind a request on the same connection that is not answered yet.",
};

export const unroutable: Refusal = {
  status: 404,
  code: "LW_SERVER_ROUTE_UNKNOWN",
  headers: {},
  message: "There is no WebSocket at this path.",
};

export const hostBroken: Refusal = {
  status: 400,
  code: "LW_SERVER_HOST_INVALID",
  headers: {},
  message: "The Host header is not the name of a server.",
};

export function originRefused(why: string): Refusal {
  return { status: 403, code: "LW_SERVER_ORIGIN_REFUSED", headers: {}, message: why };
}

export function authenticateSlow(seconds: number): Refusal {
  return {
    status: 503,
    code: "LW_SERVER_AUTHENTICATE_TIMEOUT",
    headers: retryAfter(seconds),
    message: "The server could not find out in time who is asking; try again later.",
  };
}

export const authenticateRefused: Refusal = {
  status: 403,
  code: "LW_SERVER_AUTHENTICATE_REFUSED",
  headers: {},
  message: "The server does not let this client in.",
};

export const outboxMalformed: Refusal = {
  status: 400,
  code: "LW_SERVER_OUTBOX_MALFORMED",
  headers: {},
  message: "What the client says of its outbox is malformed.",
};

export const outboxesFull: Refusal = {
  status: 429,
  code: "LW_SERVER_OUTBOXES_FULL",
  headers: {},
  message: "Too many outboxes are in use; close some of them or try again later.",
};

export const hookFailed: Refusal = {
  status: 500,
  code: "LW_SERVER_HOOK_THREW",
  headers: {},
  message: "The server met an error of its own while deciding about this connection.",
};

export const protocolUnoffered: Refusal = {
  status: 500,
  code: "LW_SERVER_SUBPROTOCOL_NOT_OFFERED",
  headers: {},
  message: "The server chose a subprotocol that was not offered.",
};
