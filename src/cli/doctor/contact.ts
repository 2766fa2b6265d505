// One connection of the examination, TCP or TLS, that notices what others overlook: how long each step took,
// what the first bytes were, whether it ended or was cut. Knows nothing of HTTP or WebSocket; whoever reads sets `receive`.

import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { errorCode, errorMessage } from "../failure.ts";

/** What is kept for a reader who comes later; more waits on the network. */
const MOST_UNREAD_BYTES = 1024 * 1024;

export interface Destination {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** Any certificate is as good as another. */
  readonly insecure: boolean;
}

/** How a connection ended. `cut`: with a reset or another error; `ended`: as the protocol has it. */
export interface Ending {
  readonly kind: "ended" | "cut";
  readonly atMs: number;
  readonly fault: string | undefined;
}

export class Contact {
  readonly #socket: Socket;
  readonly #tls: TLSSocket | undefined;
  readonly #startedAt: number;
  #connectedMs: number | undefined;
  #securedMs: number | undefined;
  #ending: Ending | undefined;
  #first: Uint8Array | undefined;
  readonly #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #receive: ((chunk: Uint8Array) => void) | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(destination: Destination) {
    this.#startedAt = performance.now();
    this.#tls = destination.secure ? openTls(destination) : undefined;
    this.#socket = this.#tls ?? openTcp(destination);
    this.#socket.setNoDelay(true);
    this.#socket.on("connect", () => {
      this.#connectedMs = this.elapsedMs;
      this.#wake();
    });
    this.#socket.on("secureConnect", () => {
      this.#securedMs = this.elapsedMs;
      this.#wake();
    });
    this.#socket.on("data", (chunk: Uint8Array) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#end("cut", describeFault(error)));
    this.#socket.on("end", () => this.#end("ended", undefined));
    this.#socket.on("close", () => this.#end("ended", undefined));
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  get isReady(): boolean {
    return (this.#tls === undefined ? this.#connectedMs : this.#securedMs) !== undefined;
  }

  get connectedMs(): number | undefined {
    return this.#connectedMs;
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** The first bytes that came: what a peer is that does not speak HTTP. */
  get first(): Uint8Array | undefined {
    return this.#first;
  }

  get tls(): TLSSocket | undefined {
    return this.#tls;
  }

  /** Who reads from now on; gets at once what came before. */
  set receive(receive: (chunk: Uint8Array) => void) {
    this.#receive = receive;
    for (const chunk of this.#unread.splice(0)) receive(chunk);
    this.#socket.resume();
  }

  write(data: Uint8Array | string): void {
    if (!this.#socket.destroyed) this.#socket.write(typeof data === "string" ? Buffer.from(data, "latin1") : data);
  }

  /** Ends our side. */
  end(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Resolves when something has changed here: connected, bytes, the end. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  #take(chunk: Uint8Array): void {
    this.#first ??= chunk.subarray(0, 64);
    if (this.#receive === undefined) this.#keep(chunk);
    else this.#receive(chunk);
    this.#wake();
  }

  /** Who talks before anybody reads is not listened to for ever. */
  #keep(chunk: Uint8Array): void {
    this.#unread.push(chunk);
    this.#unreadBytes += chunk.length;
    if (this.#unreadBytes >= MOST_UNREAD_BYTES) this.#socket.pause();
  }

  #end(kind: Ending["kind"], fault: string | undefined): void {
    this.#ending ??= { kind, atMs: this.elapsedMs, fault };
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

function openTcp({ hostname: host, port }: Destination): Socket {
  return connectTcp({ host, port, allowHalfOpen: true });
}

function openTls({ hostname: host, port, insecure }: Destination): TLSSocket {
  return connectTls({
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: !insecure,
    ...halfOpen,
  });
}

/** Known to Node, and missing in what its types say of TLS. */
const halfOpen: object = { allowHalfOpen: true };

const meanings = new Map([
  ["ECONNREFUSED", "nothing listens there (connection refused)"],
  ["ECONNRESET", "the connection was reset"],
  ["ETIMEDOUT", "no answer: a firewall may drop what is sent there"],
  ["EHOSTUNREACH", "no way leads to this address"],
  ["ENETUNREACH", "this machine has no network that leads there"],
  ["ENOTFOUND", "the name is not known"],
  ["EAI_AGAIN", "the name server did not answer"],
  ["EACCES", "this machine does not allow it"],
  ["EPIPE", "the connection was closed while we wrote"],
]);

/** What went wrong with a connection, for people. Several addresses tried in one go are one error without words. */
export function describeFault(error: unknown): string {
  if (error instanceof AggregateError) {
    return [...new Set(error.errors.map((each: unknown) => describeFault(each)))].join("; ");
  }
  return meanings.get(errorCode(error)) ?? errorMessage(error);
}
