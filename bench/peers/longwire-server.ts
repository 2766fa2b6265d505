// A Longwire server as users make one: the routes that the measures need, defaults for everything else. Says its port, and
// answers questions about memory and about what has arrived.

import { createServer } from "../../src/server/index.ts";
import { answerQuestions, programArgument, tell } from "../program.ts";

export interface LongwireServer {
  /** Default: the library's. */
  readonly maxMessageBytes?: number;
}

/** What `/source` is asked for. */
interface Order {
  readonly messages: number;
  readonly bytes: number;
}

const { maxMessageBytes } = programArgument<LongwireServer>();
const server = createServer({ origins: "any", limits: maxMessageBytes === undefined ? {} : { maxMessageBytes } });

let arrived = 0;
server.route("/sink", {
  message() {
    arrived++;
  },
});
server.route("/ticks/:rate/:bytes", {
  open(socket) {
    const message = "x".repeat(Number(socket.params.bytes));
    const timer = setInterval(() => void socket.send(message), 1000 / Number(socket.params.rate));
    socket.addEventListener("close", () => clearInterval(timer));
  },
});
// Bytes are taken, and a question behind them is answered.
server.route("/swallow", {
  message(socket, data) {
    if (typeof data === "string") socket.send(data);
  },
});
server.route("/source", {
  async message(socket, data) {
    const { messages, bytes } = JSON.parse(String(data)) as Order;
    const message = new Uint8Array(bytes);
    for (let sent = 0; sent < messages && socket.readyState === socket.OPEN; sent++) {
      if (socket.send(message) === "queued") await socket.drained();
    }
  },
});
server.route("/*", { message: (socket, data) => void socket.send(data) });

answerQuestions({
  arrived: () => arrived,
  async memory() {
    // What was closed is let go of in steps, so once is not enough.
    for (let time = 0; time < 4; time++) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return process.memoryUsage();
  },
});
const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
tell(port);
