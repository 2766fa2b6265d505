// The WHATWG WebSockets standard over real sockets: what a page may rely on, asked of longwire/websocket. The names begin
// with the section of the standard and the row of RELIABILITY §2.7. What needs no socket is in test/unit/socket.
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { WebSocket } from "../../src/socket/index.ts";
import { settled } from "../support/fake-clock.ts";
import type { RawFrame } from "../support/raw-client.ts";
import { serverClose, serverMessage } from "../support/raw-server.ts";
import { answerClose, Pairs } from "../support/socket-pairs.ts";

const pairs = new Pairs();

describe("§3.1 the interface", () => {
  test("§3.1 the class looks as Web IDL says", () => {
    expect(WebSocket.length).toBe(1);
    expect(WebSocket.name).toBe("WebSocket");
    expect(WebSocket.prototype).toBeInstanceOf(EventTarget);
    expect(WebSocket.prototype.send.length).toBe(1);
    expect(WebSocket.prototype.close.length).toBe(0);
    expect(() => Reflect.apply(WebSocket, undefined, [pairs.server.url()])).toThrow(TypeError);
    expect(Object.prototype.toString.call(WebSocket.prototype)).toBe("[object WebSocket]");
  });

  test("§3.1 constants stand on the interface, its prototype and its objects", async () => {
    const { socket } = await pairs.open();
    for (const [name, value] of Object.entries({ CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 })) {
      const constant = { value, writable: false, enumerable: true, configurable: false };
      expect(Object.getOwnPropertyDescriptor(WebSocket, name)).toEqual(constant);
      expect(Object.getOwnPropertyDescriptor(WebSocket.prototype, name)).toEqual(constant);
      expect(Reflect.get(socket, name)).toBe(value);
    }
  });

  const readOnly = ["url", "readyState", "bufferedAmount", "extensions", "protocol"];
  const writable = ["onopen", "onerror", "onclose", "onmessage", "binaryType"];

  test.each([...readOnly, ...writable])("§3.1 %s is an enumerable accessor of the prototype", (name) => {
    const descriptor = Object.getOwnPropertyDescriptor(WebSocket.prototype, name);
    expect(descriptor).toMatchObject({ enumerable: true, configurable: true });
    expect(typeof descriptor?.get).toBe("function");
    expect(typeof descriptor?.set).toBe(writable.includes(name) ? "function" : "undefined");
    expect(() => descriptor?.get?.call({})).toThrow(TypeError);
  });

  test.each(["send", "close"])("§3.1 %s is an enumerable method of the prototype", (name) => {
    expect(Object.getOwnPropertyDescriptor(WebSocket.prototype, name)).toMatchObject({
      enumerable: true,
      configurable: true,
      writable: true,
    });
  });

  test("§3.1 an object has no members of its own, and its attributes cannot be written", async () => {
    const { socket } = await pairs.open();
    expect(Object.keys(socket)).toEqual([]);
    for (const name of readOnly) {
      const before: unknown = Reflect.get(socket, name);
      expect(Reflect.set(socket, name, "x")).toBe(false);
      expect(Reflect.get(socket, name)).toBe(before);
    }
  });

  test("§3.1 P-97 binaryType is blob until it is set", async () => {
    const { socket, record, peer } = await pairs.open({}, serverMessage(Uint8Array.of(1, 2)));
    expect(socket.binaryType).toBe("blob");
    const blob = (await record.nextMessage()) as Blob;
    expect(blob).toBeInstanceOf(Blob);
    expect([blob.size, blob.type]).toEqual([2, ""]);
    socket.binaryType = "arraybuffer";
    peer.write(serverMessage(Uint8Array.of(3)));
    expect(await record.nextMessage()).toEqual(Uint8Array.of(3).buffer);
  });
});

