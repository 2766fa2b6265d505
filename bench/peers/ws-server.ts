// The `ws` package as an echo server, with its own defaults: what the engine is compared with. Says its port.

import { WebSocketServer } from "ws";
import { answerQuestions, tell } from "../program.ts";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", maxPayload: 64 * 1024 * 1024 });
server.on("connection", (socket) => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on("error", () => {});
});
answerQuestions({
  memory: () => process.memoryUsage(),
});
server.on("listening", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  tell(address.port);
});
