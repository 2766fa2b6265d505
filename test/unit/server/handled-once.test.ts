import { describe, expect, test } from "vitest";
import { decodeEnvelope, EnvelopeKind } from "../../../src/channels/envelope.ts";
import { decodeAnswer, encodeClaim, type OutboxAnswer, type OutboxClaim } from "../../../src/channels/outbox-terms.ts";
import type { PeerHooks } from "../../../src/server/peer.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { settled } from "../../support/fake-clock.ts";
import { closeData, hello, openData, textData } from "../../support/line-client.ts";
import { type LineEnd, LineServer, type LineServerOptions } from "../../support/line-server.ts";

const confirm = { type: PacketType.ack, received: 0 } as const;
const zeros = new Uint8Array(8);

/** A client that claims outboxes and says what it wants to. */
class Claimant {
  readonly end: LineEnd;
  #lastId = 0;

  constructor(end: LineEnd) {
    this.end = end;
    end.send(hello(), confirm);
  }

  /** Asks for a channel; gives its id. */
  ask(claim: Partial<OutboxClaim> = {}, path = "/orders"): number {
    const terms = { id: new Uint8Array(16), window: zeros, first: 1, next: 1, resends: false, ...claim };
    this.end.send(openData(++this.#lastId, path, [], false, encodeClaim(terms)));
    return this.#lastId;
  }

  say(channel: number, ...texts: readonly string[]): void {
    for (const text of texts) this.end.send(textData(channel, text));
  }

  /** What ACCEPT said of the outbox. */
  answer(channel: number): OutboxAnswer | undefined {
    for (const packet of this.end.link.sent) {
      if (packet.type !== PacketType.data) continue;
      const envelope = decodeEnvelope(packet.envelope);
      if (envelope === "unknown" || envelope.kind !== EnvelopeKind.accept || envelope.channel !== channel) continue;
      return decodeAnswer(envelope.parameters);
    }
    return undefined;
  }

  told(pattern: RegExp): string[] {
    return this.end.told.filter((words) => pattern.test(words));
  }
}

function serve(hooks: PeerHooks = {}, options: LineServerOptions = {}) {
  const server = new LineServer(options);
  const heard: string[] = [];
  server.route("/orders", {
    ...hooks,
    message(socket, data) {
      heard.push(String(data));
      return hooks.message?.(socket, data);
    },
  });
  const connect = (rawHeaders: readonly string[] = []): Claimant => new Claimant(server.dial(rawHeaders));
  return { server, heard, connect };
}

/** A handler that is done when the test says so. */
function slowly(): { readonly hooks: PeerHooks; finish(): void } {
  let waiting: (() => void)[] = [];
  return {
    hooks: {
      message: () =>
        new Promise<void>((resolve) => {
          waiting.push(resolve);
        }),
    },
    finish() {
      const [first, ...rest] = waiting;
      waiting = rest;
      first?.();
    },
  };
}

describe("a channel with an outbox", () => {
  test("is told what is done with, for many messages at once or after a moment", async () => {
    const { server, heard, connect } = serve();
    const client = connect();
    const channel = client.ask();
    expect(client.answer(channel)).toMatchObject({ isKnown: false, settled: 0, called: 0 });
    client.say(channel, ...Array.from({ length: 33 }, (_, index) => String(index + 1)));
    expect(heard.length).toBe(33);
    expect(client.told(/handled/)).toEqual(["data handled 1 32"]);
    await server.clock.advanceAsync(50);
    expect(client.told(/handled/)).toEqual(["data handled 1 32", "data handled 1 33"]);
  });

  test("I-02 is not told of a message before its handler is done with it", async () => {
    const { hooks, finish } = slowly();
    const { server, heard, connect } = serve(hooks);
    const client = connect();
    const channel = client.ask();
    client.say(channel, "1", "2");
    await server.clock.advanceAsync(1_000);
    expect([heard, client.told(/handled/)]).toEqual([["1"], []]);
    finish();
    await server.clock.advanceAsync(1_000);
    expect([heard, client.told(/handled/)]).toEqual([["1", "2"], ["data handled 1 1"]]);
  });

  test("I-03 goes on behind what the handler was called with, also if it is not done with it, and after it", async () => {
    const { hooks, finish } = slowly();
    const { server, heard, connect } = serve(hooks);
    const first = connect();
    first.say(first.ask(), "1", "2", "3");
    finish();
    await server.clock.advanceAsync(1_000);
    expect(heard).toEqual(["1", "2"]);
    const { window = zeros } = first.answer(1) ?? {};
    // The client has died with all three in its store; the first session does not know yet.
    const second = connect();
    const channel = second.ask({ window, first: 1, next: 4 });
    expect(second.answer(channel)).toMatchObject({ isKnown: true, settled: 1, called: 2 });
    expect(first.told(/reset/)).toEqual(["data reset 1 4409"]);
    second.say(channel, "3");
    await server.clock.advanceAsync(1_000);
    expect([heard, second.told(/handled/)]).toEqual([["1", "2"], []]);
    finish();
    await server.clock.advanceAsync(1_000);
    expect([heard, second.told(/handled/)]).toEqual([["1", "2", "3"], ["data handled 1 2"]]);
    expect(server.metrics.outboxRepeats).toBe(2);
  });

  test("I-02 does not count what comes while the open hook is pending until the message hook is called", async () => {
    let open = (): void => {};
    const { server, heard, connect } = serve({
      open: () =>
        new Promise<void>((resolve) => {
          open = resolve;
        }),
    });
    const client = connect();
    const channel = client.ask();
    client.say(channel, "1");
    await server.clock.advanceAsync(1_000);
    const again = connect();
    const { window = zeros } = client.answer(channel) ?? {};
    again.ask({ window, first: 1, next: 2 });
    expect(again.answer(1)).toMatchObject({ isKnown: true, called: 0 });
    again.say(1, "1");
    open();
    await server.clock.advanceAsync(1_000);
    expect(heard).toEqual(["1"]);
  });

  test("I-02 does not count what waited for an open hook that has closed the socket", async () => {
    let open = (): void => {};
    const { server, heard, connect } = serve({
      async open(socket) {
        await new Promise<void>((resolve) => (open = resolve));
        socket.close(4_000);
      },
    });
    const client = connect();
    const channel = client.ask();
    client.say(channel, "1");
    open();
    await server.clock.advanceAsync(100);
    const { window = zeros } = client.answer(channel) ?? {};
    const next = client.ask({ window, first: 1, next: 2 });
    expect([heard, client.answer(next)?.isKnown, client.answer(next)?.called]).toEqual([[], true, 0]);
  });

  test("I-03 counts a message whose handler throws: it was called with it, and is not called again", async () => {
    const { server, heard, connect } = serve({
      message(_socket, data) {
        if (data === "1") throw new Error("on purpose");
      },
    });
    const client = connect();
    const channel = client.ask();
    client.say(channel, "1", "2");
    await server.clock.advanceAsync(100);
    expect([heard, client.told(/close/)]).toEqual([["1"], ["data close 1 1011"]]);
    client.end.send(closeData(channel, 1011));
    const { window = zeros } = client.answer(channel) ?? {};
    const next = client.ask({ window, first: 1, next: 3 });
    expect(client.answer(next)).toMatchObject({ isKnown: true, settled: 1, called: 1 });
  });

  test("I-02 does not count what came behind a close of the server's, which comes again", async () => {
    const { server, heard, connect } = serve({
      message: (socket) => socket.close(4_000),
    });
    const client = connect();
    const channel = client.ask();
    client.say(channel, "1", "2");
    client.end.send(closeData(channel, 4_000));
    await server.clock.advanceAsync(100);
    const { window = zeros } = client.answer(channel) ?? {};
    const next = client.ask({ window, first: 1, next: 3 });
    expect([heard, client.answer(next)?.called]).toEqual([["1"], 1]);
  });

  test("is what it is to its socket: closes, and a rate that is kept", async () => {
    const closes: number[] = [];
    const { server, heard, connect } = serve(
      { close: (_socket, code) => void closes.push(code) },
      { limits: { messagesPerSecond: 1, messageBurst: 1 } },
    );
    const client = connect();
    const channel = client.ask();
    client.say(channel, "1", "2", "3");
    await settled();
    expect(heard).toEqual(["1", "2"]);
    await server.clock.advanceAsync(2_000);
    expect(heard).toEqual(["1", "2", "3"]);
    client.end.send(closeData(channel, 4_001));
    await server.clock.advanceAsync(2_000);
    expect(closes).toEqual([4_001]);
  });
});

describe("V-61 who may claim what", () => {
  const authenticate = (request: { headers: Headers }): string => request.headers.get("x-user") ?? "";

  test("V-61 an outbox of somebody else is another one: nothing is learned of it and nothing happens to it", () => {
    const { heard, connect } = serve({}, { authenticate });
    const ada = connect(["X-User", "ada"]);
    ada.say(ada.ask(), "1", "2");
    const { window = zeros } = ada.answer(1) ?? {};
    const mallory = connect(["X-User", "mallory"]);
    mallory.ask({ window, first: 1, next: 9, resends: true });
    expect(mallory.answer(1)).toMatchObject({ isKnown: false, called: 0 });
    mallory.say(1, "forged");
    ada.say(1, "3");
    expect(heard).toEqual(["1", "2", "forged", "3"]);
    expect(ada.told(/reset/)).toEqual([]);
  });

  test("V-61 a principal who claims without end is refused at its share, others are not", () => {
    const { connect } = serve({}, { authenticate, line: { maxOutboxesPerPrincipal: 3 } });
    const [ada, mallory] = [connect(["X-User", "ada"]), connect(["X-User", "mallory"])];
    for (let count = 0; count < 5; count++) mallory.ask({ id: new Uint8Array(16).fill(count) });
    ada.ask();
    expect(mallory.told(/accept|reject/)).toEqual([
      "data accept 1",
      "data accept 2",
      "data accept 3",
      "data reject 4 429",
      "data reject 5 429",
    ]);
    expect(ada.told(/accept|reject/)).toEqual(["data accept 1"]);
  });

  test("V-61 a malformed claim is refused with 400, and the session goes on", () => {
    const { server, connect } = serve();
    const client = connect();
    client.end.send(openData(1, "/orders", [], false, Uint8Array.of(1, 2, 3)));
    client.end.send(openData(2, "/orders"));
    expect(client.told(/accept|reject/)).toEqual(["data reject 1 400", "data accept 2"]);
    expect(server.refused.join()).toContain("LW_SERVER_OUTBOX_MALFORMED");
  });

  test("a route that takes none answers as if it did not know what an outbox is, and one that does is not movable", () => {
    const { server, connect } = serve({ movable: true });
    server.route("/plain", { outbox: false, movable: true });
    const client = connect();
    client.ask({}, "/plain");
    client.ask();
    expect([client.answer(1), client.told(/accept/)]).toEqual([undefined, ["data accept 1 movable", "data accept 2"]]);
  });

  test("what is said to be handled by a client is ignored", () => {
    const { heard, connect } = serve();
    const client = connect();
    const channel = client.ask();
    client.end.send(Uint8Array.of(PacketType.data, 8, channel, 5));
    client.say(channel, "1");
    expect([heard, client.told(/reset/)]).toEqual([["1"], []]);
  });
});

test("I-12 the addresses of one IPv6 network have one share of the memory together", () => {
  const { server, connect } = serve({}, { line: { maxOutboxesPerPrincipal: 1 } });
  const ask = (remoteAddress: string, id: number): string => {
    server.remoteAddress = remoteAddress;
    const claimant = connect();
    claimant.ask({ id: new Uint8Array(16).fill(id) });
    return claimant.told(/accept|reject/).join();
  };
  expect(ask("2001:db8::1", 1)).toBe("data accept 1");
  expect(ask("2001:db8::2", 2)).toBe("data reject 1 429");
  expect(ask("2001:db8:0:1::1", 3)).toBe("data accept 1");
});
