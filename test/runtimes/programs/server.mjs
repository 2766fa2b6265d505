// A server with longwire/server, and the engine's own WebSocket as its first client. Prints what that one saw and where the server is;
// when it is told to, it drains and ends by itself.
import { createServer } from "longwire/server";
import { WebSocket } from "longwire/websocket";

const tell = (/** @type {unknown} */ fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const server = createServer({ limits: { drainSpreadMs: 50, drainTimeoutMs: 500, closeTimeoutMs: 200 } });
server.route("/echo", {
  protocols: ["chat.v1"],
  message: (socket, data) => void socket.send(data),
});
const { port } = await server.listen({ port: 0, host: "127.0.0.1" });

const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`, ["chat.v1"]);
socket.binaryType = "arraybuffer";
/** @type {unknown[]} */
const lengths = [];
socket.addEventListener("pong", () => lengths.push("pong"));
socket.onopen = () => {
  socket.ping("are you there");
  socket.send("x".repeat(200_000));
  socket.send(new Uint8Array(70_000));
};
socket.onmessage = ({ data }) => {
  lengths.push(data.length ?? data.byteLength);
  if (lengths.length === 3) socket.close(4002, "bye");
};
socket.onclose = ({ code, reason, wasClean }) => {
  tell({ lengths, protocol: socket.protocol, end: [code, reason, wasClean] });
  tell({ port });
};

process.stdin.once("data", () => {
  process.stdin.destroy();
  void server.drain();
});
