import { describe, expect, test } from "vitest";
import { WebSocketLine, type LineOptions } from "../../../src/client/line.ts";
import type { LineSocket } from "../../../src/client/line-socket.ts";
import { ClientNetwork } from "../../support/client-network.ts";

function begin(
  prepare: (network: ClientNetwork) => void = () => {},
  options: LineOptions = {},
): { network: ClientNetwork; line: WebSocketLine; socket: LineSocket; closes: string[] } {
  const network = new ClientNetwork();
  prepare(network);
  const line = new WebSocketLine("https://a.example", options, network.surroundings, network.createDetours);
  const socket = line.open("/a");
  const closes: string[] = [];
  socket.onclose = ({ code }) => closes.push(`${String(code)} ${socket.cause?.code ?? ""}`);
  return { network, line, socket, closes };
}

describe("the ladder of wire/session-v1 §4.6", () => {
  test("WebSocket that greets within its head start is asked, and nothing else", async () => {
    const { network, line } = begin();
    await network.clock.advanceAsync(10_000);
    expect([network.tried, line.transport]).toEqual([["websocket"], "websocket"]);
  });

  test("F-39 refused, the next one is asked at once", async () => {
    const { network, line } = begin((it) => (it.sockets = "refuse"));
    await network.clock.advanceAsync(100);
    expect([network.tried, line.transport]).toEqual([["websocket", "stream"], "stream"]);
  });

  test("F-39 silent, the next one is asked as soon as a GREET is late", async () => {
    const { network, line } = begin((it) => (it.sockets = "silent"));
    await network.clock.advanceAsync(69);
    expect(network.tried).toEqual(["websocket"]);
    await network.clock.advanceAsync(60);
    expect([network.tried, line.transport]).toEqual([["websocket", "stream"], "stream"]);
  });

  test("F-39 neither open nor refused, the next one is asked after the head start of 300 ms", async () => {
    const { network, line } = begin((it) => {
      const { clock } = it;
      it.sockets = "silent";
      clock.schedule(1, () => {
        for (const socket of it.dialledSockets) socket.onopen = null;
      });
    });
    await network.clock.advanceAsync(295);
    expect(network.tried).toEqual(["websocket"]);
    await network.clock.advanceAsync(60);
    expect([network.tried, line.transport]).toEqual([["websocket", "stream"], "stream"]);
  });

  test.each(["refuse", "silent"] as const)(
    "%s, and a token that takes longer than every head start: the stream waits for it and is not passed over",
    async (manner) => {
      let give = (_token: string): void => {};
      const token = (): Promise<string> => new Promise((resolve) => (give = resolve));
      const { network, line } = begin((it) => (it.sockets = manner), { token });
      await network.clock.advanceAsync(5_000);
      expect(network.tried).toEqual(["websocket"]);
      give("late");
      await network.clock.advanceAsync(100);
      expect([network.tried, line.transport]).toEqual([["websocket", "stream"], "stream"]);
    },
  );

  test("F-39 mute after its greeting, it is given up after a second, and again when it is tried from below", async () => {
    const { network, line, closes } = begin((it) => (it.sockets = "mute"));
    await network.clock.advanceAsync(1_200);
    expect([network.tried, line.transport]).toEqual([["websocket", "stream"], "stream"]);
    // Neither its PING nor anything else is answered: the session never notices.
    await network.clock.advanceAsync(60_000);
    expect(network.tried.filter((kind) => kind === "websocket").length).toBeGreaterThan(1);
    expect([line.transport, closes]).toEqual(["stream", []]);
  });

  test("a slow link: the HELLO that is on its way is waited for, and no second one makes a session for nobody", async () => {
    const { network, line } = begin((it) => (it.latencyMs = 250));
    await network.clock.advanceAsync(10_000);
    expect(network.sessions).toHaveLength(1);
    expect([network.tried, line.transport]).toEqual([["websocket", "stream"], "websocket"]);
  });

  test("a slow link whose stream is mute, or breaks: what greeted meanwhile is asked before anything else", async () => {
    for (const breaks of [false, true]) {
      const { network, line } = begin((it) => {
        it.latencyMs = 250;
        it.requests.stream = "mute";
      });
      await network.clock.advanceAsync(800);
      expect([network.tried, network.sessions]).toEqual([["websocket", "stream"], []]);
      if (breaks) network.open.find(({ kind }) => kind === "stream")?.cut();
      await network.clock.advanceAsync(breaks ? 600 : 1_600);
      expect([network.tried, line.transport]).toEqual([["websocket", "stream"], "websocket"]);
      expect(network.sessions).toHaveLength(1);
    }
  });

  test("a stream that is mute as well, and then one that waits", async () => {
    const { network, line } = begin((it) => {
      it.sockets = "refuse";
      it.requests.stream = "mute";
    });
    await network.clock.advanceAsync(1_200);
    expect([network.tried, line.transport]).toEqual([["websocket", "stream", "longpoll"], "longpoll"]);
  });

  test("where other tabs hold all the requests that a browser bears, it polls", async () => {
    const { network, line } = begin((it) => {
      it.sockets = "refuse";
      it.hasSeat = false;
    });
    await network.clock.advanceAsync(500);
    expect([network.tried, line.transport]).toEqual([["websocket", "poll"], "poll"]);
  });

  test("F-39 it climbs back within 60 s after a block ends, with nothing lost and no close", async () => {
    const { network, line, socket, closes } = begin((it) => (it.sockets = "refuse"));
    const got: string[] = [];
    socket.onmessage = ({ data }) => got.push(String(data));
    await network.clock.advanceAsync(300);
    socket.send("1");
    await network.clock.advanceAsync(100_000);
    network.sockets = "works";
    await network.clock.advanceAsync(60_000);
    socket.send("2");
    await network.clock.advanceAsync(500);
    expect([line.transport, got, closes]).toEqual(["websocket", ["1", "2"], []]);
    expect(network.registry.sessionCount).toBe(1);
  });

  test("it does not climb while nobody looks", async () => {
    const { network } = begin((it) => {
      it.sockets = "refuse";
      it.page.isHidden = true;
    });
    await network.clock.advanceAsync(300_000);
    expect(network.tried).toEqual(["websocket", "stream"]);
    network.page.isHidden = false;
    network.owner?.receiveHidden(false);
    await network.clock.advanceAsync(100);
    expect(network.tried).toEqual(["websocket", "stream", "websocket"]);
  });

  test("what worked is where the next one starts, until the network is another", async () => {
    const { network } = begin((it) => (it.sockets = "refuse"));
    await network.clock.advanceAsync(1_000);
    expect(network.memory.get("path https://a.example")).toMatch(/^stream \d+$/);
    network.tried.length = 0;
    network.cut();
    await network.clock.advanceAsync(200);
    expect(network.tried).toEqual(["stream"]);
    network.owner?.receiveNetworkChanged();
    network.cut();
    await network.clock.advanceAsync(1_000);
    expect(network.tried[1]).toBe("websocket");
  });

  test("a WebSocket that dies young twice is left alone for five minutes", async () => {
    const { network, line } = begin();
    await network.clock.advanceAsync(2_000);
    network.cut();
    await network.clock.advanceAsync(5_000);
    network.cut();
    await network.clock.advanceAsync(5_000);
    expect([line.transport, network.tried]).toEqual(["stream", ["websocket", "websocket", "stream"]]);
    await network.clock.advanceAsync(240_000);
    expect(network.tried).toHaveLength(3);
    await network.clock.advanceAsync(120_000);
    expect(line.transport).toBe("websocket");
  });
});

