import { describe, expect, test } from "vitest";
import { decodeEnvelope, EnvelopeKind, encodeEnvelope, type OpenEnvelope } from "../../../src/channels/envelope.ts";
import type { ChannelDecision } from "../../../src/channels/server-mux.ts";
import { ChannelPair } from "../../support/channel-ends.ts";
import { hex } from "../../support/byte-builder.ts";
import { deferred } from "../../support/deferred.ts";
import { settled } from "../../support/fake-clock.ts";

const nothing = new Uint8Array(0);
const open = (channel: number, more: Partial<OpenEnvelope> = {}): Uint8Array => {
  const fields = { credit: 65_536, path: "/", protocols: [], parameters: nothing, continues: false, isTopic: false };
  return encodeEnvelope({ kind: EnvelopeKind.open, channel, ...fields, ...more });
};
const reset = (channel: number): Uint8Array =>
  encodeEnvelope({ kind: EnvelopeKind.reset, channel, code: 1006, reason: "" });

/** What the server says, decoded. */
function said(pair: ChannelPair): string[] {
  pair.down.take();
  return pair.down.flight.splice(0).map((bytes) => {
    const envelope = decodeEnvelope(bytes);
    if (envelope === "unknown" || envelope.kind === "malformed") return "malformed";
    const name = Object.entries(EnvelopeKind).find(([, kind]) => kind === envelope.kind)?.[0];
    return `${name} ${envelope.channel}${"status" in envelope ? ` ${envelope.status}` : ""}`;
  });
}

describe("opening", () => {
  test("V-31 path, protocols and parameters reach the host as they are", () => {
    const pair = new ChannelPair();
    const wire = open(1, {
      continues: false,
      path: "/__proto__?x=constructor",
      protocols: ["toString", "b"],
      parameters: hex("01 02"),
    });
    pair.server.receive(wire);
    wire.fill(0);
    expect(pair.requests).toEqual([
      { continues: false, path: "/__proto__?x=constructor", protocols: ["toString", "b"], parameters: hex("01 02") },
    ]);
  });

  test("an accepted channel says so before anything that its owner sends", () => {
    const pair = new ChannelPair();
    pair.decide = (request) => {
      const acceptance = pair.acceptance(request, "b");
      if (!("accept" in acceptance)) throw new Error("not accepted");
      return {
        protocol: "b",
        accept: (channel) => {
          channel.send("first");
          return acceptance.accept(channel);
        },
      };
    };
    pair.server.receive(open(1, { protocols: ["a", "b"] }));
    expect(said(pair)).toEqual(["accept 1", "slice 1"]);
  });

  test("the host refuses, throws, or breaks its promise", async () => {
    const pair = new ChannelPair();
    const answers: (() => ChannelDecision | PromiseLike<ChannelDecision>)[] = [
      () => ({ status: 403, reason: "no" }),
      () => Promise.resolve({ status: 404, reason: "" }),
      () => {
        throw new Error("broken");
      },
      () => Promise.reject(new Error("broken")),
    ];
    pair.decide = () => (answers.shift() as () => ChannelDecision)();
    for (let id = 1; id <= 4; id++) pair.server.receive(open(id));
    await settled();
    expect(said(pair).toSorted()).toEqual(["reject 1 403", "reject 2 404", "reject 3 500", "reject 4 500"]);
    expect(pair.server.channels.length).toBe(0);
    expect(pair.server.windows.total).toBe(0);
  });

  test("topics are refused with 404, what goes on from elsewhere with 409 where nothing is movable", () => {
    const pair = new ChannelPair();
    pair.server.receive(open(1, { isTopic: true, credit: 0 }));
    pair.server.receive(open(2, { continues: true }));
    expect(said(pair)).toEqual(["reject 1 404", "reject 2 409"]);
    expect(pair.requests).toMatchObject([{ continues: true }]);
  });

  test("P-121 ids come in order and are never given again", async () => {
    const pair = new ChannelPair();
    expect(pair.server.receive(open(2))).toMatchObject({ code: "LW_CHANNEL_ORDER", closeCode: 4400 });
    expect(pair.server.receive(open(0))).toMatchObject({ code: "LW_CHANNEL_ORDER" });
    expect(pair.server.receive(open(1))).toBeUndefined();
    pair.server.receive(reset(1));
    await settled();
    expect(pair.server.receive(open(1))).toMatchObject({ code: "LW_CHANNEL_ORDER" });
    expect(pair.server.receive(open(2))).toBeUndefined();
    expect(pair.requests).toHaveLength(2);
  });

  test("P-121 a first credit that is too large is that channel's fault", () => {
    const pair = new ChannelPair();
    pair.server.receive(open(1, { credit: 2 ** 31 + 1 }));
    expect(said(pair)).toEqual(["reset 1"]);
    expect(pair.requests).toEqual([]);
    expect(pair.server.channels.length).toBe(0);
  });

  test("nothing may come before the answer, and a client that gives up is not accepted", async () => {
    const pair = new ChannelPair();
    const decision = deferred<ChannelDecision>();
    pair.decide = () => decision.promise;
    pair.server.receive(open(1));
    pair.server.receive(reset(1));
    pair.server.receive(open(2));
    pair.server.receive(hex("30 02 68"));
    decision.resolve(pair.acceptance({ path: "/", protocols: [], parameters: nothing }));
    await settled();
    expect(pair.accepted).toEqual([]);
    expect(said(pair)).toEqual(["reset 2"]);
    expect(pair.server.channels.length).toBe(0);
  });
});

