import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RemoteError, type LongwireError } from "../../../src/base/errors.ts";
import { createRuntime } from "../../../src/socket/runtime.ts";
import { WebSocket, type WebSocketOptions } from "../../../src/socket/websocket.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rawFrame } from "../../support/raw-client.ts";
import { listenRaw, serverClose, serverMessage, type RawCaller, type RawServer } from "../../support/raw-server.ts";
import { recordSocket, type SocketRecord } from "../../support/socket-events.ts";

let server: RawServer;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  server = await listenRaw();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await server.close();
});

function dial(options: WebSocketOptions = {}, url = server.url()): { socket: WebSocket; record: SocketRecord } {
  const socket = new WebSocket(url, options);
  sockets.push(socket);
  return { socket, record: recordSocket(socket) };
}

/** Dials, lets `answer` speak to the request, and returns what the socket told when all was over. */
async function outcome(
  answer: (caller: RawCaller) => void,
  options: WebSocketOptions = {},
): Promise<{ lines: string[]; code: string | undefined }> {
  const { socket, record } = dial(options);
  const caller = await server.next();
  answer(caller);
  // A client that opens is told goodbye, so that every case ends.
  await Promise.race([record.opened, record.closed]);
  if (socket.readyState === 1) {
    caller.peer.write(serverClose(1000));
    await caller.peer.nextFrame();
    caller.peer.end();
  }
  return { lines: await record.closed, code: socket.cause?.code };
}

const refused = ["error 3", "close 3 1006 false"];
const opened = expect.arrayContaining(["open 1"]);

describe("the answer", () => {
  const body = (status: string, extra = ""): ((caller: RawCaller) => void) => {
    return ({ peer }) => peer.write(`HTTP/1.1 ${status}\r\n${extra}Content-Length: 2\r\n\r\nno`);
  };

  test.each(["200 OK", "204 No Content", "400 Bad Request", "401 Unauthorized", "426 Upgrade Required", "503 Busy"])(
    "P-21 status %s fails the connection",
    async (status) => {
      expect(await outcome(body(status))).toEqual({ lines: refused, code: "LW_PROTOCOL_RESPONSE_STATUS" });
    },
  );

  test("P-21 a 101 that announces a body fails", async () => {
    const { lines } = await outcome((caller) => caller.open({ "Content-Length": "5" }));
    expect(lines).toEqual(refused);
  });

  test("P-21 interim answers before the 101 are skipped", async () => {
    const { lines } = await outcome((caller) => {
      caller.peer.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
      caller.open();
    });
    expect(lines).toEqual(opened);
  });

  test("P-22 a wrong, missing or repeated Sec-WebSocket-Accept fails", async () => {
    expect((await outcome((caller) => caller.open({ "Sec-WebSocket-Accept": undefined }))).lines).toEqual(refused);
    expect(
      (await outcome((caller) => caller.open({ "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" }))).lines,
    ).toEqual(refused);
    expect(
      (await outcome((caller) => caller.open({ "Sec-WebSocket-Accept": [caller.accept, caller.accept] }))).lines,
    ).toEqual(refused);
  });

  test("P-23 Connection: keep-alive, Upgrade is accepted", async () => {
    expect((await outcome((caller) => caller.open({ Connection: "keep-alive, Upgrade" }))).lines).toEqual(opened);
  });

  test("P-24 an extension that was not offered fails, also with parameters given twice", async () => {
    for (const extension of ["permessage-deflate", "x; a=1; a=1"]) {
      expect((await outcome((caller) => caller.open({ "Sec-WebSocket-Extensions": extension }))).lines).toEqual(
        refused,
      );
    }
  });

  test("P-25 a subprotocol unasked for, in another case, or missing fails", async () => {
    const choose = (protocol: string | undefined): ((caller: RawCaller) => void) => {
      return (caller) => caller.open({ "Sec-WebSocket-Protocol": protocol });
    };
    expect((await outcome(choose("chat"))).lines).toEqual(refused);
    expect((await outcome(choose("Chat"), { protocols: ["chat"] })).lines).toEqual(refused);
    expect((await outcome(choose(undefined), { protocols: ["chat"] })).lines).toEqual(refused);
    expect((await outcome(choose("b"), { protocols: ["a", "b"] })).lines).toEqual(opened);
  });

  test("P-26 frames in the packet of the 101 come after open, and after what open's handler awaits", async () => {
    const { socket, record } = dial();
    const order: string[] = [];
    socket.onopen = async () => {
      order.push("open");
      await Promise.resolve();
      await Promise.resolve();
      order.push("open done");
    };
    socket.addEventListener("message", (event) => order.push(String(event.data)));
    const caller = await server.next();
    const frames = ["one", "two"].map((payload) => rawFrame({ payload, mask: false }));
    caller.open({}, Buffer.concat(frames));
    await record.nextMessage();
    await record.nextMessage();
    expect(order).toEqual(["open", "open done", "one", "two"]);
  });

  test("P-26 the answer in single bytes, with a frame behind it, is the same", async () => {
    const { record } = dial();
    const caller = await server.next();
    const bytes = Buffer.concat([Buffer.from(caller.responseHead()), serverMessage("x")]);
    for (const byte of bytes) caller.peer.write(Uint8Array.of(byte));
    expect(await record.nextMessage()).toBe("x");
    expect(record.lines).toEqual(["open 1", "message 1 x"]);
  });

  test("V-49 redirects are not followed, to wherever they point", async () => {
    const target = await listenRaw();
    for (const status of ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]) {
      const { lines, code } = await outcome(body(status, `Location: ${target.url("/")}\r\n`), {
        headers: { Authorization: "Bearer secret", Cookie: "a=b" },
      });
      expect(lines).toEqual(refused);
      expect(code).toBe("LW_PROTOCOL_RESPONSE_STATUS");
    }
    expect(target.connectionCount).toBe(0);
    await target.close();
  });

  test("V-20 a head that never ends fails at maxHeaderBytes", async () => {
    const { record, socket } = dial({ limits: { maxHeaderBytes: 1024 } });
    const caller = await server.next();
    caller.peer.write(`HTTP/1.1 101 Switching Protocols\r\nX: ${"x".repeat(2000)}`);
    expect(await record.closed).toEqual(refused);
    expect(socket.cause?.code).toBe("LW_PROTOCOL_RESPONSE_TOO_LONG");
    await caller.peer.closed();
  });
});

