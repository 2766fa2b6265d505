// From open to close: hooks and their faults, topics, draining, closing, what is left behind.
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { createServer } from "../../src/server/index.ts";
import type { PeerHooks } from "../../src/server/peer.ts";
import { FakeClock, settled } from "../support/fake-clock.ts";
import { deferred } from "../support/deferred.ts";
import { connectRaw, rawClose, rawFrame, rawUpgradeHead, type RawClient } from "../support/raw-client.ts";
import { afterThisTest, echoRoute, serve } from "../support/test-server.ts";

describe("hooks", () => {
  it("are called in their order, messages inside the read, pings and pongs too, close once with code and reason", async () => {
    const calls: string[] = [];
    const closed = deferred();
    const { open } = await serve({}, (server) =>
      server.route("/:room", {
        open: (socket, { params }) => void calls.push(`open ${params.room} ${socket.readyState}`),
        message: (_socket, data) =>
          void calls.push(`message ${typeof data === "string" ? data : `${data.length} bytes`}`),
        ping: (_socket, payload) => void calls.push(`ping ${Buffer.from(payload).toString()}`),
        pong: () => void calls.push("pong"),
        close(socket, code, reason) {
          calls.push(`close ${code} ${reason} ${socket.readyState}`);
          closed.resolve();
        },
      }),
    );
    const client = await open("/lobby");
    client.write(
      Buffer.concat([
        rawFrame({ payload: "a" }),
        rawFrame({ opcode: 2, payload: Buffer.alloc(3) }),
        rawFrame({ opcode: 9, payload: "hi" }),
        rawFrame({ opcode: 10 }),
        rawClose(3_000, "bye"),
      ]),
    );
    await closed.promise;
    expect(calls).toEqual(["open lobby 1", "message a", "message 3 bytes", "ping hi", "pong", "close 3000 bye 3"]);
  });

  it("may return a promise that holds back the next message, and open's holds back the first", async () => {
    const gates = [deferred(), deferred()];
    const calls: string[] = [];
    const { open } = await serve({}, (server) =>
      server.route("/", {
        async open() {
          await gates[0]?.promise;
          calls.push("opened");
        },
        async message(_socket, data) {
          calls.push(`begin ${String(data)}`);
          await gates[1]?.promise;
          calls.push(`end ${String(data)}`);
        },
      }),
    );
    const client = await open("/");
    client.write(Buffer.concat([rawFrame({ payload: "one" }), rawFrame({ payload: "two" })]));
    await settled(20);
    expect(calls).toEqual([]);
    gates[0]?.resolve();
    await expect.poll(() => calls).toEqual(["opened", "begin one"]);
    await settled(20);
    expect(calls).toHaveLength(2);
    gates[1]?.resolve();
    await expect.poll(() => calls).toEqual(["opened", "begin one", "end one", "begin two", "end two"]);
  });

  it("see a function route as WHATWG has it: onmessage, listeners, ArrayBuffers", async () => {
    const { open } = await serve({}, (server) =>
      server.route("/clock", (socket) => {
        expect(socket.binaryType).toBe("arraybuffer");
        socket.onmessage = (event) => {
          socket.send(event.data instanceof ArrayBuffer ? `${event.data.byteLength} bytes` : (event.data as string));
        };
        socket.addEventListener("close", (event) => expect(event.code).toBe(1000), { once: true });
      }),
    );
    const client = await open("/clock");
    client.writeFrame({ payload: "tick" });
    client.writeFrame({ opcode: 2, payload: Buffer.alloc(7) });
    expect((await client.nextFrame()).text).toBe("tick");
    expect((await client.nextFrame()).text).toBe("7 bytes");
  });

  it("may close with the codes servers need, and with no others", async () => {
    const thrown: string[] = [];
    const { open } = await serve({}, (server) =>
      server.route("/", (socket) => {
        for (const code of [1005, 1006, 1010, 1015, 2999, 999]) {
          try {
            socket.close(code, "x");
          } catch (error) {
            thrown.push((error as Error).name);
          }
        }
        socket.close(1013, "busy");
      }),
    );
    const frame = await (await open("/")).nextFrame();
    expect([frame.closeCode, frame.payload.subarray(2).toString()]).toEqual([1013, "busy"]);
    expect(thrown).toEqual(Array.from({ length: 6 }, () => "InvalidAccessError"));
  });
});