test("a network that changes while the session moves up: the WebSocket dialled beside is given up, and others come after", async () => {
  const { network, line } = begin((it) => (it.sockets = "refuse"));
  await network.clock.advanceAsync(1_000);
  network.sockets = "works";
  network.owner?.receiveOnline(true);
  // Greeted after 30 ms and proven after 50: while RESUME is unanswered another one is dialled.
  await network.clock.advanceAsync(55);
  network.owner?.receiveNetworkChanged();
  await network.clock.advanceAsync(2_000);
  expect([line.transport, network.tried]).toEqual(["websocket", ["websocket", "stream", "websocket", "websocket"]]);
  expect(network.dialledSockets.at(-1)?.isClosed).toBe(true);
  network.cut();
  await network.clock.advanceAsync(200);
  expect([line.transport, network.tried.at(-1)]).toEqual(["websocket", "websocket"]);
});

test("what carries the session breaks while a WebSocket beside it is greeted and mute: when nothing else works it is no reason to wait", async () => {
  const { network, line } = begin((it) => (it.sockets = "refuse"));
  await network.clock.advanceAsync(1_000);
  network.sockets = "mute";
  network.owner?.receiveHidden(false);
  // Greeted after 30 ms, and asked for a PONG that does not come.
  await network.clock.advanceAsync(55);
  network.requests = { stream: 1006, longpoll: 1006, poll: 1006 };
  network.open.find(({ kind }) => kind === "stream")?.cut();
  await network.clock.advanceAsync(500);
  expect([line.transport, network.tried.slice(-3)]).toEqual([undefined, ["stream", "longpoll", "poll"]]);
  // Long before the server gives up a WebSocket that says nothing.
  network.sockets = "works";
  await network.clock.advanceAsync(3_000);
  expect(line.transport).toBe("websocket");
});

