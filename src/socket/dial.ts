// The client's way to an open connection: TCP, TLS, the request, the answer's head, all within one time-out, each step to be
// given up at any moment. RFC 6455 §4.1. Follows no redirects. Forming and judging the handshake is protocol/handshake's
// work; from the 101 on a Driver owns the socket.

import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import "./node-platform.ts";
import type { Timer } from "../base/clock.ts";
import { LocalError, type LongwireError, RemoteError, violationError } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import { createHandshakeKey } from "../protocol/handshake/accept-key.ts";
import { formatDialRequest } from "../protocol/handshake/dial-request.ts";
import { judgeResponse } from "../protocol/handshake/response-check.ts";
import { ResponseHeadReader } from "../protocol/handshake/response-head.ts";
import { isBlockedPort, type WebSocketUrl } from "../protocol/handshake/websocket-url.ts";
import type { CarrierOwner, LendingCarrier } from "../base/carrier.ts";
import { Driver } from "./driver.ts";
import { SocketPipe } from "./pipe.ts";
import type { SocketRuntime } from "./runtime.ts";

/** What may be said about TLS, as in Node's `tls.connect`. Certificates are verified unless `rejectUnauthorized` is false. */
export type TlsOptions = Pick<
  ConnectionOptions,
  | "ca"
  | "cert"
  | "key"
  | "passphrase"
  | "pfx"
  | "crl"
  | "ciphers"
  | "ecdhCurve"
  | "sigalgs"
  | "minVersion"
  | "maxVersion"
  | "servername"
  | "checkServerIdentity"
  | "rejectUnauthorized"
>;

export interface DialOptions {
  readonly url: WebSocketUrl;
  readonly protocols: readonly string[];
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly tls: TlsOptions | undefined;
  /** From the first lookup to the end of the answer's head; not reset by anything that arrives. */
  readonly handshakeTimeoutMs: number;
  readonly blockPorts: boolean;
  readonly limits: Limits;
  readonly lenientLength: boolean;
  readonly runtime: SocketRuntime;
}

type Step = "reaching" | "securing" | "answering" | "open" | "over";

/** One attempt to connect. */
export class Dial {
  readonly #options: DialOptions;
  readonly #owner: CarrierOwner;
  readonly #opened: (carrier: LendingCarrier) => void;
  readonly #key: string;
  readonly #request: string;
  readonly #reader: ResponseHeadReader;
  #step: Step = "reaching";
  #socket: Socket | undefined;
  #deadline: Timer | undefined;
  /** What followed the head, until the driver takes it. */
  readonly #rest: Uint8Array[] = [];

  /**
   * Begins at once; throws LocalError, before anything is sent, for a request that cannot be sent. `opened` is called when
   * the connection is there, before anything that arrives is delivered to `owner`; a failed attempt is told to `owner` by
   * `receiveClosed`, always in a later turn.
   */
  constructor(options: DialOptions, owner: CarrierOwner, opened: (carrier: LendingCarrier) => void) {
    const { url, protocols, headers, runtime } = options;
    this.#options = options;
    this.#owner = owner;
    this.#opened = opened;
    this.#key = createHandshakeKey(runtime.random);
    this.#request = formatDialRequest({ url, key: this.#key, protocols, headers });
    this.#reader = new ResponseHeadReader(options.limits);
    if (options.blockPorts && isBlockedPort(url.port)) {
      this.abandon(new LocalError("LW_SOCKET_PORT_BLOCKED", `Port ${url.port} belongs to another protocol.`));
      return;
    }
    const socket = connect(options);
    this.#socket = socket;
    socket.on("connect", this.#receiveConnect);
    socket.on("secureConnect", this.#receiveSecure);
    socket.on("data", this.#receiveChunk);
    socket.on("error", this.#receiveError);
    socket.on("close", this.#receiveClose);
    socket.on("end", this.#receiveClose);
    const { handshakeTimeoutMs } = options;
    this.#deadline = runtime.clock.schedule(handshakeTimeoutMs, () => {
      this.#fail(
        new RemoteError(
          "LW_SOCKET_HANDSHAKE_TIMEOUT",
          `There was no connection to ${url.authority} after ${handshakeTimeoutMs} ms, while ${this.#step}.`,
          1006,
        ),
      );
    });
  }

  /** Gives the attempt up and frees the socket. The owner hears of it in a later turn. */
  abandon(cause: LongwireError): void {
    if (this.#step === "open" || this.#step === "over") return;
    this.#letGo();
    setImmediate(() => {
      this.#report(cause);
    });
  }

  readonly #receiveConnect = (): void => {
    if (this.#options.url.secure) this.#step = "securing";
    else this.#sendRequest();
  };

  readonly #receiveSecure = (): void => {
    this.#sendRequest();
  };

  #sendRequest(): void {
    this.#step = "answering";
    this.#socket?.write(this.#request, "latin1");
  }

  readonly #receiveChunk = (chunk: Uint8Array): void => {
    if (this.#step === "open") {
      this.#rest.push(chunk);
      return;
    }
    const received = this.#reader.receive(chunk);
    if (received === "more") return;
    if ("closeCode" in received) {
      this.#fail(violationError(received));
      return;
    }
    const agreement = judgeResponse(received.head, { key: this.#key, protocols: this.#options.protocols });
    if ("closeCode" in agreement) {
      this.#fail(violationError(agreement));
      return;
    }
    this.#rest.push(received.rest);
    this.#open(agreement.protocol, agreement.extensions);
  };

  readonly #receiveError = (error: Error): void => {
    this.#fail(dialError(error, this.#step, this.#options.url));
  };

  readonly #receiveClose = (): void => {
    this.#fail(dialError(undefined, this.#step, this.#options.url));
  };

  #open(protocol: string, extensions: string): void {
    this.#step = "open";
    this.#deadline?.cancel();
    const { limits, runtime, lenientLength } = this.#options;
    const socket = this.#socket as Socket;
    const pipe = new SocketPipe(socket);
    const driver = new Driver({ pipe, side: "client", limits, runtime, protocol, extensions, lenientLength });
    this.#opened(driver);
    // A tick asked for from a microtask runs when all microtasks are done: what `open` began comes before any message.
    queueMicrotask(() => {
      process.nextTick(() => {
        this.#forget(socket);
        const [first] = this.#rest;
        driver.start(this.#owner, this.#rest.length === 1 ? first : Buffer.concat(this.#rest));
      });
    });
  }

  #fail(cause: LongwireError): void {
    if (this.#step === "open" || this.#step === "over") return;
    this.#letGo();
    this.#report(cause);
  }

  #letGo(): void {
    this.#step = "over";
    this.#deadline?.cancel();
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#socket = undefined;
    this.#forget(socket);
    socket.on("error", ignore);
    socket.destroy();
  }