describe("V-35 a handler that throws harms only its own connection", () => {
  const boom = (): never => {
    throw new Error("boom");
  };
  const tick = async (): Promise<never> => {
    await settled();
    return boom();
  };

  const faulty: readonly (readonly [string, string, PeerHooks])[] = [
    ["open", "throws", { open: boom }],
    ["open", "rejects", { open: tick }],
    ["message", "throws", { message: boom }],
    ["message", "rejects", { message: tick }],
    ["ping", "throws", { ping: boom }],
    ["pong", "rejects", { pong: tick }],
    ["a listener", "throws", { open: (socket) => socket.addEventListener("message", boom) }],
    ["onmessage", "rejects", { open: (socket) => void (socket.onmessage = tick) }],
  ];

  it.each(faulty)(
    "V-35 %s %s: told once, closed 1011, the control connection unaffected",
    async (_where, _how, hooks) => {
      const error = vi.fn();
      const served = await serve({}, (server) => {
        server.route("/bad", { ...hooks, error });
        server.route("/unheard", hooks);
        echoRoute(server);
      });
      const control = await served.open("/");
      const input = Buffer.concat([
        rawFrame({ opcode: 9 }),
        rawFrame({ opcode: 10 }),
        rawFrame({ payload: "1" }),
        rawFrame({ payload: "2" }),
      ]);
      for (const path of ["/bad", "/unheard"]) {
        const client = await served.open(path);
        client.write(input);
        let frame = await client.nextFrame();
        while (frame.opcode !== 8) frame = await client.nextFrame();
        expect(frame.closeCode).toBe(1011);
        client.write(rawClose(1011));
        await client.closed();
      }
      expect(error).toHaveBeenCalledTimes(1);
      expect(error.mock.calls[0]?.[1]).toMatchObject({ message: "boom" });
      expect(served.lines.error[0]).toMatch(/threw: Error: boom/);
      expect(served.lines.error.filter((line) => line.includes("/unheard"))).not.toHaveLength(0);
      control.writeFrame({ payload: "still here" });
      expect((await control.nextFrame()).text).toBe("still here");
    },
  );

  it("V-35 the first message of a batch throws, the second is not delivered", async () => {
    const heard: string[] = [];
    const { open } = await serve({}, (server) =>
      server.route("/", {
        message(_socket, data) {
          heard.push(String(data));
          if (data === "2") boom();
        },
        error() {},
      }),
    );
    const client = await open("/");
    client.write(Buffer.concat(["1", "2", "3"].map((payload) => rawFrame({ payload }))));
    expect((await client.nextFrame()).closeCode).toBe(1011);
    expect(heard).toEqual(["1", "2"]);
  });

  it("V-35 an error hook or close hook that throws is logged, and nothing else happens", async () => {
    const served = await serve({}, (server) => {
      server.route("/", { message: boom, error: tick, close: boom });
    });
    const client = await served.open("/");
    client.writeFrame({ payload: "x" });
    expect((await client.nextFrame()).closeCode).toBe(1011);
    client.destroy();
    await expect.poll(() => served.lines.error.join("\n")).toMatch(/the error hook of route \/ threw/);
    await expect.poll(() => served.lines.error.join("\n")).toMatch(/the close hook of route \/ threw/);
    expect(served.server.sockets.size).toBe(0);
  });
});

describe("topics", () => {
  it("reach every subscriber but the excepted one, with frames that are the same bytes", async () => {
    const { server, open } = await serve({}, (it) =>
      it.route("/:room", {
        open: (socket) => void socket.subscribe(socket.params.room),
        message: (socket, data) =>
          void socket.send(String(server.publish(socket.params.room, data, { except: socket }))),
      }),
    );
    const [a, b, c] = await Promise.all([open("/x"), open("/x"), open("/y")]);
    a?.writeFrame({ payload: "hello" });
    expect((await b?.nextFrame())?.text).toBe("hello");
    expect((await a?.nextFrame())?.text).toBe("1");
    expect(server.publish("y", Buffer.from([1, 2, 3]))).toBe(1);
    const frame = await c?.nextFrame();
    expect([frame?.opcode, [...(frame?.payload ?? [])]]).toEqual([2, [1, 2, 3]]);
    expect(server.publish("nobody", "x")).toBe(0);
  });

  it("V-31 named like object members are plain topics", async () => {
    const { server, open } = await serve({}, (it) =>
      it.route("/:topic", { open: (socket) => void socket.subscribe(socket.params.topic) }),
    );
    for (const topic of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(server.publish(topic, "nobody")).toBe(0);
      const client = await open(`/${topic}`);
      expect(server.publish(topic, topic)).toBe(1);
      expect((await client.nextFrame()).text).toBe(topic);
    }
  });

  it("are refused beyond the limit, and by sockets that are closing", async () => {
    const outcomes: unknown[] = [];
    const { open, server } = await serve({ limits: { maxTopicsPerSocket: 2 } }, (it) =>
      it.route("/", (socket) => {
        outcomes.push(socket.subscribe("a"), socket.subscribe("a"), socket.subscribe("b"), socket.topics);
        expect(() => socket.subscribe("c")).toThrow(expect.objectContaining({ code: "LW_SERVER_TOPIC_LIMIT" }));
        outcomes.push(socket.unsubscribe("a"), socket.unsubscribe("a"));
        socket.close();
        outcomes.push(socket.subscribe("d"));
      }),
    );
    await (await open("/")).nextFrame();
    expect(outcomes).toEqual([true, false, true, ["a", "b"], true, false, false]);
    expect(server.metrics()).toContain('longwire_limit_total{limit="maxTopicsPerSocket"} 1');
  });
});

