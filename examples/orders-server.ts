// Takes orders, each once. Nothing in it knows that its clients keep what they send on disk until it is done with it. Run it with
//
//   npx tsx examples/orders-server.ts 8080
//   npx tsx examples/orders-client.ts ws://127.0.0.1:8080/orders orders.outbox tea coffee
import { createServer } from "longwire/server";

const server = createServer({
  // For how long clients may be away, switched off or dead, and still be sure that nothing is taken twice.
  line: { outboxWindowMs: 24 * 3_600_000 },
});

server.route("/orders", {
  async message(socket, data) {
    // The order counts as handled when this promise settles, or throws: answer, if the client shall know how it ended.
    await store(data);
    socket.send(`took ${String(data)}`);
  },
});

async function store(order: string | Uint8Array): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  console.log(`order: ${String(order)}`);
}

const { url } = await server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 8080) });
console.log(`orders at ${url}/orders`);

process.once("SIGTERM", () => void server.drain());
process.once("SIGINT", () => void server.close());
