// The glue between the chat and a server: one socket's path through the hooks, with a server that only takes notes.
import { expect, it } from "vitest";
import { chatRoutes } from "../../../../src/cli/chat/route.ts";
import type { Hooks, LongwireServer } from "../../../../src/server/index.ts";

type ChatHooks = Required<Pick<Hooks<"/chat/:room", undefined>, "open" | "message" | "close">>;
type ChatSocket = Parameters<ChatHooks["open"]>[0];

function makeSocket(room: string, notes: string[]): ChatSocket {
  return {
    params: { room },
    send: (data: string) => notes.push(`send ${data}`),
    subscribe: (topic: string) => notes.push(`subscribe ${topic}`),
    close: (code: number, reason: string) => notes.push(`close ${code} ${reason}`),
  } as unknown as ChatSocket;
}

function serve(notes: string[]): {
  open(socket: ChatSocket): void;
  message(socket: ChatSocket, data: string): void;
  close(socket: ChatSocket): void;
} {
  const routes = new Map<string, ChatHooks>();
  const server = {
    route: (path: string, hooks: ChatHooks) => routes.set(path, hooks),
    publish: (topic: string, data: string) => notes.push(`publish ${topic} ${data}`),
  };
  const stop = chatRoutes(server as unknown as LongwireServer);
  stop();
  const hooks = routes.get("/chat/:room");
  if (hooks === undefined) throw new Error("expected a route for /chat/:room");
  return {
    open: (socket) => void hooks.open(socket, {} as Parameters<ChatHooks["open"]>[1]),
    message: (socket, data) => void hooks.message(socket, data),
    close: (socket) => void hooks.close(socket, 1000, ""),
  };
}
it("the chat welcomes a socket before it subscribes it, and publishes what is said to the room's topic", () => {
  const notes: string[] = [];
  const hooks = serve(notes);
  const socket = makeSocket("tea", notes);
  hooks.open(socket);
  hooks.message(socket, '{"type":"join","name":"Ada"}');
  hooks.message(socket, '{"type":"say","text":"hello","key":"k"}');
  hooks.close(socket);
  expect(notes).toEqual([
    expect.stringMatching(/^publish chat:tea \{"type":"joined","name":"Ada"/),
    expect.stringMatching(/^send \{"type":"welcome"/),
    "subscribe chat:tea",
    expect.stringMatching(/^publish chat:tea \{"type":"said","message":\{"id":1,.*"text":"hello"/),
    expect.stringMatching(/^publish chat:tea \{"type":"left","name":"Ada"/),
  ]);
});

it("the chat closes a socket that breaks a rule with 1008 and the reason", () => {
  const notes: string[] = [];
  const hooks = serve(notes);
  const socket = makeSocket("tea", notes);
  hooks.open(socket);
  hooks.message(socket, "nonsense");
  const stranger = makeSocket("a b", notes);
  hooks.open(stranger);
  expect(notes).toEqual([
    "close 1008 expected one JSON object",
    "close 1008 a room name has 1 to 32 letters, digits, - and _",
  ]);
});
