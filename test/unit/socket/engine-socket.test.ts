import { afterEach, beforeEach, expect, test } from "vitest";
import { EngineSocket } from "../../../src/socket/engine-socket.ts";
import { deferred } from "../../support/deferred.ts";
import { listenRaw, type RawCaller, type RawServer, serverClose, serverMessage } from "../../support/raw-server.ts";

let server: RawServer;
let socket: EngineSocket;
const log: unknown[] = [];

beforeEach(async () => {
  server = await listenRaw();
  log.length = 0;
});
afterEach(async () => {
  socket.close();
  await server.close();
});

/** Dials; resolves when it is open. */
async function dial(answer: (caller: RawCaller) => void): Promise<RawCaller> {
  const opened = deferred();
  socket = new EngineSocket(server.url("/a"), ["x", "longwire.1"]);
  socket.onopen = () => {
    log.push(`open ${socket.protocol}`);
    opened.resolve();
  };
  const caller = await server.next();
  answer(caller);
  await opened.promise;
  return caller;
}

const open = { "Sec-WebSocket-Protocol": "longwire.1" };

function closed(): Promise<unknown> {
  return new Promise((resolve) => {
    socket.onclose = ({ code, reason, wasClean }) => resolve([code, reason, wasClean]);
  });
}

test("it offers the subprotocols, and tells what follows: texts, bytes in a buffer of their own, the end", async () => {
  const caller = await dial((raw) => {
    raw.open(open);
    expect(raw.header("Sec-WebSocket-Protocol")).toEqual(["x, longwire.1"]);
  });
  const both = deferred();
  socket.onmessage = ({ data }) => {
    log.push(data);
    if (log.length === 3) both.resolve();
  };
  const end = closed();
  caller.peer.write(
    Buffer.concat([serverMessage("text"), serverMessage(Uint8Array.of(1, 2)), serverClose(1000, "done")]),
  );
  caller.peer.end();
  await both.promise;
  expect(log).toEqual(["open longwire.1", "text", Uint8Array.of(1, 2).buffer]);
  expect(await end).toEqual([1000, "done", true]);
});

test("between two messages microtasks run, as between the events of a WebSocket", async () => {
  const caller = await dial((raw) => raw.open(open));
  const last = deferred();
  socket.onmessage = ({ data }) => {
    log.push(data);
    queueMicrotask(() => {
      log.push(`after ${String(data)}`);
      if (data === "b") last.resolve();
    });
  };
  caller.peer.write(Buffer.concat([serverMessage("a"), serverMessage("b")]));
  await last.promise;
  expect(log.slice(1)).toEqual(["a", "after a", "b", "after b"]);
});

test("what it lends lies where it was read, and no microtask comes between", async () => {
  const caller = await dial((raw) => raw.open(open));
  const both = deferred();
  const lent: Uint8Array[] = [];
  socket.lend({
    receiveLent(bytes, start, end) {
      lent.push(bytes);
      log.push([...bytes.subarray(start, end)]);
      queueMicrotask(() => log.push("microtask"));
      if (lent.length === 2) both.resolve();
    },
  });
  caller.peer.write(Buffer.concat([serverMessage(Uint8Array.of(1)), serverMessage(Uint8Array.of(2))]));
  await both.promise;
  expect(log.slice(1, 3)).toEqual([[1], [2]]);
  expect(lent[0]?.buffer).toBe(lent[1]?.buffer);
});

test("it sends masked frames, says what waits and when nothing does, and closes with a code", async () => {
  const caller = await dial((raw) => raw.open(open));
  socket.send(Uint8Array.of(7, 8));
  await socket.drained();
  expect(socket.bufferedAmount).toBe(0);
  const frame = await caller.peer.nextFrame();
  expect([frame.opcode, [...frame.payload]]).toEqual([2, [7, 8]]);
  socket.sendBytes(Uint8Array.of(1, 9, 1), 1, 2);
  expect([...(await caller.peer.nextFrame()).payload]).toEqual([9]);
  socket.close(4000, "why");
  const close = await caller.peer.nextFrame();
  expect([close.opcode, close.payload.readUInt16BE(0), close.payload.subarray(2).toString()]).toEqual([8, 4000, "why"]);
});

test("an attempt that is given up, or refused, ends with 1006", async () => {
  socket = new EngineSocket(server.url(), []);
  const givenUp = closed();
  socket.close();
  expect(await givenUp).toEqual([1006, "", false]);
  socket = new EngineSocket(server.url(), []);
  socket.onerror = () => log.push("error");
  const refused = closed();
  (await server.next()).peer.write(Buffer.from("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
  expect(await refused).toEqual([1006, "", false]);
  expect(log).toEqual(["error"]);
});

test("P-96 12 MiB that are sent in one turn arrive", async () => {
  const { peer } = await dial((raw) => raw.open(open));
  for (let count = 0; count < 192; count++) socket.send(new Uint8Array(64 << 10));
  let bytes = 0;
  for (let count = 0; count < 192; count++) bytes += (await peer.nextFrame()).payload.length;
  expect(bytes).toBe(12 << 20);
});