describe("the request", () => {
  test("carries path, Host, subprotocols, own headers, Origin and the URL's credentials", async () => {
    const url = server.url("/a/b?c=%20d").replace("ws://", "http://us%C3%A9r:pass@");
    dial({ protocols: ["a", "b"], origin: "https://app.example", headers: { "X-One": "1", "X-Two": ["2", "3"] } }, url);
    const caller = await server.next();
    expect(caller.head.split("\r\n")[0]).toBe("GET /a/b?c=%20d HTTP/1.1");
    expect(caller.header("Host")).toEqual([`127.0.0.1:${server.port}`]);
    expect(caller.header("Sec-WebSocket-Protocol")).toEqual(["a, b"]);
    expect(caller.header("Origin")).toEqual(["https://app.example"]);
    expect(caller.header("X-One")).toEqual(["1"]);
    expect(caller.header("X-Two")).toEqual(["2", "3"]);
    const [credentials = ""] = caller.header("Authorization");
    expect(Buffer.from(credentials.replace("Basic ", ""), "base64").toString()).toBe("usér:pass");
  });

  test("two dials have two keys", async () => {
    dial();
    dial();
    const [first, second] = [await server.next(), await server.next()];
    expect(first.header("Sec-WebSocket-Key")).not.toEqual(second.header("Sec-WebSocket-Key"));
  });

  test.each([
    { headers: { "X-A": "a\r\nX-B: b" } },
    { headers: { "X-A": "a\nb" } },
    { headers: { "X-A": "a\0b" } },
    { headers: { "X-A": "\u010d" } },
    { headers: { "X-A": "\u0085" } },
    { headers: { "X-A: b\r\nX-C": "a" } },
    { headers: { Host: "elsewhere" } },
    { headers: { "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" } },
    { origin: "https://a\r\nX: y" },
  ] satisfies WebSocketOptions[])("V-44 %j throws before a connection is made", (options) => {
    expect(() => new WebSocket(server.url(), options)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^LW_PROTOCOL_HEADER_/) as string }),
    );
    expect(server.connectionCount).toBe(0);
  });
});

