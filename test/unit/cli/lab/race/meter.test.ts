// The meter beside what the client's own socket has counted: the same bytes, seen from the other end.
import { once } from "node:events";
import { Agent, createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Meter, SocketMarks } from "../../../../../src/cli/lab/race/meter.ts";

let marks: SocketMarks;
let meters: Record<string, Meter>;
const held: ServerResponse[] = [];
const counted = new WeakMap<Socket, { read: number; written: number }>();
let agent: Agent;
const server = createServer((message, response) => {
  const [, name = "", size = "0"] = (message.url ?? "").split("/");
  meters[name]?.count(message, response);
  if (size === "held") {
    response.flushHeaders();
    held.push(response);
  } else response.end("x".repeat(Number(size)));
});

beforeEach(async () => {
  marks = new SocketMarks();
  meters = { a: new Meter(marks), b: new Meter(marks) };
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  marks.close();
  agent.destroy();
  held.length = 0;
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

/** One request; what the client's socket has counted since its last one. */
async function ask(path: string): Promise<{ up: number; down: number; socket: Socket }> {
  const request = get({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", path, agent });
  const [socket] = (await once(request, "socket")) as [Socket];
  const [response] = await once(request, "response");
  if (!path.endsWith("held")) {
    response.resume();
    await once(response, "end");
  }
  const before = counted.get(socket) ?? { read: 0, written: 0 };
  counted.set(socket, { read: socket.bytesRead, written: socket.bytesWritten });
  return { up: socket.bytesWritten - before.written, down: socket.bytesRead - before.read, socket };
}

describe("Meter", () => {
  it("counts each request of a connection that is kept alive under its own name, heads included", async () => {
    const seen = [await ask("/a/10"), await ask("/b/5000"), await ask("/a/0")];
    expect(new Set(seen.map(({ socket }) => socket)).size).toBe(1);
    const [first, second, third] = seen;
    expect(meters["a"]?.tally).toMatchObject({
      requests: 2,
      bytesUp: (first?.up ?? 0) + (third?.up ?? 0),
      bytesDown: (first?.down ?? 0) + (third?.down ?? 0),
    });
    expect(meters["b"]?.tally).toMatchObject({ requests: 1, bytesUp: second?.up, bytesDown: second?.down });
  });

  it("what nobody counts is in nobody's count", async () => {
    await ask("/nobody/700");
    const mine = await ask("/a/10");
    expect(meters["a"]?.tally).toMatchObject({ bytesUp: mine.up, bytesDown: mine.down });
  });

  it("the connection belongs to whoever used it last", async () => {
    await ask("/a/1");
    expect([meters["a"]?.tally.connections, meters["b"]?.tally.connections]).toEqual([1, 0]);
    await ask("/b/1");
    expect([meters["a"]?.tally.connections, meters["b"]?.tally.connections]).toEqual([0, 1]);
  });

  it("an answer that goes on is counted as far as it is, and a reset counts only what comes after", async () => {
    const { up } = await ask("/a/held");
    const before = meters["a"]?.tally.bytesDown ?? 0;
    expect(meters["a"]?.tally.bytesUp).toBe(up);
    held[0]?.write("12345");
    // Chunked: the length in hexadecimal, twice an end of line.
    expect(meters["a"]?.tally.bytesDown).toBe(before + 10);
    meters["a"]?.reset();
    expect(meters["a"]?.tally).toMatchObject({ requests: 0, bytesUp: 0, bytesDown: 0 });
    held[0]?.write("12345");
    expect(meters["a"]?.tally.bytesDown).toBe(10);
  });

  it("an answer whose connection breaks keeps what it has cost", async () => {
    const { socket } = await ask("/a/held");
    held[0]?.write("12345");
    const before = meters["a"]?.tally;
    const closed = once(held[0] as ServerResponse, "close");
    socket.destroy();
    await closed;
    expect(meters["a"]?.tally).toMatchObject({ requests: 1, bytesUp: before?.bytesUp, bytesDown: before?.bytesDown });
    expect(before?.bytesDown).toBeGreaterThan(10);
  });
});
