import { describe, expect, test } from "vitest";
import { createWebSocketClass, Origins } from "../../../src/client/websocket.ts";
import type { LineSocket } from "../../../src/client/line-socket.ts";
import { Outbox } from "../../../src/client/outbox/outbox.ts";
import { ClientNetwork, type SocketManner } from "../../support/client-network.ts";
import { MemoryDisk, MemoryStore } from "../../support/memory-store.ts";
import { ScriptedFetch } from "../../support/scripted-fetch.ts";

function begin(manner: SocketManner = "works"): {
  network: ClientNetwork;
  fetch: ScriptedFetch;
  WebSocket: ReturnType<typeof createWebSocketClass>;
  watch: (socket: LineSocket) => string[];
} {
  const network = new ClientNetwork();
  network.sockets = manner;
  const fetch = new ScriptedFetch();
  const origins = new Origins({
    ...network.surroundings,
    fetch: (url, init) => {
      const answer = fetch.fetch(url, init);
      if (typeof network.path === "number") void fetch.last.answer(network.path);
      else if (network.path === "none") void fetch.last.fail();
      return answer;
    },
    baseUrl: "https://page.example/dir/page",
  });
  return {
    network,
    fetch,
    WebSocket: createWebSocketClass(() => origins),
    watch: (socket) => {
      const told: string[] = [];
      socket.onopen = () => told.push(`open ${socket.protocol}`);
      socket.onmessage = ({ data }) => told.push(String(data));
      socket.onerror = () => told.push("error");
      socket.onclose = ({ code }) => told.push(`close ${String(code)}`);
      return told;
    },
  };
}

