// SockJS with its default options. Its client never connects again by itself: as applications do, this one makes a new one a
// second after each close. What it has to say meanwhile cannot be sent.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import sockjs from "sockjs";
import SockJS from "sockjs-client";
import type { Peer } from "./peer.ts";

const AGAIN_MS = 1_000;
/** A SockJS server serves one prefix and says nothing of queries: one name is all there is. */
const NAME = "guest";

export const sockJs: Peer = {
  serve(host) {
    const http = createServer();
    const server = sockjs.createServer({ log: () => {} });
    server.on("connection", (connection) => {
      connection.on("data", (text) => host.receiveMessage(NAME, text));
      host.receiveClient(NAME, (text) => void connection.write(text));
    });
    server.installHandlers(http, { prefix: "/talk" });
    return new Promise((resolve) => {
      http.listen(0, "127.0.0.1", () => resolve((http.address() as AddressInfo).port));
    });
  },

  connect(port, _name, guest) {
    let socket: SockJS;
    let [isOver, transport] = [false, "none"];
    const dial = (): void => {
      socket = new SockJS(`http://127.0.0.1:${String(port)}/talk`);
      socket.onopen = () => {
        transport = socket.transport ?? "none";
        guest.receiveOpen();
      };
      socket.onmessage = ({ data }) => guest.receiveMessage(data);
      socket.onclose = ({ code }) => {
        guest.receiveEnd(`close ${String(code)}`);
        setTimeout(() => {
          if (!isOver) dial();
        }, AGAIN_MS);
      };
    };
    dial();
    return {
      get transport() {
        return transport;
      },
      send: (text) => {
        if (socket.readyState === SockJS.OPEN) socket.send(text);
      },
      close: () => {
        isOver = true;
        socket.close();
      },
    };
  },
};
