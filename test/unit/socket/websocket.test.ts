import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "../../../src/socket/websocket.ts";
import { settled } from "../../support/fake-clock.ts";
import { listenRaw, serverMessage, type RawServer } from "../../support/raw-server.ts";
import { recordSocket } from "../../support/socket-events.ts";

let server: RawServer;
const sockets: WebSocket[] = [];

beforeEach(async () => {
  server = await listenRaw();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await server.close();
});

function create(...parameters: ConstructorParameters<typeof WebSocket>): WebSocket {
  const socket = new WebSocket(...parameters);
  sockets.push(socket);
  return socket;
}

const syntaxError: unknown = expect.objectContaining({ name: "SyntaxError", constructor: DOMException });

describe("the URL", () => {
  test("P-91 http and https become ws and wss, and everything is normalized", () => {
    expect(create(`http://127.0.0.1:${server.port}`).url).toBe(server.url("/"));
    expect(create(`HTTPS://LOCALHOST:${server.port}/a/../b?c d`).url).toBe(`wss://localhost:${server.port}/b?c%20d`);
    expect(create(new URL(server.url("/x"))).url).toBe(server.url("/x"));
  });

  test("P-91 credentials are sent as Basic, and stay in url", async () => {
    const url = `ws://us%40er:pass@127.0.0.1:${server.port}/`;
    const socket = create(url);
    expect(socket.url).toBe(url);
    const [authorization = ""] = (await server.next()).header("Authorization");
    expect(authorization).toBe(`Basic ${Buffer.from("us@er:pass").toString("base64")}`);
  });

  test.each(["", "/relative", "relative", "ws://", "ws://x/#", "ws://x/#fragment", "ftp://x/", "mailto:x", "blob:x"])(
    "P-91 %j throws SyntaxError",
    (url) => {
      expect(() => new WebSocket(url)).toThrow(syntaxError);
    },
  );

  test("no argument at all throws TypeError", () => {
    expect(() => Reflect.construct(WebSocket, [])).toThrow(TypeError);
  });
});

describe("subprotocols", () => {
  test.each([
    "",
    " ",
    "a b",
    "a,b",
    "a/b",
    "(a)",
    'a"b',
    "a\tb",
    "é",
    "\u0080",
    "a\u0000",
    ["a", ""],
    ["a", "a"],
    ["chat", "CHAT"],
  ])("P-92 %j throws SyntaxError", (protocols) => {
    expect(() => new WebSocket(server.url(), protocols)).toThrow(syntaxError);
    expect(() => new WebSocket(server.url(), { protocols })).toThrow(syntaxError);
    expect(server.connectionCount).toBe(0);
  });

  test("P-92 one as text, several as any iterable, or among the options", async () => {
    create(server.url(), "one");
    expect((await server.next()).header("Sec-WebSocket-Protocol")).toEqual(["one"]);
    create(server.url(), new Set(["a", "b"]));
    expect((await server.next()).header("Sec-WebSocket-Protocol")).toEqual(["a, b"]);
    create(server.url(), { protocols: ["c"] });
    expect((await server.next()).header("Sec-WebSocket-Protocol")).toEqual(["c"]);
    create(server.url(), []);
    expect((await server.next()).header("Sec-WebSocket-Protocol")).toEqual([]);
    Reflect.construct(WebSocket, [server.url(), 5]);
    expect((await server.next()).header("Sec-WebSocket-Protocol")).toEqual(["5"]);
  });
});

describe("options", () => {
  test("wrong limits and time-outs are refused at once", () => {
    const code = (options: object): unknown => {
      try {
        create(server.url(), options);
      } catch (error) {
        return Reflect.get(error as object, "code");
      }
      return undefined;
    };
    expect(code({ limits: { maxMessageByte: 1 } })).toBe("LW_LIMITS_INVALID");
    for (const handshakeTimeoutMs of [0, -1, Number.NaN, Infinity, "10"]) {
      expect(code({ handshakeTimeoutMs })).toBe("LW_SOCKET_TIMEOUT_INVALID");
    }
  });

  test("headers may be pairs, a Headers object or a record with lists", async () => {
    create(server.url(), { headers: [["X-A", "1"] as const, ["X-A", "2"] as const] });
    expect((await server.next()).header("X-A")).toEqual(["1", "2"]);
    create(server.url(), { headers: new Headers({ "X-B": "3" }) });
    expect((await server.next()).header("X-B")).toEqual(["3"]);
    create(server.url(), { headers: { "X-C": ["4", "5"] } });
    expect((await server.next()).header("X-C")).toEqual(["4", "5"]);
  });
});

describe("exceptions of listeners", () => {
  test("V-35 P-99 go to reportError, and the connection goes on", async () => {
    const reported: unknown[] = [];
    const socket = create(server.url(), { reportError: (error) => reported.push(error) });
    const record = recordSocket(socket);
    const error = new Error("mine");
    socket.onmessage = () => {
      throw error;
    };
    const caller = await server.next();
    caller.open({}, Buffer.concat([serverMessage("1"), serverMessage("2")]));
    expect([await record.nextMessage(), await record.nextMessage()]).toEqual(["1", "2"]);
    expect(reported).toEqual([error, error]);
    expect(socket.readyState).toBe(1);
  });

  test("P-99 without reportError the process hears of them, as of any EventTarget's", async () => {
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    const heard: unknown[] = [];
    process.on("uncaughtException", (error) => heard.push(error));
    try {
      const socket = create(server.url());
      const record = recordSocket(socket);
      socket.addEventListener("open", () => {
        throw new Error("in open");
      });
      const caller = await server.next();
      caller.open({}, serverMessage("goes on"));
      expect(await record.nextMessage()).toBe("goes on");
      await settled();
      expect(heard).toEqual([new Error("in open")]);
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const other of others) process.on("uncaughtException", other);
    }
  });
});
