// Our own HTTP/1.1 listener, with or without TLS. Its deadlines begin at accept and are not reset by bytes (RELIABILITY
// P-18): TLS handshake and request head together have `handshakeTimeoutMs` each. What arrives goes to the desk; nothing is
// decided here but what HTTP itself got wrong.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TlsOptions } from "node:tls";
import type { Clock, Timer } from "../base/clock.ts";
import { LocalError } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import { isUpgradeAttempt } from "../protocol/handshake/upgrade-request.ts";
import { formatRefusal } from "../protocol/handshake/upgrade-response.ts";
import { ignoreError } from "./last-answer.ts";
import { checkNames } from "./option-names.ts";

/** Where to listen. With `cert` and `key` (or `pfx`, or `SNICallback`) over TLS, version 1.2 at least. */
export interface ListenOptions extends Pick<
  TlsOptions,
  | "cert"
  | "key"
  | "pfx"
  | "passphrase"
  | "ca"
  | "ciphers"
  | "SNICallback"
  | "requestCert"
  | "rejectUnauthorized"
  | "minVersion"
  | "maxVersion"
  | "sessionTimeout"
  | "ticketKeys"
> {
  /** 0 lets the system choose. Default: 0. */
  readonly port?: number | undefined;
  /** The address to bind to. Default: all of this machine's. */
  readonly host?: string | undefined;
  /** How many connections the system keeps waiting until they are accepted. Default: Node's, 511. */
  readonly backlog?: number | undefined;
}

const tlsNames = [
  "cert",
  "key",
  "pfx",
  "passphrase",
  "ca",
  "ciphers",
  "SNICallback",
  "requestCert",
  "rejectUnauthorized",
  "minVersion",
  "maxVersion",
  "sessionTimeout",
  "ticketKeys",
] as const;

/** Where the server listens. */
export interface ListenAddress {
  readonly address: string;
  readonly port: number;
  readonly family: "IPv4" | "IPv6";
  readonly secure: boolean;
  /** For a client on this machine, e.g. `ws://127.0.0.1:8101`. */
  readonly url: string;
}

/** Where a front brings what arrives. */
export interface FrontDesk {
  readonly limits: Limits;
  receiveUpgrade(message: IncomingMessage, socket: Duplex, head: Uint8Array, boundTo: string): void;
  receivePlain(message: IncomingMessage, response: ServerResponse, boundTo: string): void;
  /** Something that is no HTTP request, or took too long to become one, was answered with `status`. */
  receiveFault(socket: Duplex, status: number, code: `LW_${string}`, why: string): void;
}

/** How often a closing listener looks for connections that have become idle. */
const sweepMs = 50;

export class Front {
  readonly #desk: FrontDesk;
  readonly #server: Server;
  readonly #secure: boolean;
  #address: ListenAddress | undefined;