describe("the way out", () => {
  it("P-16 drain says so at once, refuses upgrades, tells sockets, spreads 1012 over the time, drops the rest", async () => {
    const clock = new FakeClock();
    const told: unknown[] = [];
    const served = await serve({ runtime: { clock } }, (server) =>
      server.route("/", { drain: (socket) => void told.push(socket) }),
    );
    const { server, port } = served;
    const clients: RawClient[] = [];
    for (let index = 0; index < 10; index++) clients.push(await served.open("/"));
    let done = false;
    const drained = server.drain().then(() => void (done = true));
    expect(server.drain()).toBeInstanceOf(Promise);
    expect(told).toHaveLength(10);
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(503);
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const { response } = await served.ask(rawUpgradeHead("/"));
    expect(response.status).toBe(503);
    expect(response.header("retry-after")).toBeDefined();
    const closing = (): number => [...server.sockets].filter((socket) => socket.readyState !== 1).length;
    expect(closing()).toBe(0);
    // Ten seconds for ten sockets: one more each second.
    for (let second = 1; second <= 10; second++) {
      await clock.advanceAsync(1_000);
      const client = clients[second - 1] as RawClient;
      expect((await client.nextFrame()).closeCode).toBe(1012);
      expect(clients.slice(second).every((other) => other.buffered.length === 0)).toBe(true);
      // All but the last answer, so only that one has to be dropped.
      if (second < 10) client.write(rawClose(1012));
      await expect.poll(() => server.sockets.size).toBe(10 - Math.min(second, 9));
    }
    expect(done).toBe(false);
    await clock.advanceAsync(15_000);
    await clients[9]?.closed();
    await drained;
    expect(server.sockets.size).toBe(0);
    await expect(connectRaw(port)).rejects.toThrow();
  });

  it("P-16 drain ends as soon as everybody has gone", async () => {
    const { server, open } = await serve({ limits: { drainSpreadMs: 0 } });
    const client = await open("/");
    const drained = server.drain();
    expect((await client.nextFrame()).closeCode).toBe(1012);
    client.write(rawClose(1012));
    await drained;
    await client.closed();
  });

  it("P-19 close reaches upgraded sockets, of listen and attach alike, with the code asked for", async () => {
    const http = createHttpServer((_message, response) => response.end("page"));
    await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
    afterThisTest(() => http.close());
    const { server, open, port } = await serve();
    server.attach(http);
    const own = await open("/");
    const attached = await connectRaw((http.address() as AddressInfo).port);
    expect((await attached.upgrade("/")).status).toBe(101);
    const closed = server.close({ code: 1012, reason: "deploy" });
    for (const client of [own, attached]) {
      const frame = await client.nextFrame();
      expect([frame.closeCode, frame.payload.subarray(2).toString()]).toEqual([1012, "deploy"]);
      client.write(rawClose(1012));
      await client.closed();
    }
    await closed;
    expect(server.sockets.size).toBe(0);
    expect(server.address).toBeUndefined();
    await expect(connectRaw(port)).rejects.toThrow();
    // The other server goes on, without us.
    expect(await (await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`)).text()).toBe("page");
    expect(http.listenerCount("upgrade")).toBe(0);
  });

  it("P-19 close drops clients that do not answer, and handlers that never finish do not keep it", async () => {
    const clock = new FakeClock();
    const served = await serve({ runtime: { clock } }, (server) =>
      server.route("/", { message: () => new Promise(() => {}) }),
    );
    const client = await served.open("/");
    client.writeFrame({ payload: "x" });
    await expect.poll(() => served.server.metrics()).toContain('longwire_messages_total{direction="in"} 1');
    const closed = served.server.close();
    expect((await client.nextFrame()).closeCode).toBe(1001);
    await clock.advanceAsync(6_000);
    await client.closed();
    await closed;
  });

  it("works as a resource of an async block, and refuses to listen afterwards", async () => {
    const server = createServer();
    const { port } = await server.listen({ host: "127.0.0.1" });
    await expect(server.listen()).rejects.toMatchObject({ code: "LW_SERVER_LISTENING" });
    await server[Symbol.asyncDispose]();
    await expect(connectRaw(port)).rejects.toThrow();
    await expect(server.listen()).rejects.toMatchObject({ code: "LW_SERVER_CLOSED" });
  });

  it("says which port is taken", async () => {
    const { port } = await serve();
    const other = createServer();
    await expect(other.listen({ port, host: "127.0.0.1" })).rejects.toMatchObject({
      code: "LW_SERVER_ADDRESS_IN_USE",
      message: expect.stringContaining(String(port)) as string,
    });
  });
});