test("F-39 a page that is put away while it asks begins anew when it is back, on whatever works then", async () => {
  const { network, line } = begin((it) => {
    it.sockets = "refuse";
    it.requests.stream = "mute";
  });
  await network.clock.advanceAsync(100);
  expect(network.tried).toEqual(["websocket", "stream"]);
  network.page.isAway = true;
  network.owner?.receiveLeft();
  await network.clock.advanceAsync(60_000);
  network.page.isAway = false;
  network.requests.stream = "works";
  network.owner?.receiveReturned();
  await network.clock.advanceAsync(500);
  expect([line.transport, network.tried]).toEqual(["stream", ["websocket", "stream", "websocket", "stream"]]);
});

describe("when nothing works", () => {
  const nothing = (it: ClientNetwork): void => {
    it.sockets = "refuse";
    it.requests = { stream: 1006, longpoll: 1006, poll: 1006 };
  };

  test("F-27 it goes on with growing pauses, never more than 30 s, and is there when something works again", async () => {
    const { network, line, closes } = begin(nothing);
    await network.clock.advanceAsync(10 * 60_000);
    const rounds = network.tried.filter((kind) => kind === "websocket").length;
    expect(rounds).toBeGreaterThan(15);
    expect(rounds).toBeLessThan(80);
    network.sockets = "works";
    await network.clock.advanceAsync(31_000);
    expect([line.transport, closes]).toEqual(["websocket", []]);
  });

  test("a page that nobody sees tries every half minute at most, and at once when it is seen", async () => {
    const { network } = begin((it) => {
      nothing(it);
      it.page.isHidden = true;
    });
    await network.clock.advanceAsync(5 * 60_000);
    const rounds = network.tried.filter((kind) => kind === "websocket").length;
    expect(rounds).toBeLessThanOrEqual(10);
    network.sockets = "works";
    network.page.isHidden = false;
    network.owner?.receiveHidden(false);
    await network.clock.advanceAsync(100);
    expect(network.registry.sessionCount).toBe(1);
  });

  test("a server that is overloaded is not asked on the next rung, but later", async () => {
    const { network, line } = begin((it) => {
      it.sockets = "refuse";
      it.requests.stream = 1013;
    });
    await network.clock.advanceAsync(20);
    expect(network.tried).toEqual(["websocket", "stream"]);
    network.requests.stream = "works";
    await network.clock.advanceAsync(2_000);
    expect([line.transport, network.tried.includes("longpoll")]).toEqual(["stream", false]);
  });
});

