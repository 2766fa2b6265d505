// The `ws` package, as client and as server. It offers and would accept compression.
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer, type ClientOptions } from "ws";
import { Mailbox, type Peer, type PeerServer } from "./peer.ts";

export async function dialWithWs(
  url: string,
  protocols: readonly string[],
  options: ClientOptions = {},
): Promise<Peer> {
  const socket = new WebSocket(url, [...protocols], { perMessageDeflate: true, ...options });
  const peer = wsPeer(socket);
  await once(socket, "open");
  return peer;
}

/** The status and the text with which a handshake is refused. */
export async function refusalOfWs(url: string, options: ClientOptions): Promise<{ status: number; text: string }> {
  const socket = new WebSocket(url, options);
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  socket.terminate();
  return { status: response.statusCode ?? 0, text };
}

export async function listenWithWs(): Promise<PeerServer> {
  // Proxies ask with plain requests whether it is alive.
  const server = createServer((_request, response) => void response.end());
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: true,
    handleProtocols: (offered) => [...offered].find((name) => name === "chat" || name === "echo") ?? false,
  });
  const connections = new Mailbox<Peer>();
  sockets.on("connection", (socket) => connections.push(wsPeer(socket)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    connections,
    stop() {
      sockets.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

function wsPeer(socket: WebSocket): Peer {
  const messages = new Mailbox<string | Buffer>();
  const pongs = new Mailbox<string>();
  socket.on("message", (data: Buffer, isBinary) => messages.push(isBinary ? data : data.toString()));
  socket.on("pong", (payload) => pongs.push(payload.toString()));
  socket.on("error", () => {});
  return {
    get protocol() {
      return socket.protocol;
    },
    get extensions() {
      return socket.extensions;
    },
    messages,
    closed: new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        messages.end(`ws has closed with ${code} ${reason.toString()}`);
        resolve({ code, reason: reason.toString() });
      });
    }),
    send: (data) => socket.send(data),
    sendFragments(parts, ping) {
      for (const [index, part] of parts.entries()) {
        const isLast = index === parts.length - 1;
        if (isLast) socket.ping(ping);
        socket.send(part, { fin: isLast });
      }
    },
    ping(payload) {
      socket.ping(payload);
      return pongs.next();
    },
    close: (code, reason) => socket.close(code, reason),
    drop: () => socket.terminate(),
  };
}
