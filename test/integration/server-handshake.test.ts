// What a listening server answers to every form of opening handshake, byte for byte over TCP.
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { settled } from "../support/fake-clock.ts";
import { rawAccept, rawClose, rawFrame, rawKey, rawUpgradeHead, type RawResponse } from "../support/raw-client.ts";
import { echoRoute, serve, type TestServer } from "../support/test-server.ts";

/** After a refusal nothing is read as a request or as frames, and the connection ends. */
async function expectRefused(served: TestServer<undefined>, head: string, status: number): Promise<RawResponse> {
  const { client, response } = await served.ask(head);
  expect(response.status, response.body).toBe(status);
  expect(response.header("connection")?.split(", ")).toContain("close");
  expect(response.header("content-length")).toBeDefined();
  await client.ended();
  expect(client.buffered).toHaveLength(0);
  return response;
}

describe("the opening handshake of a listening server", () => {
  it("answers a proper request with 101 and the accept value of the RFC's own key", async () => {
    const { ask } = await serve();
    const { response } = await ask(rawUpgradeHead("/"));
    expect(response.status).toBe(101);
    expect(response.header("upgrade")?.toLowerCase()).toBe("websocket");
    expect(response.header("connection")?.toLowerCase()).toBe("upgrade");
    expect(response.header("sec-websocket-accept")).toBe(rawAccept);
    expect(rawKey).toHaveLength(24);
  });

  it.each(["POST", "HEAD", "PUT", "DELETE", "CONNECT"])(
    "P-01 %s with Upgrade gets 405 and Allow: GET",
    async (method) => {
      const served = await serve();
      const target = method === "CONNECT" ? "localhost:80" : "/";
      const { client, response } = await served.ask(rawUpgradeHead(target, {}, method));
      expect(response.status).toBe(405);
      expect(response.header("allow")).toBe("GET");
      await client.ended();
    },
  );

  it("V-47 behind a request that is not answered yet drops the connection: the answer would come among frames", async () => {
    const answers: ServerResponse[] = [];
    const served = await serve({ http: (_request, response) => void answers.push(response) });
    const client = await served.connect();
    client.write(`GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n${rawUpgradeHead("/")}`);
    await client.ended();
    expect(client.buffered).toHaveLength(0);
    expect(answers).toHaveLength(1);
  });

  it("P-02 HTTP/1.0 gets 505 and the connection closes", async () => {
    await expectRefused(await serve(), rawUpgradeHead("/", {}, "GET", "1.0"), 505);
  });

  it.each([
    ["WebSocket", 101],
    ["h2c, websocket", 101],
    ["websocket/13", 400],
  ])("P-03 Upgrade: %s gets %i", async (upgrade, status) => {
    const { ask } = await serve();
    expect((await ask(rawUpgradeHead("/", { Upgrade: upgrade }))).response.status).toBe(status);
  });

  it.each(["keep-alive, Upgrade", "upgrade", "Upgrade,keep-alive"])(
    "P-04 Connection: %s is accepted",
    async (connection) => {
      const { ask } = await serve();
      expect((await ask(rawUpgradeHead("/", { Connection: connection }))).response.status).toBe(101);
    },
  );

  it("P-05 a plain GET at a WebSocket path gets 426, the header that says so, and a sentence", async () => {
    const served = await serve();
    const response = await expectRefused(served, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 426);
    expect(response.header("upgrade")).toBe("websocket");
    expect(response.header("connection")).toBe("Upgrade, close");
    expect(response.body).toMatch(/speaks WebSocket/);
    expect(response.headers.has("sec-websocket-accept")).toBe(false);
  });

  it.each([undefined, "8", "0", "7", "13, 8", "013", ["13", "13"]])(
    "P-06 V-12 Sec-WebSocket-Version %j gets 426 and the version spoken here",
    async (version) => {
      const response = await expectRefused(
        await serve(),
        rawUpgradeHead("/", { "Sec-WebSocket-Version": version }),
        426,
      );
      expect(response.header("sec-websocket-version")).toBe("13");
    },
  );

  it.each([
    undefined,
    Buffer.alloc(15).toString("base64"),
    Buffer.alloc(17).toString("base64"),
    rawKey.slice(0, 22),
    `${rawKey.slice(0, 10)} ${rawKey.slice(10)}`,
    "!!!!!!!!!!!!!!!!!!!!!!==",
    [rawKey, rawKey],
  ])("P-07 the key %j gets 400", async (key) => {
    await expectRefused(await serve(), rawUpgradeHead("/", { "Sec-WebSocket-Key": key }), 400);
  });

  it.each([
    ["a,,b"],
    ["a, a"],
    ["a b"],
    [Array.from({ length: 33 }, (_, index) => `p${index}`).join(", ")],
    [`a, ${"b".repeat(4_100)}`],
  ])("P-08 the subprotocol list %.20s gets 400", async (list) => {
    await expectRefused(await serve(), rawUpgradeHead("/", { "Sec-WebSocket-Protocol": list }), 400);
  });

  it.each([
    ["a function", () => "chat.v9"],
    ["a promise", (() => Promise.resolve("chat.v1")) as unknown as () => string],
  ])(
    "P-09 a chooser that answers with what was not offered (%s) gets 500 and a line in the log",
    async (_what, protocols) => {
      const served = await serve({}, (server) => server.route("/", { protocols }));
      const response = await expectRefused(served, rawUpgradeHead("/", { "Sec-WebSocket-Protocol": "chat.v1" }), 500);
      expect(response.headers.has("sec-websocket-protocol")).toBe(false);
      expect(served.lines.error.join()).toMatch(/route \/ chose a subprotocol that the client did not offer/);
    },
  );

  it("P-09 a chooser that throws gets 500 and a line in the log", async () => {
    const protocols = (): string => {
      throw new Error("no idea");
    };
    const served = await serve({}, (server) => server.route("/", { protocols }));
    await expectRefused(served, rawUpgradeHead("/", { "Sec-WebSocket-Protocol": "a" }), 500);
    expect(served.lines.error.join()).toMatch(/no idea/);
  });

  it("P-10 without a common subprotocol the answer is 101 without the header", async () => {
    const { ask } = await serve({}, (server) => server.route("/", { protocols: ["chat.v2"] }));
    const { response } = await ask(rawUpgradeHead("/", { "Sec-WebSocket-Protocol": "chat.v1" }));
    expect(response.status).toBe(101);
    expect(response.headers.has("sec-websocket-protocol")).toBe(false);
  });

  it("chooses the first subprotocol of the client's list that the route knows", async () => {
    const seen: string[] = [];
    const { ask } = await serve({}, (server) =>
      server.route("/", { protocols: ["one", "two"], open: (socket) => void seen.push(socket.protocol) }),
    );
    const { response } = await ask(rawUpgradeHead("/", { "Sec-WebSocket-Protocol": "zero, two, one" }));
    expect(response.header("sec-websocket-protocol")).toBe("two");
    expect(seen).toEqual(["two"]);
  });

  it.each(["a;;b", 'a; b="c', "a,"])("P-11 the malformed extension list %s gets 400", async (list) => {
    await expectRefused(await serve(), rawUpgradeHead("/", { "Sec-WebSocket-Extensions": list }), 400);
  });

  it.each(["x-unknown; a=1", "permessage-deflate; server_max_window_bits=1000", "permessage-deflate"])(
    "P-12 the extension %s is not taken up, and the answer is 101 without it",
    async (list) => {
      const { ask } = await serve();
      const { response } = await ask(rawUpgradeHead("/", { "Sec-WebSocket-Extensions": list }));
      expect(response.status).toBe(101);
      expect(response.headers.has("sec-websocket-extensions")).toBe(false);
    },
  );

  it("P-13 frames glued to the request arrive after open, in order", async () => {
    const heard: string[] = [];
    const { connect } = await serve({}, (server) =>
      server.route("/", {
        open: () => void heard.push("open"),
        message(socket, data) {
          heard.push(String(data));
          if (data === "two") socket.send("done");
        },
      }),
    );
    const client = await connect();
    const glued = Buffer.concat([rawFrame({ payload: "one" }), rawFrame({ payload: "two" })]);
    expect((await client.upgrade("/", {}, glued)).status).toBe(101);
    expect((await client.nextFrame()).text).toBe("done");
    expect(heard).toEqual(["open", "one", "two"]);
  });

  it("F-35 a client whose bytes arrive one at a time hears the same as one whose bytes arrive at once", async () => {
    const { connect } = await serve();
    const bytes = Buffer.concat([
      Buffer.from(rawUpgradeHead("/")),
      rawFrame({ payload: "hällo" }),
      rawFrame({ fin: false, payload: "fra" }),
      rawFrame({ opcode: 9, payload: "ping" }),
      rawFrame({ opcode: 0, payload: "gments" }),
      rawFrame({ opcode: 2, payload: Buffer.alloc(200, 7) }),
      rawClose(3_000, "bye"),
    ]);
    const heard: unknown[] = [];
    for (const pieces of [[bytes], Array.from(bytes, (byte) => Buffer.of(byte))]) {
      const client = await connect();
      for (const piece of pieces) {
        client.write(piece);
        if (pieces.length > 1) await settled(1);
      }
      const { status } = await client.nextResponse();
      const frames = await client.allFrames();
      heard.push([status, frames.map(({ opcode, payload }) => `${opcode} ${payload.toString("latin1")}`)]);
    }
    expect(heard[1]).toEqual(heard[0]);
    expect(heard[0]).toMatchObject([101, { length: 5 }]);
  });

  it("P-18 half a request head that drips on gets 408 when the handshake's time is over, and counts as that limit", async () => {
    const { server, connect } = await serve({ limits: { handshakeTimeoutMs: 150 } });
    const client = await connect();
    client.write("GET / HTTP/1.1\r\nHost: localhost\r\n");
    const drip = setInterval(() => client.write("a"), 20);
    const response = await client.nextResponse();
    clearInterval(drip);
    expect(response.status).toBe(408);
    expect(response.header("connection")).toBe("close");
    await client.closed();
    expect(server.metrics()).toContain('longwire_limit_total{limit="handshakeTimeoutMs"} 1');
  });

  it("P-18 a connection that sends nothing at all is closed as well", async () => {
    const { connect } = await serve({ limits: { handshakeTimeoutMs: 150 } });
    await (await connect()).closed();
  });

  it("P-20 a FIN from the client ends our side too and frees the connection", async () => {
    const { server, open } = await serve();
    const client = await open("/");
    expect(server.sockets.size).toBe(1);
    client.end();
    await client.closed();
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  it("V-20 P-18 a request head that is too large, in one piece or dripping, gets 431", async () => {
    const served = await serve({ limits: { maxHeaderBytes: 1_024 } });
    await expectRefused(served, rawUpgradeHead("/", { "X-Fill": "a".repeat(2_000) }), 431);
    const client = await served.connect();
    for (const piece of rawUpgradeHead("/", { "X-Fill": "a".repeat(1_200) }).match(/.{1,3}/gs) ?? [])
      client.write(piece);
    expect((await client.nextResponse()).status).toBe(431);
    expect(served.server.metrics()).toContain('longwire_limit_total{limit="maxHeaderBytes"} 2');
  });

  it.each([
    [0, 101],
    [94, 101],
    [95, 101],
    [96, 431],
    [1_995, 431],
    [1_996, 431],
    [1_997, 431],
  ])("V-30 %i further headers, with Upgrade first or last, get %i", async (count, status) => {
    const served = await serve({ limits: { maxHeaderBytes: 64 * 1_024 } });
    const fill = Object.fromEntries(Array.from({ length: count }, (_, index) => [`X-${index}`, "a"]));
    const [line, ...own] = rawUpgradeHead("/").trimEnd().split("\r\n");
    const filled = Object.entries(fill).map(([name, value]) => `${name}: ${value}`);
    for (const lines of [
      [line, ...own, ...filled],
      [line, ...filled, ...own],
    ]) {
      const { response } = await served.ask(`${lines.join("\r\n")}\r\n\r\n`);
      expect(response.status).toBe(status);
    }
  });

  it("V-30 a plain request with too many headers gets 431", async () => {
    const head = `GET /x HTTP/1.1\r\nHost: localhost\r\n${"X-A: 1\r\n".repeat(100)}\r\n`;
    expect((await (await serve()).ask(head)).response.status).toBe(431);
  });

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
    "V-31 %s as path, query, header, subprotocol and extension is plain text",
    async (word) => {
      const seen: string[] = [];
      const { ask } = await serve({}, (server) =>
        server.route("/:room", {
          protocols: (offered) => offered[0],
          open(socket) {
            seen.push(socket.params.room, socket.request.url.search, socket.request.headers.get(word) ?? "none");
          },
        }),
      );
      const { response } = await ask(
        rawUpgradeHead(`/${word}?${word}=1`, {
          "Sec-WebSocket-Protocol": word,
          "Sec-WebSocket-Extensions": `${word}; ${word}=1`,
        }).replace("Host:", `${word}: plain\r\nHost:`),
      );
      expect(response.status).toBe(101);
      expect(response.header("sec-websocket-protocol")).toBe(word);
      expect(seen).toEqual([word, `?${word}=1`, "plain"]);
    },
  );
});

describe("V-47 nothing is smuggled through an upgrade that failed", () => {
  const second = "GET /second HTTP/1.1\r\nHost: localhost\r\n\r\n";

  it.each([
    ["Content-Length", { "Content-Length": "5" }, `hello${second}`, 400],
    ["chunks", { "Transfer-Encoding": "chunked" }, `5\r\nhello\r\n0\r\n\r\n${second}`, 400],
    ["both", { "Content-Length": "5", "Transfer-Encoding": "chunked" }, `0\r\n\r\n${second}`, 400],
    ["a wrong version", { "Sec-WebSocket-Version": "8" }, second, 426],
    ["no Connection", { Connection: undefined }, second, 400],
    ["Connection: close, Upgrade", { Connection: "close, Upgrade", "Sec-WebSocket-Key": "x" }, second, 400],
    ["frames behind a refusal", { "Sec-WebSocket-Key": "x" }, rawFrame({ payload: "x" }).toString("latin1"), 400],
  ])(
    "V-47 V-48 %s: one answer, the connection closes, the rest is never parsed",
    async (_what, headers, rest, status) => {
      const asked: string[] = [];
      const served = await serve(
        { http: (message, response) => void response.end(void asked.push(message.url ?? "")) },
        echoRoute,
      );
      const { client, response } = await served.ask(rawUpgradeHead("/", headers) + rest);
      expect(response.status).toBe(status);
      expect(response.header("connection")?.split(", ")).toContain("close");
      expect(response.headers.has("sec-websocket-accept")).toBe(false);
      await client.closed();
      expect(client.buffered.toString()).toBe("");
      expect(asked).toEqual([]);
      expect(served.server.sockets.size).toBe(0);
    },
  );
});
