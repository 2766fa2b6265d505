// Puts the chat on a Longwire server: one route, one topic per room. Uses the public interface of longwire/server and
// nothing else, so it doubles as an example. The rules are in chat.ts.
import { randomUUID } from "node:crypto";
import type { LongwireServer, ServerSocket } from "../../server/index.ts";
import { Chat } from "./chat.ts";
import { formatServerMessage } from "./wire.ts";

/** How often the chat looks after empty rooms and late joiners. */
const tickMs = 5_000;

/**
 * Serves the chat at `/chat/:room`. The returned function lets go of its timer, which by itself does not keep a
 * process alive.
 */
export function chatRoutes(server: Pick<LongwireServer, "publish" | "route">): () => void {
  const topicOf = (room: string): string => `chat:${room}`;
  const chat = new Chat<ServerSocket<undefined, { readonly room: string }>>(
    {
      // A member who reads too slowly is closed by the server's own limits; the chat has nothing to add.
      send: (socket, message) => void socket.send(formatServerMessage(message)),
      publish: (room, message) => void server.publish(topicOf(room), formatServerMessage(message)),
      admit: (socket, room) => void socket.subscribe(topicOf(room)),
      refuse: (socket, code, reason) => socket.close(code, reason),
    },
    randomUUID,
  );
  server.route("/chat/:room", {
    open: (socket) => chat.open(socket, socket.params.room, Date.now()),
    message: (socket, data) => chat.receive(socket, data, Date.now()),
    close: (socket) => chat.close(socket, Date.now()),
  });
  const timer = setInterval(() => chat.tick(Date.now()), tickMs);
  timer.unref();
  return () => clearInterval(timer);
}