describe("tokens", () => {
  test("V-52 one that is refused is fetched anew, once; the second refusal ends it", async () => {
    let count = 0;
    const { network, closes } = begin((it) => (it.admission = { closeCode: 4401, reason: "" }), {
      token: () => `token ${String(++count)}`,
    });
    await network.clock.advanceAsync(60_000);
    expect([network.tokens, closes]).toEqual([["token 1", "token 2"], ["1006 LW_CHANNEL_SESSION_ENDED"]]);
  });

  test("one that is forbidden as well: another principal's may not be", async () => {
    const { network, closes } = begin((it) => (it.admission = { closeCode: 4403, reason: "" }), { token: () => "t" });
    await network.clock.advanceAsync(60_000);
    expect([network.tokens, closes]).toEqual([["t", "t"], ["1006 LW_CHANNEL_SESSION_ENDED"]]);
  });

  test("a provider that fails is asked again, and may recover", async () => {
    let fails = 3;
    const { network, line, closes } = begin(undefined, {
      token: () => (fails-- > 0 ? Promise.reject(new Error("no")) : Promise.resolve("at last")),
    });
    await network.clock.advanceAsync(20_000);
    expect([network.tokens, line.transport, closes]).toEqual([["at last"], "websocket", []]);
  });

  test.each([
    [undefined, 30_000],
    [2_000, 2_000],
  ])("one that never answers is asked again after its time (%s)", async (tokenTimeoutMs, timeMs) => {
    let calls = 0;
    const token = (): Promise<string> => (++calls === 1 ? new Promise(() => {}) : Promise.resolve("at last"));
    const { network, line, closes } = begin(undefined, { token, tokenTimeoutMs });
    await network.clock.advanceAsync(timeMs - 100);
    expect(calls).toBe(1);
    await network.clock.advanceAsync(5_000);
    expect([network.tokens, line.transport, closes]).toEqual([["at last"], "websocket", []]);
  });

  test("V-52 before it lapses a new one is shown in place", async () => {
    let count = 0;
    const { network, line, closes } = begin(
      (it) => (it.admission = { principal: "p", origin: undefined, expiresSeconds: 100 }),
      { token: () => `token ${String(++count)}` },
    );
    await network.clock.advanceAsync(300_000);
    expect(network.tokens.slice(0, 4)).toEqual(["token 1", "token 2", "token 3", "token 4"]);
    expect([line.transport, closes, network.tried]).toEqual(["websocket", [], ["websocket"]]);
  });
});

test("GOAWAY of the transport: another one is made first, then the old one is left", async () => {
  const { network, line, socket, closes } = begin();
  const got: string[] = [];
  socket.onmessage = ({ data }) => got.push(String(data));
  socket.addEventListener("suspend", () => got.push("suspend"));
  await network.clock.advanceAsync(200);
  network.sessions[0]?.goAway(false, 15_000, 1_000);
  await network.clock.advanceAsync(3_000);
  socket.send("hi");
  await network.clock.advanceAsync(500);
  expect([network.tried, line.transport, got, closes]).toEqual([["websocket", "websocket"], "websocket", ["hi"], []]);
  expect(network.sessions[0]?.generation).toBe(2);
});

test("hurry while a WebSocket is proven beside the session: one that stays mute is given up all the same, and dialled again", async () => {
  const { network, line } = begin((it) => (it.sockets = "refuse"));
  await network.clock.advanceAsync(1_000);
  network.sockets = "mute";
  network.owner?.receiveOnline(true);
  await network.clock.advanceAsync(100);
  network.owner?.receiveHidden(false);
  await network.clock.advanceAsync(5_000);
  expect(network.dialledSockets.at(-1)?.isClosed).toBe(true);
  network.sockets = "works";
  network.owner?.receiveHidden(false);
  await network.clock.advanceAsync(500);
  expect(line.transport).toBe("websocket");
});
