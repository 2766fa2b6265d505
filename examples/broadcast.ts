// Rooms: everybody in a room hears what anybody says there. Shows named parts of a path, topics, subprotocols, and refusing
// visitors. Run it with
//
//   npx tsx examples/broadcast.ts 8080
//   npx longwire connect 'ws://127.0.0.1:8080/rooms/tea?name=Ada'
import { createServer } from "longwire/server";

interface Visitor {
  readonly name: string;
}

const server = createServer<Visitor>({
  // Asked once for each connection, before it is open. Pages of other origins have been refused by then.
  authenticate(request) {
    const name = request.url.searchParams.get("name")?.trim() ?? "";
    if (name === "") throw new Response("Say who you are: ?name=Ada\n", { status: 401 });
    return { name };
  },
});

server.route("/rooms/:room", {
  open(socket) {
    const topic = `room:${socket.params.room}`;
    server.publish(topic, `${socket.user.name} is here`);
    socket.subscribe(topic);
  },
  message(socket, data) {
    if (typeof data !== "string") {
      socket.close(4000, "words only, please");
      return;
    }
    // Encoded once, however many listen. Whoever spoke hears it as well: that is the receipt.
    server.publish(`room:${socket.params.room}`, `${socket.user.name}: ${data}`);
  },
  close(socket) {
    // Subscriptions end with the connection.
    server.publish(`room:${socket.params.room}`, `${socket.user.name} has left`);
  },
});

const { url } = await server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 8080) });
console.log(`rooms at ${url}/rooms/…`);

// New visitors are refused, the others are sent away one by one, so that they do not all come back at once.
process.once("SIGTERM", () => void server.drain());
process.once("SIGINT", () => void server.close());