describe("§3.1 close(code, reason)", () => {
  test.each([
    [[], undefined, "", 1005],
    [[undefined], undefined, "", 1005],
    [[undefined, ""], undefined, "", 1005],
    [[1000], 1000, "", 1000],
    [[3000, "bye"], 3000, "bye", 3000],
    [[4999, "é".repeat(61)], 4999, "é".repeat(61), 4999],
    [[3999, "a\ud800b"], 3999, "a\ufffdb", 3999],
  ] as [[number?, string?], number | undefined, string, number][])(
    "§3.1 P-94 P-102 close(%j) sends code %s, and the event says so after a clean close",
    async (parameters, sentCode, sentReason, eventCode) => {
      const { socket, record, peer } = await pairs.open();
      const events: [number, string, boolean][] = [];
      socket.onclose = (event) => events.push([event.code, event.reason, event.wasClean]);
      socket.close(...parameters);
      expect(socket.readyState).toBe(2);
      const frame = await answerClose(peer);
      expect(frame.closeCode).toBe(sentCode);
      expect(frame.payload.subarray(2).toString()).toBe(sentReason);
      expect(await record.closed).toEqual(["open 1", `close 3 ${eventCode} true`]);
      expect(events).toEqual([[eventCode, sentReason, true]]);
    },
  );

  test("§3.1 P-102 the event has the code that the peer sent, not ours", async () => {
    const { socket, record, peer } = await pairs.open();
    socket.close(3000, "mine");
    await answerClose(peer, serverClose(4001, "theirs"));
    expect(await record.closed).toEqual(["open 1", "close 3 4001 true"]);
  });

  test("§3.1 what was sent before close() arrives before the Close", async () => {
    const { socket, peer } = await pairs.open();
    socket.send("1");
    socket.send(new Blob(["2"]));
    socket.send("3");
    socket.close();
    const frames = await Promise.all([peer.nextFrame(), peer.nextFrame(), peer.nextFrame(), peer.nextFrame()]);
    expect(frames.map(({ opcode, text }) => `${opcode} ${text}`)).toEqual(["1 1", "2 2", "1 3", "8 "]);
  });
});

