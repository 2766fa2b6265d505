// A TCP proxy between a client and a server that does to their bytes what networks do: cuts them into single bytes, breaks
// the connection with a reset after so many bytes in one direction. Knows nothing of what the bytes mean.
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export type Direction = "up" | "down";

export interface Fault {
  /** Reset both connections once so many bytes have passed in this direction; those behind them never arrive. */
  readonly resetAfter?: { readonly direction: Direction; readonly bytes: number };
  /** Pass every byte on by itself, each in a turn of its own. */
  readonly slice?: boolean;
}

export class FaultProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #targetPort: number;
  /** What happens to connections made from now on. */
  fault: Fault = {};

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
    server.on("connection", (socket: Socket) => this.#join(socket));
  }

  static async listen(targetPort: number): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new FaultProxy(server, targetPort);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket): void {
    const { fault } = this;
    const server = connect({ port: this.#targetPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const reset = (): void => {
      client.resetAndDestroy();
      server.resetAndDestroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", reset);
      socket.on("close", () => void this.#sockets.delete(socket));
    }
    const { resetAfter, slice = false } = fault;
    const bound = (direction: Direction): number =>
      resetAfter?.direction === direction ? resetAfter.bytes : Number.POSITIVE_INFINITY;
    if (bound("up") === 0 || bound("down") === 0) {
      reset();
      return;
    }
    forward(client, server, bound("up"), slice, reset);
    forward(server, client, bound("down"), slice, reset);
  }
}

function forward(from: Socket, to: Socket, bound: number, slice: boolean, reset: () => void): void {
  let left = bound;
  let queue = Promise.resolve();
  const pass = async (chunk: Uint8Array): Promise<void> => {
    for (let at = 0; at < chunk.length; at++) {
      await new Promise<void>((resolve) => {
        to.write(chunk.subarray(at, at + 1), () => void setImmediate(resolve));
      });
    }
  };
  from.on("data", (chunk) => {
    const bytes = chunk.subarray(0, left);
    left -= bytes.length;
    if (slice) queue = queue.then(() => pass(bytes));
    else if (left > 0) to.write(bytes);
    // What passed before the reset is to arrive before it.
    else to.write(bytes, () => void setImmediate(reset));
  });
  from.on("end", () => {
    queue = queue.then(() => void to.end());
  });
}