describe("V-61 floods", () => {
  test("V-61 a channel beyond 64 is refused with 429, the others stay", () => {
    const pair = new ChannelPair({ opensPerSecond: 1000 });
    for (let id = 1; id <= 65; id++) pair.server.receive(open(id));
    expect(pair.accepted).toHaveLength(64);
    expect(said(pair).filter((line) => line.startsWith("reject"))).toEqual(["reject 65 429"]);
    pair.server.receive(reset(1));
    pair.server.receive(open(66));
    expect(pair.accepted).toHaveLength(65);
  });

  test("V-61 at most 50 are opened a second, 64 at once", () => {
    const pair = new ChannelPair();
    for (let id = 1; id <= 70; id++) {
      pair.server.receive(open(id));
      pair.server.receive(reset(id));
    }
    expect(pair.accepted).toHaveLength(64);
    pair.clock.advance(100);
    for (let id = 71; id <= 80; id++) {
      pair.server.receive(open(id));
      pair.server.receive(reset(id));
    }
    expect(pair.accepted).toHaveLength(69);
  });

  test("V-61 at most 16 wait for the host, those given up meanwhile included", async () => {
    const pair = new ChannelPair();
    const decisions = Array.from({ length: 18 }, () => deferred<ChannelDecision>());
    pair.decide = () => (decisions[pair.requests.length - 1] ?? deferred<ChannelDecision>()).promise;
    for (let id = 1; id <= 17; id++) {
      pair.server.receive(open(id));
      if (id < 17) pair.server.receive(reset(id));
    }
    expect(pair.requests).toHaveLength(16);
    expect(said(pair)).toEqual(["reject 17 429"]);
    decisions[0]?.resolve({ status: 404, reason: "" });
    await settled();
    pair.server.receive(open(18));
    expect(pair.requests).toHaveLength(17);
  });

  test("V-61 who asks 200 times in ten seconds for what is refused loses the session", () => {
    const pair = new ChannelPair({ opensPerSecond: 0 });
    pair.decide = () => ({ status: 404, reason: "" });
    for (let id = 1; id <= 199; id++) {
      pair.clock.advance(40);
      pair.server.receive(open(id));
      pair.down.take();
    }
    expect(pair.down.byes).toEqual([]);
    pair.server.receive(open(200));
    expect(pair.down.byes).toMatchObject([{ code: 1008 }]);
    expect(pair.server.receive(open(201))).toBeUndefined();
    expect(pair.requests).toHaveLength(200);
  });

  test("V-61 refusals that are not fetched do not pile up, however slowly they come", () => {
    const pair = new ChannelPair();
    for (let id = 1; id <= 600 && pair.down.byes.length === 0; id++) {
      pair.clock.advance(1_000);
      pair.server.receive(open(id, { isTopic: true }));
    }
    expect(pair.down.byes).toMatchObject([{ code: 1008 }]);
  });

  test("V-61 control envelopes in a flood end the session, those that data needs do not", async () => {
    const pair = new ChannelPair();
    pair.server.receive(open(1));
    for (let count = 0; count < 200; count++) pair.server.receive(hex("01 01 01"));
    expect(pair.down.byes).toEqual([]);
    for (let count = 0; count < 60; count++) pair.server.receive(hex("08 01"));
    expect(pair.down.byes).toMatchObject([{ code: 1008 }]);
    const busy = new ChannelPair();
    const { channel, far } = busy.open();
    await settled();
    for (let count = 0; count < 2_000; count++) {
      channel.send("x".repeat(2_000));
      far.channel.send("x".repeat(2_000));
      busy.exchange();
    }
    expect(busy.down.byes).toEqual([]);
    expect(far.owner.messages).toHaveLength(2_000);
  });

  test("V-61 what was counted is let go when it is over, what data has earned is not, and a later flood is one", async () => {
    const pair = new ChannelPair();
    const { far } = pair.open();
    await settled();
    expect(pair.server.wakeAt).toBeLessThan(Infinity);
    pair.clock.advance(1_000);
    pair.server.tick(pair.clock.now());
    expect(pair.server.wakeAt).toBe(Infinity);
    far.channel.send("x".repeat(40 * 1024));
    pair.exchange();
    for (let count = 0; count < 256; count++) pair.server.receive(hex("01 01 01"));
    expect(pair.down.byes).toEqual([]);
    expect(pair.server.wakeAt).toBeLessThan(pair.clock.now() + 2_560);
    for (let count = 0; count < 20; count++) pair.server.receive(hex("01 01 01"));
    expect(pair.down.byes).toMatchObject([{ code: 1008 }]);
  });

  test("V-61 what leaves at once earns as much as what is pulled", async () => {
    const allowed: number[] = [];
    for (const [messages, hasPlace] of [
      [0, false],
      [40, false],
      [40, true],
    ] as const) {
      const pair = new ChannelPair();
      const { far } = pair.open();
      await settled();
      pair.down.hasPlace = hasPlace;
      for (let count = 0; count < messages; count++) far.channel.send("x".repeat(900));
      pair.down.take();
      let count = 0;
      for (; pair.down.byes.length === 0 && count < 10_000; count++) pair.server.receive(hex("01 01 01"));
      allowed.push(count);
    }
    expect(allowed).toEqual([allowed[0], (allowed[0] ?? 0) + 10, (allowed[0] ?? 0) + 10]);
  });

  test("V-61 10,000 channels opened and dropped cost what 64 do", async () => {
    const pair = new ChannelPair();
    for (let id = 1; id <= 10_000; id++) {
      pair.clock.advance(20);
      pair.server.receive(open(id));
      pair.server.receive(reset(id));
      if (id % 1_000 === 0) await settled();
    }
    expect(pair.down.byes).toEqual([]);
    expect(pair.server.channels.length).toBe(0);
    expect(pair.server.windows.total).toBe(0);
  });
});