describe("§3.1 send(data)", () => {
  test("§3.1 P-95 InvalidStateError while CONNECTING, in whatever type", async () => {
    const socket = pairs.dial();
    const failure: unknown = expect.objectContaining({ name: "InvalidStateError", constructor: DOMException });
    for (const data of ["x", new Uint8Array(1), new ArrayBuffer(1), new Blob(["x"])]) {
      expect(() => socket.send(data)).toThrow(failure);
    }
    expect(socket.bufferedAmount).toBe(0);
    await pairs.server.next();
  });

  test("§3.1 P-96 bufferedAmount counts UTF-8 bytes, views and Blobs at once, and falls when they have left", async () => {
    const { socket, peer } = await pairs.open();
    socket.send("aé€");
    expect(socket.bufferedAmount).toBe(6);
    socket.send(new Uint8Array(100).subarray(10, 30));
    expect(socket.bufferedAmount).toBe(26);
    socket.send(new Blob(["four"]));
    expect(socket.bufferedAmount).toBe(30);
    socket.send(new ArrayBuffer(0));
    for (let count = 0; count < 4; count++) await peer.nextFrame();
    await socket.drained();
    expect(socket.bufferedAmount).toBe(0);
  });

  test("§3.1 P-95 P-96 after close() each send grows bufferedAmount, and nothing of it is sent or ever forgotten", async () => {
    const { socket, record, peer } = await pairs.open();
    socket.close();
    socket.send("abc");
    socket.send(new Blob(["de"]));
    expect(socket.bufferedAmount).toBe(5);
    const frames = answerClose(peer);
    await record.closed;
    expect((await frames).opcode).toBe(8);
    expect(socket.readyState).toBe(3);
    socket.send(new Uint8Array(2));
    expect(socket.bufferedAmount).toBe(7);
  });

  test("§3.1 P-96 12 MiB that are sent in one turn arrive, as from a browser", async () => {
    const { socket, peer } = await pairs.open();
    let lengths = 0;
    for (let count = 0; count < 192; count++) socket.send(new Uint8Array(64 << 10));
    for (let count = 0; count < 192; count++) lengths += (await peer.nextFrame()).payload.length;
    expect([lengths, socket.readyState]).toEqual([12 << 20, 1]);
  });

  test("§3.1 P-96 what was not sent when the connection was lost stays counted", async () => {
    const { socket, record, peer } = await pairs.open();
    peer.socket.pause();
    const message = new Uint8Array(8 << 20);
    socket.send(message);
    await settled();
    const before = socket.bufferedAmount;
    expect(before).toBeGreaterThan(0);
    socket.terminate();
    await record.closed;
    expect(socket.bufferedAmount).toBe(before);
  });

  test("§3.1 V-34 exact bytes of a view reach the peer, and nothing that lay beside them", async () => {
    const { socket, peer } = await pairs.open();
    const memory = new Uint8Array(4096).fill(0xca);
    memory.set([1, 2, 3, 4], 1001);
    socket.send(memory.subarray(1001, 1005));
    socket.send(new DataView(memory.buffer, 1002, 2));
    socket.send(new Float32Array(20));
    socket.send(new Uint16Array(memory.buffer, 1002, 1));
    Reflect.apply(socket.send, socket, [20]);
    Reflect.apply(socket.send, socket, [{ length: 1e9 }]);
    socket.ping(memory.subarray(1001, 1005));
    const frames: RawFrame[] = [];
    for (let count = 0; count < 7; count++) frames.push(await peer.nextFrame());
    expect(frames.map(({ opcode }) => opcode)).toEqual([2, 2, 2, 2, 1, 1, 9]);
    expect(frames.map(({ payload }) => [...payload])).toEqual([
      [1, 2, 3, 4],
      [2, 3],
      Array.from({ length: 80 }, () => 0),
      [2, 3],
      [..."20"].map((character) => character.charCodeAt(0)),
      [..."[object Object]"].map((character) => character.charCodeAt(0)),
      [1, 2, 3, 4],
    ]);
  });

  test("§3.1 V-34 ten megabytes of output hold nothing of memory that was used before", async () => {
    const canary = Buffer.from("canary-of-freed-memory");
    for (let count = 0; count < 2000; count++) Buffer.allocUnsafe(4096).fill(canary);
    const { socket, peer } = await pairs.open();
    const sizes = [0, 1, 5, 125, 126, 4096, 65_535, 65_536, 300_000];
    let bytes = 0;
    for (let count = 0; bytes < 10 << 20; count++) {
      const size = sizes[count % sizes.length] as number;
      if (socket.send(count % 2 === 0 ? new Uint8Array(size) : "x".repeat(size)) === "queued") await socket.drained();
      bytes += size;
      const { payload } = await peer.nextFrame();
      expect(payload.length).toBe(size);
      expect(payload.includes(canary)).toBe(false);
    }
  });

  test("§3.1 P-55 lone surrogates arrive as U+FFFD", async () => {
    const { socket, peer } = await pairs.open();
    socket.send("a\udc00b\ud800");
    expect((await peer.nextFrame()).text).toBe("a\ufffdb\ufffd");
  });
});

