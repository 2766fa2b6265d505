// The `ws` package as an echo server, with its own defaults: what the benchmarks compare with.
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", maxPayload: 64 * 1024 * 1024 }, () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  console.log(`listening ws://127.0.0.1:${String(address.port)}`);
});
server.on("connection", (socket, request) => {
  const broadcast = request.url === "/broadcast";
  socket.on("message", (data, isBinary) => {
    if (!broadcast) socket.send(data, { binary: isBinary });
    else for (const member of server.clients) member.send(data, { binary: isBinary });
  });
  socket.on("error", () => {});
});
process.on("SIGTERM", () => process.exit(0));
