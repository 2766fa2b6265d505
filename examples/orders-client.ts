// Orders that survive: what was sent is in a file until the server's handler is done with it, also if this program is killed or
// the server cannot be reached at all. Start it again with the same file, and it goes on. Run it with
//
//   npx tsx examples/orders-client.ts ws://127.0.0.1:8080/orders orders.outbox tea coffee
import { fileOutbox, WebSocket } from "longwire/client";

const [url = "", path = "orders.outbox", ...orders] = process.argv.slice(2);

const outbox = fileOutbox(path);
const socket = new WebSocket(url, [], { outbox });

// May be called before it is open, also if the server cannot be reached: the disk has it first.
for (const order of orders) socket.send(order);

socket.addEventListener("outbox", ({ cause, messages }) => {
  // What the outbox cannot promise any more, it gives back: here a person has to decide.
  console.error(cause.message, messages);
});

// An answer to each order of this run, or the end of the socket.
const unanswered = new Set(orders);
await new Promise<void>((resolve) => {
  if (unanswered.size === 0) resolve();
  socket.onmessage = ({ data }) => {
    console.log(data);
    unanswered.delete(String(data).replace("took ", ""));
    if (unanswered.size === 0) resolve();
  };
  socket.onclose = ({ code, reason }) => {
    console.log(`closed: ${code} ${socket.cause?.message ?? reason}; ${outbox.pendingCount} wait in ${path}`);
    resolve();
  };
});

// Everything handled? Then there is nothing left to do.
await socket.drained();
if (outbox.pendingCount === 0) socket.close(1000, "all done");
