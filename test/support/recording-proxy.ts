// A TCP proxy that keeps every byte of every connection, both ways, in order. Shares nothing with what it is compared to.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface RecordedConnection {
  /** From the client. */
  readonly up: Buffer;
  readonly down: Buffer;
}

export interface RecordingProxy {
  /** The proxy's own address, ending with a slash. */
  readonly url: string;
  /** The newest connection whose first request was for a path that fits. */
  find(path: RegExp): RecordedConnection | undefined;
  stop(): Promise<void>;
}

export async function recordBetween(url: string): Promise<RecordingProxy> {
  const { hostname, port } = new URL(url);
  const recorded: { up: Buffer; down: Buffer }[] = [];
  const open = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    const record = { up: Buffer.alloc(0), down: Buffer.alloc(0) };
    recorded.push(record);
    client.on("data", (chunk: Buffer) => {
      record.up = Buffer.concat([record.up, chunk]);
      server.write(chunk);
    });
    server.on("data", (chunk: Buffer) => {
      record.down = Buffer.concat([record.down, chunk]);
      client.write(chunk);
    });
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", () => {
        open.delete(socket);
        end();
      });
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`,
    find: (path) =>
      recorded.findLast(({ up }) => path.test(/^GET (\S+) /.exec(up.toString("latin1", 0, 400))?.[1] ?? "")),
    async stop() {
      for (const socket of open) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
