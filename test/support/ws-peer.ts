// The ws package as the other end: sockets and servers that a test opens, and `letGo` closes. An independent implementation,
// so that a fault which our server and our client share cannot hide.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

const opened: { terminate(): void }[] = [];

/** Remembers what must not outlive the test. */
export function keep(item: { terminate(): void }): void {
  opened.push(item);
}

/** Ends everything that was opened since the last time. */
export function letGo(): void {
  for (const item of opened.splice(0)) item.terminate();
}

export async function openWs(url: string, options: object = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, options);
  keep(socket);
  await once(socket, "open");
  return socket;
}

/** The next message of a socket: text as string, binary as Buffer. */
export async function nextMessage(socket: WebSocket): Promise<string | Buffer> {
  const [data, isBinary] = (await once(socket, "message")) as [Buffer, boolean];
  return isBinary ? data : data.toString();
}

/** Starts a server on a free port; `attend` gets each connection. Returns its address. */
export async function listenWs(
  attend: (socket: WebSocket, headers: Readonly<Record<string, unknown>>) => void,
  options: object = {},
): Promise<string> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, ...options });
  keep({
    terminate() {
      for (const client of server.clients) client.terminate();
      server.close();
    },
  });
  server.on("connection", (socket, request) => attend(socket, request.headers));
  await once(server, "listening");
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
