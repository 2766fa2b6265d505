// A chat: rooms, names, the last fifty lines for whoever comes later, and who is here. A room lasts as long as somebody is in it.
// Run it with
//
//   npx tsx examples/chat-server.ts 8080
//   npx tsx examples/chat-client.ts ws://127.0.0.1:8080/rooms/tea Ada
import { createServer } from "longwire/server";

interface Said {
  readonly from: string;
  readonly text: string;
}

interface Room {
  readonly said: Said[];
  /** How many sockets each name has: people have more than one tab. */
  readonly here: Map<string, number>;
}

const rooms = new Map<string, Room>();

const server = createServer();

server.route("/rooms/:room", {
  // Of the route, not of the server: only here the query is that of the socket, also inside a session.
  authenticate({ url }) {
    const name = url.searchParams.get("name")?.trim() ?? "";
    if (name === "" || name.length > 40) throw new Response("Say who you are: ?name=Ada\n", { status: 401 });
    return { name };
  },
  open(socket) {
    const { name } = socket.user;
    const room = roomOf(socket.params.room);
    room.here.set(name, (room.here.get(name) ?? 0) + 1);
    // In one go, so nothing can be said between the past and the present.
    socket.send(JSON.stringify({ kind: "history", said: room.said }));
    socket.subscribe(socket.params.room);
    tellWhoIsHere(socket.params.room);
  },
  message(socket, data) {
    if (typeof data !== "string" || data.length > 2_000) {
      socket.close(4000, "at most 2,000 characters, please");
      return;
    }
    const room = roomOf(socket.params.room);
    const said: Said = { from: socket.user.name, text: data };
    room.said.push(said);
    if (room.said.length > 50) room.said.shift();
    // Whoever spoke hears it as well: that is the receipt, and everybody has the lines in one order.
    server.publish(socket.params.room, JSON.stringify({ kind: "said", ...said }));
  },
  close(socket) {
    const { name } = socket.user;
    const { here } = roomOf(socket.params.room);
    const left = (here.get(name) ?? 1) - 1;
    if (left > 0) here.set(name, left);
    else here.delete(name);
    // Rooms are named by visitors: one that stayed would be memory that anybody can fill.
    if (here.size === 0) rooms.delete(socket.params.room);
    tellWhoIsHere(socket.params.room);
  },
});

function roomOf(name: string): Room {
  let room = rooms.get(name);
  if (room === undefined) rooms.set(name, (room = { said: [], here: new Map() }));
  return room;
}

function tellWhoIsHere(room: string): void {
  const names = [...(rooms.get(room)?.here.keys() ?? [])];
  server.publish(room, JSON.stringify({ kind: "here", names }));
}

const { url } = await server.listen({ host: "127.0.0.1", port: Number(process.argv[2] ?? 8080) });
console.log(`chat at ${url}/rooms/…`);

process.once("SIGTERM", () => void server.drain());
process.once("SIGINT", () => void server.close());
