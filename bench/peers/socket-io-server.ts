// Socket.IO's server, with its own defaults: acknowledges each message, as its clients need it that retry. Says its port, and
// what has arrived.

import { createServer } from "node:http";
import { Server } from "socket.io";
import { answerQuestions, tell } from "../program.ts";

const http = createServer();
let arrived = 0;
new Server(http).on("connection", (socket) => {
  socket.on("message", (_message: string, acknowledge: () => void) => {
    arrived++;
    acknowledge();
  });
});
answerQuestions({ arrived: () => arrived });
http.listen(0, "127.0.0.1", () => {
  const address = http.address();
  if (address === null || typeof address === "string") throw new Error("There is no port.");
  tell(address.port);
});