  /** Throws LocalError LW_SERVER_OPTION_UNKNOWN or LW_SERVER_TLS. */
  constructor(desk: FrontDesk, options: ListenOptions) {
    checkNames("listen()", options, ["port", "host", "backlog", ...tlsNames]);
    this.#desk = desk;
    const { limits } = desk;
    this.#secure = options.cert !== undefined || options.pfx !== undefined || options.SNICallback !== undefined;
    const http = {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.handshakeTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, Math.max(20, Math.floor(limits.handshakeTimeoutMs / 4))),
      // Newer versions of Node ask first; then other upgrades stay the plain requests they also are, bodies included.
      shouldUpgradeCallback: isUpgradeAttempt,
    };
    this.#server = this.#secure ? createTlsServer({ ...http, ...tlsOptions(options, limits) }) : createServer(http);
    // Node drops what is beyond its own count in silence: one more than ours, so that ours answers 431. Without any, short
    // header lines would cost twenty times their bytes.
    this.#server.maxHeadersCount = limits.maxHeaders + 1;
    this.#attend(this.#server);
  }

  /** Where it listens; undefined while it does not. */
  get address(): ListenAddress | undefined {
    return this.#address;
  }

  listen(options: ListenOptions): Promise<ListenAddress> {
    const { port = 0, host, backlog } = options;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        reject(listenError(error, port, host));
      };
      this.#server.once("error", fail);
      this.#server.listen(
        { port, ...(host === undefined ? {} : { host }), ...(backlog === undefined ? {} : { backlog }) },
        () => {
          this.#server.off("error", fail);
          // Accepting may fail later, when the process is out of descriptors; Node goes on by itself.
          this.#server.on("error", ignoreError);
          this.#address = describeAddress(this.#server.address() as AddressInfo, this.#secure);
          resolve(this.#address);
        },
      );
    });
  }

  /**
   * Takes no more connections and, after `graceMs`, drops those that carry no WebSocket. Resolves when the port is free and
   * the last connection is gone.
   */
  close(clock: Clock, graceMs: number): Promise<void> {
    this.#address = undefined;
    const server = this.#server;
    return new Promise((resolve) => {
      const startedAt = clock.now();
      let timer: Timer | undefined;
      // Connections that finish a request stay open for the next one, which will not come.
      const sweep = (): void => {
        const left = graceMs - (clock.now() - startedAt);
        if (left <= 0) server.closeAllConnections();
        else server.closeIdleConnections();
        if (left > 0) timer = clock.schedule(Math.min(sweepMs, left), sweep);
      };
      server.close(() => {
        timer?.cancel();
        resolve();
      });
      sweep();
    });
  }

  #attend(server: Server): void {
    const desk = this.#desk;
    const boundTo = (): string => this.#address?.address ?? "";
    server.on("request", (message: IncomingMessage, response: ServerResponse) => {
      desk.receivePlain(message, response, boundTo());
    });
    const upgrade = (message: IncomingMessage, socket: Duplex, head: Buffer): void => {
      desk.receiveUpgrade(message, socket, head, boundTo());
    };
    server.on("upgrade", upgrade);
    // RELIABILITY P-01: CONNECT is answered 405 like every other method that is not GET.
    server.on("connect", upgrade);
    server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
      this.#answerFault(error, socket);
    });
    server.on("tlsClientError", (error: Error, socket: Socket) => {
      socket.on("error", ignoreError);
      desk.receiveFault(socket, 400, "LW_SERVER_TLS_FAILED", `the TLS handshake failed: ${error.message}`);
      socket.destroy();
    });
  }

  #answerFault(error: NodeJS.ErrnoException, socket: Duplex): void {
    socket.on("error", ignoreError);
    const fault = faults.get(error.code ?? "") ?? malformed;
    if (!socket.writable || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    this.#desk.receiveFault(socket, fault.status, fault.code, fault.message);
    socket.end(formatRefusal({ ...fault, headers: {} }), () => {
      socket.destroy();
    });
  }
}

interface Fault {
  readonly status: number;
  readonly code: `LW_${string}`;
  readonly message: string;
}

const malformed: Fault = { status: 400, code: "LW_SERVER_HTTP_MALFORMED", message: "This is not an HTTP request." };

/** What Node calls the faults of a request, and what we answer. */
const faults: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  [
    "ERR_HTTP_REQUEST_TIMEOUT",
    { status: 408, code: "LW_SERVER_HANDSHAKE_TIMEOUT", message: "The request took too long to arrive." },
  ],
  [
    "HPE_HEADER_OVERFLOW",
    { status: 431, code: "LW_SERVER_HEADERS_TOO_BIG", message: "The head of the request is larger than accepted." },
  ],
]);

function tlsOptions(options: ListenOptions, limits: Limits): TlsOptions {
  const chosen: Record<string, unknown> = {};
  for (const name of tlsNames) {
    if (options[name] !== undefined) chosen[name] = options[name];
  }
  const { minVersion = "TLSv1.2" } = options;
  if (minVersion !== "TLSv1.2" && minVersion !== "TLSv1.3") {
    throw new LocalError(
      "LW_SERVER_TLS",
      `minVersion is ${minVersion}; expected "TLSv1.2" (the default) or "TLSv1.3".`,
    );
  }
  return { ...chosen, minVersion, handshakeTimeout: limits.handshakeTimeoutMs };
}

function describeAddress({ address, port, family }: AddressInfo, secure: boolean): ListenAddress {
  const isAny = address === "::" || address === "0.0.0.0";
  const host = isAny ? "localhost" : address.includes(":") ? `[${address}]` : address;
  const url = `${secure ? "wss" : "ws"}://${host}:${port}`;
  return { address, port, family: family === "IPv6" ? "IPv6" : "IPv4", secure, url };
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string | undefined): LocalError {
  const place = `${host ?? "all addresses"}, port ${port}`;
  if (error.code === "EADDRINUSE") {
    return new LocalError(
      "LW_SERVER_ADDRESS_IN_USE",
      `Something listens on ${place} already. Likely causes: 1. an earlier run of this program is still there; ` +
        "2. another program uses the port; choose another one, or 0 for any that is free.",
      { cause: error },
    );
  }
  if (error.code === "EACCES") {
    return new LocalError(
      "LW_SERVER_ADDRESS_DENIED",
      `This process may not listen on ${place}. Ports below 1024 need a privilege; a port above needs none.`,
      { cause: error },
    );
  }
  return new LocalError("LW_SERVER_LISTEN_FAILED", `Cannot listen on ${place}: ${error.message}`, { cause: error });
}
