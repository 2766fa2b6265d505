// A browser's WebSocket over a stream, against the engine's own server.
import { createServer as createHttpServer } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { PageSocket, type SocketEnd } from "../../../../../src/cli/lab/persist/page-socket.ts";
import { createServer, type ServerSocket } from "../../../../../src/server/index.ts";
import { SeededRandom, SimulatedNetwork, VirtualClock } from "../../../../../src/testing/index.ts";

interface Pair {
  readonly socket: PageSocket;
  readonly clock: VirtualClock;
  readonly accepted: ServerSocket[];
  readonly heard: unknown[];
  readonly pongs: Uint8Array[];
  readonly ends: SocketEnd[];
  readonly left: string[];
}

async function connect(path = "/"): Promise<Pair> {
  const clock = new VirtualClock();
  const network = new SimulatedNetwork({ clock, latencyMs: 5 });
  const server = createServer({ runtime: { clock }, line: false });
  const accepted: ServerSocket[] = [];
  const pongs: Uint8Array[] = [];
  server.route("/", {
    protocols: ["b"],
    open: (socket) => void accepted.push(socket as ServerSocket),
    message: (socket, data) => void socket.send(data),
    pong: (_socket, payload) => void pongs.push(payload),
  });
  const http = createHttpServer();
  server.attach(http);
  const connection = network.connect();
  http.emit("connection", connection.far);
  const [heard, ends, left]: [unknown[], SocketEnd[], string[]] = [[], [], []];
  const socket = new PageSocket({
    stream: connection.near,
    leave: () => left.push("left"),
    random: new SeededRandom(1),
    url: `ws://a.example${path}`,
    protocols: ["a", "b"],
  });
  socket.onmessage = ({ data }) => heard.push(data);
  socket.onclose = (end) => ends.push(end);
  onTestFinished(async () => {
    network.cut();
    const closed = server.close();
    await clock.advanceAsync(20_000);
    await closed;
  });
  await clock.advanceAsync(100);
  return { socket, clock, accepted, heard, pongs, ends, left };
}

test("opens with the subprotocol that the server chose, and carries text and bytes both ways", async () => {
  const { socket, clock, heard } = await connect();
  expect([socket.readyState, socket.protocol]).toEqual([1, "b"]);
  socket.send("text");
  socket.send(Uint8Array.of(1, 2, 3));
  await clock.advanceAsync(100);
  expect(heard).toEqual(["text", Uint8Array.of(1, 2, 3).buffer]);
});

test("answers a ping by itself", async () => {
  const { clock, accepted, pongs } = await connect();
  accepted[0]?.ping("payload");
  await clock.advanceAsync(100);
  expect(pongs.map((pong) => Buffer.from(pong).toString())).toEqual(["payload"]);
});

test("hears the server's Close with its code and its reason", async () => {
  const { clock, accepted, ends, left } = await connect();
  accepted[0]?.close(4000, "enough");
  await clock.advanceAsync(1_000);
  expect([ends, left]).toEqual([[{ code: 4000, reason: "enough", wasClean: true }], []]);
});

test("says goodbye itself, and tells at once that it has left", async () => {
  const { socket, clock, ends, left } = await connect();
  socket.close(1000, "bye");
  expect([socket.readyState, left]).toEqual([2, ["left"]]);
  await clock.advanceAsync(1_000);
  expect(ends).toEqual([{ code: 1000, reason: "bye", wasClean: true }]);
});

test("an answer that is not 101 is no connection: 1006", async () => {
  const { socket, ends } = await connect("/nowhere");
  expect([socket.readyState, ends]).toEqual([3, [{ code: 1006, reason: "", wasClean: false }]]);
});