describe("the drop-in", () => {
  test("P-91 P-92 URLs are what they are to the browser's", () => {
    const { WebSocket } = begin();
    expect(new WebSocket("wss://a.example/x?y=1").url).toBe("wss://a.example/x?y=1");
    expect(new WebSocket("https://a.example/x").url).toBe("wss://a.example/x");
    expect(new WebSocket("other").url).toBe("wss://page.example/dir/other");
    for (const bad of ["ftp://a.example", "ws://a.example/#x", "ws://"]) {
      expect(() => new WebSocket(bad)).toThrow(expect.objectContaining({ name: "SyntaxError" }));
    }
    expect(() => new WebSocket("ws://a.example", ["a", "a"])).toThrow(expect.objectContaining({ name: "SyntaxError" }));
    expect([WebSocket.OPEN, WebSocket.prototype.CLOSED]).toEqual([1, 3]);
  });

  test("sockets to one origin share a connection; the first finds out for the others", async () => {
    const { network, WebSocket, watch } = begin();
    const sockets = ["/a", "/b", "/c"].map((path) => new WebSocket(`wss://a.example${path}`, ["chat.v1"]));
    const told = sockets.map(watch);
    await network.clock.advanceAsync(500);
    for (const [index, socket] of sockets.entries()) socket.send(String(index));
    await network.clock.advanceAsync(500);
    expect(told).toEqual([
      ["open chat.v1", "0"],
      ["open chat.v1", "1"],
      ["open chat.v1", "2"],
    ]);
    expect(network.dialled).toEqual([{ url: "wss://a.example/a", protocols: ["chat.v1", "longwire.1"] }]);
  });

  test("F-39 where a request found the server, no WebSocket is dialled again before there is a session", async () => {
    const { network, fetch, WebSocket, watch } = begin("refuse");
    watch(new WebSocket("wss://a.example/x"));
    await network.clock.advanceAsync(15);
    await fetch.last.answer(200, [Uint8Array.of(5, 0x4c, 0x57, 1, 1)]);
    await network.clock.advanceAsync(0);
    expect(fetch.requests.map(({ action }) => action)).toEqual(["probe", "stream"]);
    // What is opened goes out with the HELLO.
    expect(Buffer.from(fetch.last.init.body ?? "").toString("latin1")).toContain("/x");
    // With our name and without it.
    expect(network.dialled).toHaveLength(2);
  });

  test("origins do not share", async () => {
    const { network, WebSocket, watch } = begin();
    watch(new WebSocket("wss://a.example/x"));
    watch(new WebSocket("wss://a.example:8443/x"));
    await network.clock.advanceAsync(500);
    expect(network.dialled).toHaveLength(2);
  });

  test("a plain server is spoken to plainly, each socket for itself, and asked only once what it is", async () => {
    const { network, fetch, WebSocket, watch } = begin("echo");
    const [first, second] = [watch(new WebSocket("wss://a.example/1")), watch(new WebSocket("wss://a.example/2"))];
    await network.clock.advanceAsync(500);
    expect([first, second]).toEqual([
      ["open ", "welcome to my server"],
      ["open ", "welcome to my server"],
    ]);
    expect([network.dialled.length, fetch.requests.length]).toEqual([2, 0]);
  });

  test("one that fails a handshake with our name in it is not offered that again, and nobody waits for anybody", async () => {
    const { network, fetch, WebSocket, watch } = begin("strict");
    const told = ["/1", "/2", "/3"].map((path) => watch(new WebSocket(`wss://a.example${path}`)));
    await network.clock.advanceAsync(10);
    await fetch.last.fail();
    await network.clock.advanceAsync(50);
    expect(told).toEqual([["open "], ["open "], ["open "]]);
    expect(network.dialled.map(({ protocols }) => protocols)).toEqual([["longwire.1"], [], [], []]);
    // Where nothing answers any more, something else may.
    network.sockets = "refuse";
    const lost = watch(new WebSocket("wss://a.example/4"));
    await network.clock.advanceAsync(20);
    expect(lost).toEqual(["error", "close 1006"]);
    network.sockets = "works";
    const last = watch(new WebSocket("wss://a.example/5"));
    await network.clock.advanceAsync(200);
    expect([last, network.registry.sessionCount, fetch.requests.length]).toEqual([["open "], 1, 1]);
  });

  test("nothing there: error and close 1006, as the browser's", async () => {
    const { network, fetch, WebSocket, watch } = begin("refuse");
    const socket = new WebSocket("wss://a.example/1");
    const told = watch(socket);
    await network.clock.advanceAsync(15);
    await fetch.last.fail();
    await network.clock.advanceAsync(100);
    expect([told, socket.cause?.code]).toEqual([["error", "close 1006"], "LW_CLIENT_UNREACHABLE"]);
  });

  test.each([403, 404, 502])(
    "somebody there who takes no WebSocket: what was answered is said (%i)",
    async (status) => {
      const { network, fetch, WebSocket, watch } = begin("refuse");
      const socket = new WebSocket("wss://a.example/1");
      const told = watch(socket);
      await network.clock.advanceAsync(15);
      await fetch.last.answer(status);
      await network.clock.advanceAsync(100);
      expect([told, socket.cause?.message]).toEqual([["error", "close 1006"], expect.stringContaining(String(status))]);
      expect(socket.cause?.message).not.toContain("could not be reached");
    },
  );

  test("P-98 close() while connecting: error and close 1006, in a later turn, and the next one finds out", async () => {
    const { network, WebSocket, watch } = begin();
    const socket = new WebSocket("wss://a.example/1");
    const [given, next] = [watch(socket), watch(new WebSocket("wss://a.example/2"))];
    socket.close();
    expect([socket.readyState, given]).toEqual([2, []]);
    await network.clock.advanceAsync(500);
    expect([given, next]).toEqual([["error", "close 1006"], ["open "]]);
  });
});

describe("the drop-in with an outbox", () => {
  const create = (): { outbox: Outbox; disk: MemoryDisk } => {
    const disk = new MemoryDisk();
    return { disk, outbox: new Outbox(new MemoryStore(disk), {}) };
  };

  test("a server that does not speak Longwire gets nothing of it, and the socket says why", async () => {
    const { network, WebSocket, watch } = begin("plain");
    const { outbox, disk } = create();
    const socket = new WebSocket("wss://a.example/x", ["chat.v1"], { outbox });
    const told = watch(socket);
    socket.send("1");
    await network.clock.advanceAsync(500);
    expect([told, socket.cause?.code, disk.texts]).toEqual([["error", "close 1006"], "LW_OUTBOX_REFUSED", ["1"]]);
    expect(network.dialledSockets.map(({ isClosed }) => isClosed)).toEqual([true]);
  });

  test("nor does a Longwire server whose routes know nothing of outboxes", async () => {
    const { network, WebSocket, watch } = begin();
    const { outbox, disk } = create();
    for (const path of ["/a", "/b"]) {
      const socket = new WebSocket(`wss://a.example${path}`, [], { outbox });
      const told = watch(socket);
      await network.clock.advanceAsync(500);
      expect([told, socket.cause?.code]).toEqual([["error", "close 1006"], "LW_OUTBOX_REFUSED"]);
    }
    expect([network.heard, disk.texts]).toEqual([[], []]);
  });
});