  #forget(socket: Socket): void {
    socket.off("connect", this.#receiveConnect);
    socket.off("secureConnect", this.#receiveSecure);
    socket.off("data", this.#receiveChunk);
    socket.off("error", this.#receiveError);
    socket.off("close", this.#receiveClose);
    socket.off("end", this.#receiveClose);
  }

  #report(cause: LongwireError): void {
    this.#owner.receiveClosed({ code: 1006, reason: "", wasClean: false, cause });
  }
}

/** A failure that comes after the failure has nobody to go to; without a listener it would end the process. */
function ignore(): void {}

function connect({ url, tls }: DialOptions): Socket {
  const { hostname: host, port } = url;
  // Half open, so that the peer's end does not end our side before everything that came was worked through.
  if (!url.secure) return connectTcp({ host, port, noDelay: true, allowHalfOpen: true });
  // An option that is there but undefined would take the place of Node's own default.
  const given = Object.fromEntries(Object.entries(tls ?? {}).filter(([, value]) => value !== undefined)) as TlsOptions;
  const name = isIP(host) === 0 ? { servername: host } : {};
  const options = {
    ...name,
    ...given,
    host,
    port,
    allowHalfOpen: true,
    minVersion: given.minVersion === "TLSv1.3" ? "TLSv1.3" : "TLSv1.2",
    rejectUnauthorized: given.rejectUnauthorized ?? true,
    ALPNProtocols: ["http/1.1"],
  } satisfies ConnectionOptions & { allowHalfOpen: boolean };
  return connectTls(options);
}

/** What the transport's failure means at the step it came. */
function dialError(error: Error | undefined, step: Step, url: WebSocketUrl): LongwireError {
  const detail = error === undefined ? "it closed the connection" : describe(error);
  const options = { cause: error };
  if (step === "reaching") {
    return new RemoteError(
      "LW_SOCKET_UNREACHABLE",
      `${url.authority} could not be reached: ${detail}. Likely causes: 1. nothing listens there; 2. a wrong name or port; ` +
        "3. a firewall.",
      1006,
      options,
    );
  }
  if (step === "securing") {
    return new RemoteError(
      "LW_SOCKET_TLS_FAILED",
      `The TLS handshake with ${url.authority} failed: ${detail}. Likely causes: 1. a certificate that is not trusted here, has ` +
        "expired or is for another name (see the option tls.ca); 2. a server that speaks no TLS 1.2 there.",
      1006,
      options,
    );
  }
  return new RemoteError(
    "LW_SOCKET_UNANSWERED",
    `${url.authority} ended the connection before it answered the opening handshake: ${detail}.`,
    1006,
    options,
  );
}

/** Node reports several addresses tried in one error that has no message of its own. */
function describe(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map((each: unknown) => String(each)).join("; ");
  return error.message;
}
