// Socket.IO with its default options. Its client connects again by itself and keeps what is emitted meanwhile; its server makes
// a new socket then, and the application sends to the newest.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { io } from "socket.io-client";
import type { Peer } from "./peer.ts";

export const socketIo: Peer = {
  serve(host) {
    const http = createServer();
    const server = new Server(http);
    server.on("connection", (socket) => {
      const name = String(socket.handshake.auth["name"]);
      socket.on("number", (text) => host.receiveMessage(name, String(text)));
      host.receiveClient(name, (text) => void socket.emit("number", text));
    });
    return new Promise((resolve) => {
      http.listen(0, "127.0.0.1", () => resolve((http.address() as AddressInfo).port));
    });
  },

  connect(port, name, guest) {
    const socket = io(`http://127.0.0.1:${String(port)}`, { auth: { name } });
    socket.on("connect", () => guest.receiveOpen());
    socket.on("number", (text) => guest.receiveMessage(String(text)));
    socket.on("disconnect", (reason) => guest.receiveEnd(`disconnect ${reason}`));
    return {
      get transport() {
        return socket.io.engine.transport.name;
      },
      send: (text) => void socket.emit("number", text),
      close: () => {
        socket.off("disconnect");
        socket.disconnect();
      },
    };
  },
};
