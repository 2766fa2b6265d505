// Counts what a client asks of the network before any proxy touches it: connections, HTTP requests, upgrades. Passes every byte
// on as it is, ends and resets included.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TapCounts {
  connections: number;
  requests: number;
  /** Of these requests. */
  upgrades: number;
}

export interface Tap {
  readonly port: number;
  readonly counts: TapCounts;
  stop(): Promise<void>;
}

const requestLine = /^(?:GET|POST|OPTIONS|HEAD|PUT|DELETE) \S+ HTTP\/1\.1$/gm;

/** Connections to it go to 127.0.0.1:`port`. */
export async function startTap(port: number): Promise<Tap> {
  const counts: TapCounts = { connections: 0, requests: 0, upgrades: 0 };
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    counts.connections++;
    const far = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    join(near, far);
    let isUpgraded = false;
    near.on("data", (chunk: Uint8Array) => {
      // Clients write a head in one piece. What follows an upgrade is no HTTP.
      if (isUpgraded) return;
      const text = Buffer.from(chunk).toString("latin1").replaceAll("\r", "");
      counts.requests += text.match(requestLine)?.length ?? 0;
      isUpgraded = /^upgrade: websocket$/im.test(text);
      if (isUpgraded) counts.upgrades++;
    });
  });
  const join = (near: Socket, far: Socket): void => {
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      from.on("error", () => to.resetAndDestroy());
      from.on("close", () => {
        sockets.delete(from);
        if (!from.readableEnded) to.destroy();
      });
    }
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    async stop() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
