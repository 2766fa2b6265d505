// A TCP proxy that breaks each connection after a number of bytes of its own, in either direction, as a seeded source says.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { SeededRandom } from "./seeded-random.ts";

export interface CuttingProxy {
  readonly port: number;
  /** How many connections it has broken. */
  readonly cuts: number;
  /** Breaks nothing from now on. */
  heal(): void;
  stop(): Promise<void>;
}

/** Connections to it go to 127.0.0.1:`port` and live for `least` to `most` bytes. */
export async function startCuttingProxy(
  port: number,
  random: SeededRandom,
  least: number,
  most: number,
): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let [cuts, isHealed] = [0, false];
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    let left = least + Math.floor(random.fraction() * (most - least));
    const end = (): void => {
      near.destroy();
      far.destroy();
      sockets.delete(near);
    };
    const pass = (from: Socket, to: Socket): void => {
      from.on("data", (chunk: Uint8Array) => {
        const part = isHealed ? chunk : chunk.subarray(0, left);
        left -= part.length;
        if (!to.write(part)) from.pause();
        if (left > 0 || isHealed) return;
        cuts++;
        // What was passed on so far arrives; the rest never does.
        to.end(end);
        from.destroy();
      });
      to.on("drain", () => from.resume());
      from.on("error", end);
      from.on("close", end);
    };
    sockets.add(near);
    pass(near, far);
    pass(far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get cuts() {
      return cuts;
    },
    heal() {
      isHealed = true;
    },
    async stop() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
