// A proxy that speaks HTTP/1.0 only, in both directions: one request on each connection, no upgrade, no chunks, no connection that
// stays; an answer without a length ends with its connection. Bodies pass as they come. Written on sockets, so that no HTTP library
// repairs what it does.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Http10Proxy {
  readonly port: number;
  /** Request lines as the server got them. */
  readonly requests: readonly string[];
  /** Heads of answers that an HTTP/1.0 client could not have read. */
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

/** What only makes sense on one connection, or between peers that speak 1.1. */
const hopHeaders = /^(connection|keep-alive|upgrade|te|transfer-encoding|proxy-.*|sec-websocket-.*|expect):/i;

export async function startHttp10Proxy(serverPort: number): Promise<Http10Proxy> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const faults: string[] = [];

  /** Passes on what `from` says, its head rewritten by `rewrite`. */
  const pass = (from: Socket, to: Socket, rewrite: (head: string[]) => string[]): void => {
    let head: Buffer | undefined = Buffer.alloc(0);
    from.on("data", (chunk: Buffer) => {
      if (head === undefined) {
        to.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end === -1) return;
      const lines = rewrite(head.subarray(0, end).toString("latin1").split("\r\n"));
      to.write(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head.subarray(end + 4)]));
      head = undefined;
    });
  };

  const proxy = createServer((client) => {
    const server = connect(serverPort, "127.0.0.1");
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.setNoDelay(true).on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    pass(client, server, ([line = "", ...headers]) => {
      const asked = line.replace(/HTTP\/1\.1$/, "HTTP/1.0");
      requests.push(asked);
      return [asked, ...headers.filter((header) => !hopHeaders.test(header)), "Connection: close"];
    });
    pass(server, client, ([line = "", ...headers]) => {
      if (headers.some((header) => /^transfer-encoding:/i.test(header))) faults.push([line, ...headers].join("\n"));
      const kept = headers.filter((header) => !hopHeaders.test(header));
      return [line.replace(/^HTTP\/1\.1/, "HTTP/1.0"), ...kept, "Connection: close"];
    });
    client.on("close", () => server.destroy());
    server.on("end", () => client.end());
    server.on("close", () => client.end());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: (proxy.address() as AddressInfo).port,
    requests,
    faults,
    async stop() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
