// The smallest server: whatever a client sends comes back. Run it with
//
//   npx tsx examples/echo-server.ts 8080
//   npx longwire connect ws://127.0.0.1:8080/echo
import { createServer } from "longwire/server";

const server = createServer();

server.route("/echo", {
  open(socket) {
    console.log(`${socket.request.remoteAddress} came`);
  },
  message(socket, data) {
    socket.send(data);
  },
  close(_socket, code) {
    console.log(`somebody left with ${code}`);
  },
});

const { url } = await server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 8080) });
console.log(`echo at ${url}/echo`);

// Clients are told that the server goes, and the process ends when the last one is gone.
process.once("SIGTERM", () => void server.close());
process.once("SIGINT", () => void server.close());
