// A game loop: the server alone decides where everybody is, twenty times a second, and tells each player in a few bytes. Who
// cannot follow is told less often, and never something old. Run it with
//
//   npx tsx examples/game-server.ts 8080
//   npx tsx examples/game-client.ts ws://127.0.0.1:8080/game
import { createServer, type ServerSocket } from "longwire/server";

interface Player {
  readonly id: number;
  readonly socket: ServerSocket<unknown, unknown>;
  x: number;
  y: number;
  /** Where to, as the last input said: -1, 0 or 1 each. */
  dx: number;
  dy: number;
  /** The number of the last input that the position takes into account. */
  input: number;
}

const STEP_MS = 50;
const SPEED = 0.01;
const MAX_PLAYERS = 100;
const players = new Map<object, Player>();
const freeIds = Array.from({ length: MAX_PLAYERS }, (_, index) => MAX_PLAYERS - index);

const server = createServer({ limits: { messagesPerSecond: 60, maxMessageBytes: 64 } });

server.route("/game", {
  open(socket) {
    const id = freeIds.pop();
    if (id === undefined) socket.close(1013, "the game is full");
    else players.set(socket, { id, socket, x: 0.5, y: 0.5, dx: 0, dy: 0, input: 0 });
  },
  // An input: number (2 bytes), dx, dy. Told to the loop, not to anybody else.
  message(socket, data) {
    const player = players.get(socket);
    if (player === undefined) return;
    if (typeof data === "string" || data.length !== 4) {
      socket.close(4000, "inputs are four bytes");
      return;
    }
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    player.input = view.getUint16(0);
    player.dx = Math.sign(view.getInt8(2));
    player.dy = Math.sign(view.getInt8(3));
  },
  close(socket) {
    const player = players.get(socket);
    if (player !== undefined) freeIds.push(player.id);
    players.delete(socket);
  },
});

function step(): void {
  for (const player of players.values()) {
    player.x = Math.min(1, Math.max(0, player.x + player.dx * SPEED));
    player.y = Math.min(1, Math.max(0, player.y + player.dy * SPEED));
  }
}

/** Each player's number, last input and place: 2, 2, 4 and 4 bytes. */
function snapshot(): Uint8Array {
  const view = new DataView(new ArrayBuffer(players.size * 12));
  let at = 0;
  for (const { id, input, x, y } of players.values()) {
    view.setUint16(at, id);
    view.setUint16(at + 2, input);
    view.setFloat32(at + 4, x);
    view.setFloat32(at + 8, y);
    at += 12;
  }
  return new Uint8Array(view.buffer);
}

// Steps are of one length, whatever the timer does: a late one is made up for, up to a quarter of a second.
let owedMs = 0;
let before = performance.now();
setInterval(() => {
  const now = performance.now();
  owedMs = Math.min(owedMs + now - before, 250);
  before = now;
  for (; owedMs >= STEP_MS; owedMs -= STEP_MS) step();
  const state = snapshot();
  for (const { socket } of players.values()) {
    // The last one is still on its way: this player gets the next one instead of both.
    if (socket.bufferedAmount === 0) socket.send(state);
  }
}, STEP_MS).unref();

const { url } = await server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 8080) });
console.log(`game at ${url}/game`);

process.once("SIGTERM", () => void server.close());
process.once("SIGINT", () => void server.close());
