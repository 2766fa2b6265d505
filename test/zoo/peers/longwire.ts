// Longwire: the drop-in WebSocket, and a `Line`, which knows what answers at its address and need not find out.
import { Line, WebSocket } from "../../../src/client/node.ts";
import { createServer } from "../../../src/server/index.ts";
import type { Client, Guest, Peer } from "./peer.ts";

type LineSocket = ReturnType<Line["open"]>;

async function serve(...[host]: Parameters<Peer["serve"]>): Promise<number> {
  const server = createServer();
  server.route("/talk/:name", {
    open: (socket) => host.receiveClient(socket.params.name, (text) => void socket.send(text)),
    message: (socket, data) => host.receiveMessage(socket.params.name, String(data)),
  });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  return port;
}

function follow(socket: LineSocket, guest: Guest): Client {
  socket.onopen = () => guest.receiveOpen();
  socket.onmessage = ({ data }) => guest.receiveMessage(String(data));
  socket.onclose = ({ code }) => guest.receiveEnd(`close ${String(code)}`);
  return {
    get transport() {
      return socket.transport ?? "none";
    },
    send: (text) => void socket.send(text),
    close: () => {
      socket.onclose = null;
      socket.close();
    },
  };
}

export const longwire: Peer = {
  serve,
  connect: (port, name, guest) => follow(new WebSocket(`ws://127.0.0.1:${String(port)}/talk/${name}`), guest),
};

export const line: Peer = {
  serve,
  connect: (port, name, guest) => follow(new Line(`http://127.0.0.1:${String(port)}`).open(`/talk/${name}`), guest),
};
