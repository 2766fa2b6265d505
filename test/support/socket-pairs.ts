// A client's WebSocket and the server's bare end of it, for tests of what happens once a connection is open. Registers its
// own hooks: a server for each test, and everything closed after it.
import { afterEach, beforeEach } from "vitest";
import { WebSocket, type WebSocketOptions } from "../../src/socket/index.ts";
import type { RawClient, RawFrame } from "./raw-client.ts";
import { listenRaw, serverClose, type RawServer } from "./raw-server.ts";
import { recordSocket, type SocketRecord } from "./socket-events.ts";

export interface Pair {
  readonly socket: WebSocket;
  readonly record: SocketRecord;
  readonly peer: RawClient;
}

export class Pairs {
  #server: RawServer | undefined;
  readonly #sockets: WebSocket[] = [];

  constructor() {
    beforeEach(async () => {
      this.#server = await listenRaw();
    });
    afterEach(async () => {
      for (const socket of this.#sockets.splice(0)) socket.terminate();
      await this.#server?.close();
    });
  }

  get server(): RawServer {
    if (this.#server === undefined) throw new Error("There is a server only inside a test.");
    return this.#server;
  }

  /** A socket that connects to the server of this test, or to `url`. */
  dial(options: WebSocketOptions = {}, url: string = this.server.url()): WebSocket {
    const socket = new WebSocket(url, options);
    this.#sockets.push(socket);
    return socket;
  }

  /** A socket that is open, and the server's end of it. `glued` came with the 101. */
  async open(options: WebSocketOptions = {}, glued?: Uint8Array): Promise<Pair> {
    const socket = this.dial(options);
    const record = recordSocket(socket);
    const caller = await this.server.next();
    caller.open({}, glued);
    await record.opened;
    return { socket, record, peer: caller.peer };
  }
}

/** The peer's part of a closing handshake: answers the Close with `answer`, then ends. */
export async function answerClose(peer: RawClient, answer?: Uint8Array): Promise<RawFrame> {
  let frame = await peer.nextFrame();
  while (frame.opcode !== 8) frame = await peer.nextFrame();
  peer.write(answer ?? serverClose(frame.closeCode, frame.payload.subarray(2).toString()));
  peer.end();
  return frame;
}
