import { expect, test } from "vitest";
import { Conversation } from "../../../src/client/conversation.ts";
import { LADDER } from "../../../src/client/ladder.ts";
import { LineSocket } from "../../../src/client/line-socket.ts";
import { TokenSource } from "../../../src/client/token-source.ts";
import { ClientNetwork } from "../../support/client-network.ts";

function begin(): {
  network: ClientNetwork;
  conversation: Conversation;
  told: string[];
  open(path: string): LineSocket;
} {
  const network = new ClientNetwork();
  const { surroundings } = network;
  const told: string[] = [];
  const origin = "https://a.example";
  const conversation = new Conversation({
    surroundings,
    page: network.page,
    socketUrl: "wss://a.example/longwire",
    detours: network.createDetours({ origin, base: `${origin}/longwire`, transports: LADDER, withCookies: false }),
    token: new TokenSource(),
    maxMessageBytes: 1024,
    owner: {
      receiveAttached: (kind) => told.push(kind),
      receiveDetached: () => told.push("detached"),
      receiveLeaving: () => told.push("leaving"),
      receiveGone: () => told.push("gone"),
      receiveEnded: (_conversation, end) => told.push(`${end.by} ${String(end.code)}`),
    },
  });
  conversation.start();
  return {
    network,
    conversation,
    told,
    open(path) {
      const socket = new LineSocket(`wss://a.example${path}`);
      conversation.open(socket, path, []);
      return socket;
    },
  };
}

test("it says what happens to its session, once each", async () => {
  const { network, conversation, told, open } = begin();
  open("/a");
  await network.clock.advanceAsync(200);
  network.cut();
  await network.clock.advanceAsync(2_000);
  network.sessions[0]?.goAway(true, 1_000, 0);
  await network.clock.advanceAsync(100);
  conversation.close(1000, "enough");
  conversation.close(1000, "again");
  expect(told).toEqual(["websocket", "detached", "websocket", "leaving", "local 1000"]);
});

test("a message that is too long for this side ends its channel with 1009, and no other", async () => {
  const { network, open } = begin();
  const [long, other] = [open("/a"), open("/b")];
  const closes: number[] = [];
  long.onclose = ({ code }) => closes.push(code);
  await network.clock.advanceAsync(200);
  long.send("x".repeat(2_000));
  await network.clock.advanceAsync(500);
  expect([closes, other.readyState]).toEqual([[1009], 1]);
});

test("a socket opened within the five seconds keeps the session", async () => {
  const { network, told, open } = begin();
  const socket = open("/a");
  await network.clock.advanceAsync(200);
  socket.close();
  await network.clock.advanceAsync(4_000);
  open("/b");
  await network.clock.advanceAsync(10_000);
  expect(told).toEqual(["websocket"]);
});
