// A client that sends as fast as its socket takes it, a process: a line, or Socket.IO's client with `retries`, which is its way
// not to lose anything. Tells that it has begun; what has arrived is counted by the server.

import { io } from "socket.io-client";
import { Line } from "../../src/client/node.ts";
import { endWithStarter, programArgument, tell } from "../program.ts";

export interface Flood {
  readonly port: number;
  readonly client: "longwire" | "socket.io";
  readonly bytes: number;
}

const { port, client, bytes } = programArgument<Flood>();
const origin = `http://127.0.0.1:${String(port)}`;
const message = "x".repeat(bytes);

async function floodLine(): Promise<void> {
  const socket = new Line(origin, { transports: ["websocket"] }).open("/sink");
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  tell("begun");
  for (;;) {
    if (socket.send(message) === "queued") await socket.drained();
    if (socket.readyState !== socket.OPEN) throw new Error("The socket has closed.");
  }
}

/** It keeps a queue of its own and sends one after the other; it must never be empty. */
function floodSocketIo(): void {
  const socket = io(origin, { transports: ["websocket"], retries: 10, ackTimeout: 10_000 });
  let waiting = 0;
  const send = (): void => {
    waiting++;
    socket.emit("message", message, () => {
      waiting--;
      while (waiting < 64) send();
    });
  };
  socket.once("connect", () => {
    tell("begun");
    for (let count = 0; count < 64; count++) send();
  });
}

endWithStarter();
if (client === "longwire") await floodLine();
else floodSocketIo();
