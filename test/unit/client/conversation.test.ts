import { expect, test } from "vitest";
import { Conversation } from "../../../src/client/conversation.ts";
import { LADDER } from "../../../src/client/ladder.ts";
import { LineSocket } from "../../../src/client/line-socket.ts";
import { TokenSource } from "../../../src/client/token-source.ts";
import { ClientNetwork } from "../../support/client-network.ts";

function begin(
  idleMs = 5_000,
  network = new ClientNetwork(),
): {
  network: ClientNetwork;
  conversation: Conversation;
  told: string[];
  open(path: string): LineSocket;
} {
  const surroundings = { ...network.surroundings, idleMs };
  const told: string[] = [];
  const origin = "https://a.example";
  const conversation = new Conversation({
    surroundings,
    page: network.page,
    socketUrl: "wss://a.example/longwire",
    detours: network.createDetours({ origin, base: `${origin}/longwire`, transports: LADDER, withCookies: false }),
    token: new TokenSource(surroundings.clock),
    maxMessageBytes: 1024,
    maxQueuedBytes: 4096,
    owner: {
      receiveAttached: (kind) => told.push(kind),
      receiveDetached: () => told.push("detached"),
      receiveLeaving: () => told.push("leaving"),
      receiveForeign: () => 0,
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

test("where nothing is kept for the next socket it ends with its last one, and behind everything that was sent", async () => {
  const { network, told, open } = begin(0);
  const socket = open("/a");
  await network.clock.advanceAsync(200);
  socket.send("last words");
  socket.close();
  await network.clock.advanceAsync(200);
  expect([told, network.heard, network.registry.sessionCount]).toEqual([
    ["websocket", "local 1000"],
    ["last words"],
    0,
  ]);
  expect(network.clock.pendingCount).toBe(0);
});

test("over requests it ends when the last answer has come", async () => {
  const network = new ClientNetwork();
  network.sockets = "refuse";
  network.requests.stream = 1006;
  const { told, open } = begin(0, network);
  const socket = open("/a");
  await network.clock.advanceAsync(500);
  socket.send("last words");
  socket.close();
  await network.clock.advanceAsync(15_000);
  expect([told, network.heard, network.registry.sessionCount]).toEqual([["longpoll", "local 1000"], ["last words"], 0]);
});

test("F-41 one that is to be left ends with its last socket, however long others are kept, and does not wait for its departure", async () => {
  const { network, conversation, told, open } = begin();
  const socket = open("/a");
  await network.clock.advanceAsync(200);
  conversation.leave(10_000, () => told.push("departs"));
  socket.close();
  await network.clock.advanceAsync(200);
  expect([told, network.registry.sessionCount, network.clock.pendingCount]).toEqual([
    ["websocket", "local 1000"],
    0,
    0,
  ]);
});

test("one that is to be left departs, if it is used", async () => {
  const { network, conversation, told, open } = begin();
  open("/a");
  await network.clock.advanceAsync(200);
  conversation.leave(1_000, () => told.push("departs"));
  await network.clock.advanceAsync(999);
  expect(told).toEqual(["websocket"]);
  await network.clock.advanceAsync(1);
  expect(told).toEqual(["websocket", "departs"]);
});

test("a socket that is closed while the server is gone closes when the server has given the session up, and with the last one all is over", async () => {
  const { network, told, open } = begin(0);
  const [socket, other] = [open("/a"), open("/b")];
  const closes: string[] = [];
  socket.onclose = ({ code, wasClean }) => closes.push(`a ${String(code)} ${String(wasClean)}`);
  other.onclose = ({ code, wasClean }) => closes.push(`b ${String(code)} ${String(wasClean)}`);
  await network.clock.advanceAsync(200);
  network.sockets = "refuse";
  network.requests = { stream: 1006, longpoll: 1006, poll: 1006 };
  network.cut();
  socket.close();
  await network.clock.advanceAsync(115_000);
  expect(closes).toEqual([]);
  await network.clock.advanceAsync(10_000);
  // Whoever still has a socket may wait for as long as it likes.
  await network.clock.advanceAsync(300_000);
  expect([closes, told.at(-1)]).toEqual([["a 1006 false"], "detached"]);
  other.close();
  await network.clock.advanceAsync(10_000);
  expect([closes, told.at(-1)]).toEqual([["a 1006 false", "b 1006 false"], "local 1000"]);
  expect(socket.cause?.code).toBe("LW_CHANNEL_SESSION_ENDED");
});

test("when every socket has had its close, a server that is gone is not waited for", async () => {
  const { network, told, open } = begin(0);
  const socket = open("/a");
  const closes: number[] = [];
  socket.onclose = ({ code }) => {
    closes.push(code);
    // Before anything of the answer has left.
    network.sockets = "refuse";
    network.requests = { stream: 1006, longpoll: 1006, poll: 1006 };
    network.cut();
  };
  await network.clock.advanceAsync(200);
  socket.send("leave");
  await network.clock.advanceAsync(10_000);
  expect([closes, told.at(-1)]).toEqual([[1000], "local 1000"]);
});

test("and within the time that the server keeps the session it waits for the server", async () => {
  const { network, open } = begin(0);
  const socket = open("/a");
  const closes: string[] = [];
  socket.onclose = ({ code, wasClean }) => closes.push(`${String(code)} ${String(wasClean)}`);
  await network.clock.advanceAsync(200);
  network.sockets = "refuse";
  network.requests = { stream: 1006, longpoll: 1006, poll: 1006 };
  network.cut();
  socket.send("last");
  socket.close(1000);
  await network.clock.advanceAsync(80_000);
  expect(closes).toEqual([]);
  network.sockets = "works";
  await network.clock.advanceAsync(35_000);
  expect([closes, network.heard]).toEqual([["1000 true"], ["last"]]);
});
