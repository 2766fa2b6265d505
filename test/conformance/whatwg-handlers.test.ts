// What handlers of longwire/websocket may do while they run: call anything, throw, wait in a loop. Over real sockets.
import { describe, expect, test } from "vitest";
import type { WebSocket } from "../../src/socket/index.ts";
import { settled } from "../support/fake-clock.ts";
import { serverClose, serverMessage } from "../support/raw-server.ts";
import { recordSocket } from "../support/socket-events.ts";
import { answerClose, Pairs } from "../support/socket-pairs.ts";

const pairs = new Pairs();

describe("V-36 re-entrancy", () => {
  const calls: Record<string, (socket: WebSocket) => unknown> = {
    send: (socket) => socket.send("x"),
    "send a Blob": (socket) => socket.send(new Blob(["x"])),
    close: (socket) => socket.close(3001),
    terminate: (socket) => socket.terminate(),
    ping: (socket) => socket.ping(),
    "pause and resume": (socket) => {
      socket.pause();
      socket.resume();
    },
    drained: (socket) => socket.drained(),
    throw: () => {
      throw new Error("from the handler");
    },
    "close, send, terminate": (socket) => {
      socket.close();
      socket.send("x");
      socket.terminate();
    },
  };
  const types = ["open", "message", "ping", "pong", "error", "close"];

  test.each(types.flatMap((type) => Object.keys(calls).map((call) => [call, type] as const)))(
    "V-36 %s from within %s: no throw, one close event, messages in order",
    async (call, type) => {
      const reported: unknown[] = [];
      const socket = pairs.dial({ reportError: (error) => reported.push(error) });
      const record = recordSocket(socket);
      socket.addEventListener(type, () => void calls[call]?.(socket), { once: true });
      const caller = await pairs.server.next();
      const ping = Buffer.from([0x89, 0]);
      const pong = Buffer.from([0x8a, 0]);
      caller.open({}, Buffer.concat([serverMessage("1"), ping, pong, serverMessage("2"), serverMessage("3")]));
      await record.opened;
      await settled();
      caller.peer.reset();
      const lines = await record.closed;
      expect(lines.filter((line) => line.startsWith("close"))).toHaveLength(1);
      const messages = lines.filter((line) => line.startsWith("message"));
      expect(messages).toEqual(["message 1 1", "message 1 2", "message 1 3"].slice(0, messages.length));
      const ends = ["close", "terminate", "close, send, terminate"].includes(call);
      if (!ends) expect(messages).toHaveLength(3);
      expect(reported).toHaveLength(call === "throw" ? 1 : 0);
    },
  );

  test("V-36 P-39 ten thousand messages in one packet come in order, and replies to each do not overflow the stack", async () => {
    const { socket, peer } = await pairs.open();
    const count = 10_000;
    let next = 0;
    const finished = new Promise<void>((resolve) => {
      socket.onmessage = (event) => {
        expect(event.data).toBe(String(next));
        socket.send("ok");
        if (++next === count) resolve();
      };
    });
    peer.socket.on("data", () => {});
    peer.write(Buffer.concat(Array.from({ length: count }, (_, index) => serverMessage(String(index)))));
    await finished;
  });
});

describe("async iteration", () => {
  test("a loop reads everything in order, one at a time, and ends with the close", async () => {
    const { socket, peer } = await pairs.open();
    const read: unknown[] = [];
    const loop = (async () => {
      for await (const data of socket) {
        read.push(data);
        await settled();
      }
    })();
    const texts = Array.from({ length: 100 }, (_, index) => String(index));
    peer.write(Buffer.concat(texts.map((each) => serverMessage(each))));
    peer.write(serverClose(1000));
    peer.end();
    await loop;
    expect(read).toEqual(texts);
    expect(socket.readyState).toBe(3);
  });

  test("closing inside the loop ends it", async () => {
    const { socket, record, peer } = await pairs.open();
    peer.write(Buffer.concat([serverMessage("1"), serverMessage("2")]));
    void answerClose(peer);
    for await (const data of socket) {
      expect(data).toBe("1");
      socket.close();
      await record.closed;
    }
    expect(socket.readyState).toBe(3);
  });
});
