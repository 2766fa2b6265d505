// The `faye-websocket` package, as client and as server, without its extensions.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import FayeWebSocket from "faye-websocket";
import { Mailbox, type Peer, type PeerServer } from "./peer.ts";

export async function dialWithFaye(url: string, protocols: readonly string[]): Promise<Peer> {
  const socket = new FayeWebSocket.Client(url, protocols);
  const peer = fayePeer(socket);
  await new Promise<void>((resolve, reject) => {
    socket.on("open", resolve);
    socket.on("error", ({ message }) => reject(new Error(message)));
  });
  return peer;
}

export async function listenWithFaye(): Promise<PeerServer> {
  const server = createServer();
  const connections = new Mailbox<Peer>();
  server.on("upgrade", (request, stream, head) => {
    const socket = new FayeWebSocket(request, stream, head, ["chat", "echo"]);
    const peer = fayePeer(socket);
    socket.on("open", () => connections.push(peer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    connections,
    stop: () => void server.close(),
  };
}

function fayePeer(socket: FayeWebSocket): Peer {
  const messages = new Mailbox<string | Buffer>();
  socket.on("message", ({ data }) => messages.push(data));
  return {
    get protocol() {
      return socket.protocol;
    },
    extensions: "",
    messages,
    closed: new Promise((resolve) => {
      socket.on("close", ({ code, reason }) => {
        messages.end(`faye-websocket has closed with ${code} ${reason}`);
        resolve({ code, reason });
      });
    }),
    send: (data) => void socket.send(typeof data === "string" ? data : Buffer.from(data)),
    sendFragments: undefined,
    ping(payload) {
      return new Promise((resolve) => {
        socket.ping(payload, () => resolve(payload));
      });
    },
    close: (code, reason) => socket.close(code, reason),
    drop: undefined,
  };
}