describe("a server that spoke Longwire and does so no more", () => {
  /** Another server was put in its place, with which nothing of ours can be done. */
  function replace(network: ClientNetwork, manner: SocketManner): void {
    network.sockets = manner;
    network.path = 404;
    network.cut();
  }

  test.each(["echo", "silent"] as const)(
    "%s, and requests are answered by a stranger: open sockets end once, with a cause, and new ones are plain",
    async (manner) => {
      const { network, fetch, WebSocket, watch } = begin();
      const socket = new WebSocket("wss://a.example/1");
      const told = watch(socket);
      await network.clock.advanceAsync(500);
      replace(network, manner);
      await network.clock.advanceAsync(5_000);
      expect([told, socket.cause?.code]).toEqual([["open ", "error", "close 1006"], "LW_CLIENT_FOREIGN"]);
      const next = watch(new WebSocket("wss://a.example/2"));
      await network.clock.advanceAsync(2_000);
      expect(next[0]).toBe("open ");
      const last = watch(new WebSocket("wss://a.example/3"));
      await network.clock.advanceAsync(2_000);
      expect([last[0], fetch.of("stream").length]).toEqual(["open ", 1]);
    },
  );

  test("what cannot be told from a WebSocket that is blocked: they end when the server no longer has the session, not before", async () => {
    const { network, WebSocket, watch } = begin();
    const socket = new WebSocket("wss://a.example/1");
    const told = watch(socket);
    await network.clock.advanceAsync(500);
    replace(network, "strict");
    await network.clock.advanceAsync(119_000);
    expect(told).toEqual(["open "]);
    await network.clock.advanceAsync(32_000);
    expect([told, socket.cause?.code]).toEqual([["open ", "error", "close 1006"], "LW_CLIENT_FOREIGN"]);
    const next = watch(new WebSocket("wss://a.example/2"));
    await network.clock.advanceAsync(500);
    expect(next).toEqual(["open "]);
  });

  test("a socket that is opened before anybody knows ends as well, and the one after it is plain", async () => {
    const { network, WebSocket, watch } = begin();
    const first = new WebSocket("wss://a.example/1");
    watch(first);
    await network.clock.advanceAsync(500);
    first.close();
    await network.clock.advanceAsync(10_000);
    replace(network, "echo");
    const second = new WebSocket("wss://a.example/2");
    const told = watch(second);
    await network.clock.advanceAsync(5_000);
    expect([told, second.cause?.code]).toEqual([["error", "close 1006"], "LW_CLIENT_FOREIGN"]);
    const third = watch(new WebSocket("wss://a.example/3"));
    await network.clock.advanceAsync(500);
    expect(third).toEqual(["open ", "welcome to my server"]);
  });

  test("rolled forward again, new sockets share a line again", async () => {
    const { network, WebSocket, watch } = begin();
    watch(new WebSocket("wss://a.example/1"));
    await network.clock.advanceAsync(500);
    replace(network, "echo");
    await network.clock.advanceAsync(5_000);
    network.sockets = "works";
    const [second, third] = ["/2", "/3"].map((path) => watch(new WebSocket(`wss://a.example${path}`)));
    const dialled = network.dialled.length;
    await network.clock.advanceAsync(500);
    expect([second, third, network.dialled.length - dialled]).toEqual([["open "], ["open "], 0]);
  });

  test.each([
    ["a gateway that does not reach it", 502, "silent"],
    ["one that has no time", 503, "silent"],
    ["nothing but silence", "none", "silent"],
    ["nothing at all", "none", "refuse"],
  ] as const)("F-27 %s proves nothing, and is waited for", async (_name, path, manner) => {
    const { network, WebSocket, watch } = begin();
    const told = watch(new WebSocket("wss://a.example/1"));
    await network.clock.advanceAsync(500);
    Object.assign(network, { path, sockets: manner });
    network.cut();
    await network.clock.advanceAsync(80_000);
    network.sockets = "works";
    await network.clock.advanceAsync(35_000);
    expect([told, network.registry.sessionCount]).toEqual([["open "], 1]);
  });
});