describe("§4 messages", () => {
  test("§4 P-100 handlers of messages in one packet: all that one began is done before the next", async () => {
    const frames = ["1", "2", "3"].map((payload) => serverMessage(payload));
    const { socket, peer } = await pairs.open();
    const order: string[] = [];
    const finished = new Promise<void>((resolve) => {
      socket.onmessage = async (event) => {
        order.push(`start ${event.data}`);
        await Promise.resolve();
        await Promise.resolve();
        order.push(`middle ${event.data}`);
        await new Promise<void>((turn) => queueMicrotask(turn));
        order.push(`end ${event.data}`);
        if (event.data === "3") resolve();
      };
    });
    peer.write(Buffer.concat(frames));
    await finished;
    expect(order).toEqual(["1", "2", "3"].flatMap((each) => [`start ${each}`, `middle ${each}`, `end ${each}`]));
  });

  test("§4 P-98 messages received in CLOSING are not dispatched, also those of the same packet", async () => {
    const { socket, record, peer } = await pairs.open();
    socket.addEventListener("message", () => socket.close());
    peer.write(Buffer.concat([serverMessage("1"), serverMessage("2"), serverMessage(Uint8Array.of(3))]));
    await record.nextMessage();
    peer.write(serverMessage("4"));
    await answerClose(peer);
    expect(await record.closed).toEqual(["open 1", "message 1 1", "close 3 1005 true"]);
  });

  test("§4 P-102 messages before the peer's Close in one packet are dispatched while OPEN, then it closes", async () => {
    const { record, peer } = await pairs.open();
    peer.write(Buffer.concat([serverMessage("1"), serverMessage("2"), serverClose(1001, "going")]));
    peer.end();
    expect(await record.closed).toEqual(["open 1", "message 1 1", "message 1 2", "close 3 1001 true"]);
  });

  test("§4 P-102 event.origin is the URL's origin, without path and credentials", async () => {
    const url = pairs.server.url("/path?query").replace("//", "//user:pass@");
    const socket = pairs.dial({}, url);
    const message = once(socket, "message") as Promise<[MessageEvent]>;
    (await pairs.server.next()).open({}, serverMessage("x"));
    const [event] = await message;
    expect(event.origin).toBe(`ws://127.0.0.1:${pairs.server.port}`);
  });

  test("§4 P-54 a leading BOM and NUL are kept", async () => {
    const { record } = await pairs.open({}, serverMessage("\ufeff\0x"));
    expect(await record.nextMessage()).toBe("\ufeff\0x");
  });

  test("§4 a received buffer is the receiver's own: exact size, and never changed by what comes later", async () => {
    const { socket, record, peer } = await pairs.open();
    socket.binaryType = "arraybuffer";
    peer.write(Buffer.concat([serverMessage(Uint8Array.of(1, 2, 3)), serverMessage(Uint8Array.of(9, 9, 9))]));
    const first = (await record.nextMessage()) as ArrayBuffer;
    const second = (await record.nextMessage()) as ArrayBuffer;
    expect([first.byteLength, second.byteLength]).toEqual([3, 3]);
    expect(new Uint8Array(first)).toEqual(Uint8Array.of(1, 2, 3));
    expect(first).not.toBe(second);
  });
});

describe("§4 the end", () => {
  test("§4 P-102 P-63 the TCP connection ends without a Close: error, then close 1006", async () => {
    const { record, peer } = await pairs.open();
    peer.end();
    expect(await record.closed).toEqual(["open 1", "error 3", "close 3 1006 false"]);
  });

  test("§4 P-102 a reset: error, then close 1006", async () => {
    const { record, peer } = await pairs.open();
    peer.reset();
    expect(await record.closed).toEqual(["open 1", "error 3", "close 3 1006 false"]);
  });

  test("§4 P-32 a masked frame fails the connection: the peer hears 1002, the cause says why", async () => {
    const { socket, record, peer } = await pairs.open();
    peer.writeFrame({ payload: "masked" });
    const frame = await peer.nextFrame();
    expect([frame.opcode, frame.closeCode]).toEqual([8, 1002]);
    peer.end();
    expect(await record.closed).toEqual(["open 1", "error 3", "close 3 1006 false"]);
    expect(socket.cause).toMatchObject({ closeCode: 1002 });
  });

  test("§4 P-102 P-69 terminate(): close 1006, and no error, for nothing failed", async () => {
    const { socket, record, peer } = await pairs.open();
    socket.terminate();
    expect(socket.readyState).toBe(2);
    expect(await record.closed).toEqual(["open 1", "close 3 1006 false"]);
    expect(socket.cause).toBeUndefined();
    await peer.closed();
  });
});
