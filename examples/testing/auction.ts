// An application to be tested: an auction in which the last bid wins when nobody has bid for ten seconds. Time comes from outside,
// so that a test need not wait.
import { createServer, type LongwireServer } from "longwire/server";

export interface Clock {
  schedule(delayMs: number, run: () => void): { cancel(): void };
}

const systemClock: Clock = {
  schedule(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

export function createAuction(clock: Clock = systemClock): LongwireServer {
  const server = createServer();
  let highest = 0;
  let isOver = false;
  let end: { cancel(): void } | undefined;

  server.route("/auction", {
    open(socket) {
      socket.subscribe("auction");
      socket.send(isOver ? `sold for ${highest}` : `highest: ${highest}`);
    },
    message(socket, data) {
      const bid = Number(data);
      if (isOver || !(bid > highest)) {
        socket.send(`no: ${isOver ? "it is over" : `more than ${highest}, please`}`);
        return;
      }
      highest = bid;
      server.publish("auction", `highest: ${highest}`);
      end?.cancel();
      end = clock.schedule(10_000, () => {
        isOver = true;
        server.publish("auction", `sold for ${highest}`);
      });
    },
  });
  return server;
}
