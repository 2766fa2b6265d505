// Puts the chat on a Longwire server: one route, one topic per room. Uses the public interface of longwire/server and
// nothing else, so it doubles as an example. The rules are in chat.ts.
import { randomUUID } from "node:crypto";
import { Chat } from "./chat.ts";
import { formatServerMessage } from "./wire.ts";

/** How often the chat looks after empty rooms and late joiners. */
const tickMs = 5_000;

export interface ChatSocket {
  readonly params: Readonly<Record<string, string>>;
  send(data: string): unknown;
  subscribe(topic: string): unknown;
  close(code: number, reason: string): unknown;
}

export interface ChatServer {
  route(
    path: string,
    hooks: {
      open(socket: ChatSocket): void;
      message(socket: ChatSocket, data: string | Uint8Array): void;
      close(socket: ChatSocket): void;
    },
  ): unknown;
  publish(topic: string, data: string): unknown;
}

/**
 * Serves the chat at `/chat/:room`. The returned function lets go of its timer, which by itself does not keep a
 * process alive.
 */
export function chatRoutes(server: ChatServer): () => void {
  const topicOf = (room: string): string => `chat:${room}`;
  const chat = new Chat<ChatSocket>(
    {
      send: (socket, message) => void socket.send(formatServerMessage(message)),
      publish: (room, message) => void server.publish(topicOf(room), formatServerMessage(message)),
      admit: (socket, room) => void socket.subscribe(topicOf(room)),
      refuse: (socket, code, reason) => void socket.close(code, reason),
    },
    randomUUID,
  );
  server.route("/chat/:room", {
    open: (socket) => chat.open(socket, socket.params["room"] ?? "", Date.now()),
    message: (socket, data) => chat.receive(socket, data, Date.now()),
    close: (socket) => chat.close(socket, Date.now()),
  });
  const timer = setInterval(() => chat.tick(Date.now()), tickMs);
  timer.unref();
  return () => clearInterval(timer);
}
