// A TCP connection of the lab to its own server, TLS around it if the server is served so: what a page cannot open. Writes the bytes it
// is given and tells the bytes that come; knows nothing of what they mean. The certificate is not judged: the server dials itself.
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { SelfAddress } from "./part.ts";

export interface RawLineOwner {
  opened(): void;
  received(chunk: Buffer): void;
  /** Once. `fault` in words if it did not end in order. */
  ended(fault: string | undefined): void;
}

export class RawLine {
  readonly #socket: Socket;
  #fault: string | undefined;

  constructor({ host, port, secure }: SelfAddress, owner: RawLineOwner) {
    const options = { host, port, noDelay: true };
    const socket = secure
      ? connectTls({ ...options, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] })
      : connectTcp(options);
    this.#socket = socket;
    socket.on(secure ? "secureConnect" : "connect", () => owner.opened());
    socket.on("data", (chunk: Buffer) => owner.received(chunk));
    socket.on("error", (error) => {
      this.#fault = error.message;
    });
    socket.on("close", () => owner.ended(this.#fault));
  }

  /** Bytes that Node has not handed to the system yet. */
  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array): void {
    if (!this.#socket.writableEnded) this.#socket.write(bytes);
  }

  /** Sends the end, as a client does when both have said Close. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