describe("the connection that fails", () => {
  const codeOf = (socket: WebSocket): string | undefined => socket.cause?.code;

  test("P-27 the server closes before it answers", async () => {
    expect(await outcome(({ peer }) => peer.end())).toEqual({ lines: refused, code: "LW_SOCKET_UNANSWERED" });
  });

  test("P-27 the server closes in the middle of its answer", async () => {
    const end = ({ peer }: RawCaller): void => {
      peer.write("HTTP/1.1 101 Switching");
      peer.end();
    };
    expect(await outcome(end)).toEqual({ lines: refused, code: "LW_SOCKET_UNANSWERED" });
  });

  test("P-27 the server resets the connection", async () => {
    expect(await outcome(({ peer }) => peer.reset())).toEqual({ lines: refused, code: "LW_SOCKET_UNANSWERED" });
  });

  test("P-27 nothing listens there", async () => {
    const url = server.url();
    await server.close();
    const { socket, record } = dial({}, url);
    expect(await record.closed).toEqual(refused);
    expect(codeOf(socket)).toBe("LW_SOCKET_UNREACHABLE");
    expect(socket.cause?.message).toContain("ECONNREFUSED");
  });

  test("P-27 the name has no address", async () => {
    const { socket, record } = dial({}, `ws://${"x".repeat(64)}.localhost/`);
    expect(await record.closed).toEqual(refused);
    expect(codeOf(socket)).toBe("LW_SOCKET_UNREACHABLE");
    expect(socket.cause).toBeInstanceOf(RemoteError);
  });

  test("P-27 the message names the addresses that were tried", async () => {
    const port = server.port;
    await server.close();
    const { socket, record } = dial({}, `ws://localhost:${port}/`);
    expect(await record.closed).toEqual(refused);
    expect(socket.cause?.message).toContain(`ECONNREFUSED 127.0.0.1:${port}`);
  });

  test("P-27 the server speaks something else than TLS", async () => {
    const { socket, record } = dial({}, server.url().replace("ws:", "wss:"));
    (await server.nextSocket()).on("data", () => {}).end("220 mail.example ESMTP\r\n");
    expect(await record.closed).toEqual(refused);
    expect(codeOf(socket)).toBe("LW_SOCKET_TLS_FAILED");
  });

  test("P-93 a port that browsers block fails without a connection, if asked to", async () => {
    const { socket, record } = dial({ blockPorts: true }, "ws://127.0.0.1:6000/");
    expect(socket.readyState).toBe(0);
    expect(await record.closed).toEqual(refused);
    expect(codeOf(socket)).toBe("LW_SOCKET_PORT_BLOCKED");
  });
});

