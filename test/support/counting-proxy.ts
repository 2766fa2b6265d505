// A TCP proxy that counts bytes by what was asked for: a client's bytes that begin with a request line name the path, and everything on
// that connection belongs to it until the next one. Browsers do not pipeline, so nothing else is needed; after an upgrade nobody looks at
// the bytes any more. Shares nothing with what it is compared to.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface PathCount {
  requests: number;
  bytesUp: number;
  bytesDown: number;
}

export interface CountingProxy {
  /** The proxy's own address, ending with a slash. */
  readonly url: string;
  /** By path, without query. */
  readonly counts: ReadonlyMap<string, PathCount>;
  /** How many connections are open whose last request was for `path`. */
  openCount(path: string): number;
  stop(): Promise<void>;
}

export async function countBetween(url: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(url);
  const counts = new Map<string, PathCount>();
  const current = new Map<Socket, string>();
  const count = (path: string): PathCount => {
    const known = counts.get(path) ?? { requests: 0, bytesUp: 0, bytesDown: 0 };
    counts.set(path, known);
    return known;
  };
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    let path = "";
    let isUpgraded = false;
    const end = (): void => {
      current.delete(client);
      client.destroy();
      server.destroy();
    };
    client.on("data", (chunk: Buffer) => {
      const line = isUpgraded ? null : /^(?:GET|POST|HEAD) ([^? ]+)\S* HTTP\/1\.1\r\n/.exec(chunk.toString("latin1"));
      if (line !== null) {
        path = line[1] ?? "";
        isUpgraded = /\r\nupgrade: websocket\r\n/i.test(chunk.toString("latin1"));
        count(path).requests += 1;
        current.set(client, path);
      }
      count(path).bytesUp += chunk.length;
      server.write(chunk);
    });
    server.on("data", (chunk: Buffer) => {
      count(path).bytesDown += chunk.length;
      client.write(chunk);
    });
    for (const socket of [client, server]) socket.setNoDelay(true).on("close", end).on("error", end);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`,
    counts,
    openCount: (path) => [...current.values()].filter((last) => last === path).length,
    async stop() {
      for (const client of current.keys()) client.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
