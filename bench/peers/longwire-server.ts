// A Longwire server as users make one: the routes that the measures need, defaults for everything else. Says its port, and
// answers questions about memory and about what has arrived.

import { createServer } from "../../src/server/index.ts";
import { answerQuestions, programArgument, tell } from "../program.ts";

export interface LongwireServer {
  /** Default: the library's. */
  readonly maxMessageBytes?: number;
}

const { maxMessageBytes } = programArgument<LongwireServer>();
const server = createServer({ origins: "any", limits: maxMessageBytes === undefined ? {} : { maxMessageBytes } });

let arrived = 0;
server.route("/sink", {
  message() {
    arrived++;
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