describe("giving up", () => {
  type Ending = readonly [name: string, end: (socket: WebSocket, controller: AbortController) => void];
  const endings: Ending[] = [
    ["close()", (socket) => socket.close()],
    ["terminate()", (socket) => socket.terminate()],
    ["its signal", (_socket, controller) => controller.abort(new Error("enough"))],
  ];
  const secure = (url: string): string => url.replace("ws:", "wss:");
  const named = (url: string): string => url.replace("127.0.0.1", "localhost");

  const phases: Record<string, (controller: AbortController) => Promise<WebSocket>> = {
    "name lookup": (controller) => Promise.resolve(dial({ signal: controller.signal }, named(server.url())).socket),
    connecting: (controller) => Promise.resolve(dial({ signal: controller.signal }).socket),
    TLS: async (controller) => {
      const { socket } = dial({ signal: controller.signal }, secure(server.url()));
      const peer = await server.nextSocket();
      await new Promise((resolve) => peer.once("data", resolve));
      return socket;
    },
    "the answer": async (controller) => {
      const { socket } = dial({ signal: controller.signal });
      await server.next();
      return socket;
    },
    "half of the answer": async (controller) => {
      const { socket } = dial({ signal: controller.signal });
      const caller = await server.next();
      const flushed = new Promise((resolve) => caller.peer.socket.write("HTTP/1.1 101 Switch", resolve));
      await flushed;
      return socket;
    },
  };

  test.each(Object.keys(phases).flatMap((phase) => endings.map(([name, end]) => [phase, name, end] as const)))(
    "P-28 during %s by %s: CLOSING at once, then error and close 1006, and the socket is freed",
    async (phase, _name, end) => {
      const controller = new AbortController();
      const socket = (await phases[phase]?.(controller)) as WebSocket;
      const record = recordSocket(socket);
      end(socket, controller);
      expect(socket.readyState).toBe(2);
      expect(record.lines).toEqual([]);
      expect(await record.closed).toEqual(refused);
      expect(socket.cause?.code).toBe("LW_SOCKET_ABANDONED");
      await server.deserted();
    },
  );

  test("P-28 a signal that has aborted before makes no connection last", async () => {
    const { socket, record } = dial({ signal: AbortSignal.abort(new Error("before")) });
    expect(socket.readyState).toBe(2);
    expect(await record.closed).toEqual(refused);
    expect((socket.cause as LongwireError).cause).toEqual(new Error("before"));
  });

  test("P-28 a signal that aborts after open does nothing", async () => {
    const controller = new AbortController();
    const { socket, record } = dial({ signal: controller.signal });
    (await server.next()).open();
    await record.opened;
    controller.abort();
    expect(socket.readyState).toBe(1);
  });

  test("P-28 close() in the open handler is an ordinary close", async () => {
    const { socket, record } = dial();
    socket.onopen = () => socket.close(3000, "done");
    const caller = await server.next();
    caller.open();
    const frame = await caller.peer.nextFrame();
    expect([frame.opcode, frame.closeCode, frame.masked]).toEqual([8, 3000, true]);
    caller.peer.write(rawFrame({ opcode: 8, payload: frame.payload, mask: false }));
    caller.peer.end();
    expect(await record.closed).toEqual(["open 1", "close 3 3000 true"]);
  });

  test("P-28 terminate() in the open handler: 1006 and no message that came with the 101", async () => {
    const { socket, record } = dial();
    socket.onopen = () => socket.terminate();
    const caller = await server.next();
    caller.open({}, serverMessage("late"));
    expect(await record.closed).toEqual(["open 1", "close 3 1006 false"]);
    await caller.peer.closed();
  });

  test("P-29 the time-out covers the whole handshake and is not reset by bytes", async () => {
    const clock = new FakeClock();
    const { socket, record } = dial({ runtime: createRuntime({ clock }) });
    const caller = await server.next();
    clock.advance(6_000);
    caller.peer.write("HTTP/1.1 101 Switching Protocols\r\n");
    clock.advance(3_999);
    expect(socket.readyState).toBe(0);
    clock.advance(1);
    expect(await record.closed).toEqual(refused);
    expect(socket.cause?.code).toBe("LW_SOCKET_HANDSHAKE_TIMEOUT");
    await caller.peer.closed();
    expect(clock.pendingCount).toBe(0);
  });

  test("P-29 the time-out covers TLS, and can be set", async () => {
    const clock = new FakeClock();
    const options = { runtime: createRuntime({ clock }), handshakeTimeoutMs: 500 };
    const { socket, record } = dial(options, secure(server.url()));
    await server.nextSocket();
    clock.advance(500);
    expect(await record.closed).toEqual(refused);
    expect(socket.cause?.message).toContain("500 ms");
  });

  test("P-29 a connection that opened is not touched by the time-out", async () => {
    const clock = new FakeClock();
    const { socket, record } = dial({ runtime: createRuntime({ clock }), limits: { pingIntervalMs: 0 } });
    (await server.next()).open();
    await record.opened;
    clock.advance(60_000);
    expect(socket.readyState).toBe(1);
  });
});
