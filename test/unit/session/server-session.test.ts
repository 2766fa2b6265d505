import { describe, expect, test } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import * as violations from "../../../src/session/violations.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import { bytes } from "../../support/byte-builder.ts";
import { hello, someone, TestServer } from "../../support/session-pair.ts";
import { write } from "../../support/written.ts";

const ack = (received: number) => ({ type: PacketType.ack, received }) as const;

describe("attaching", () => {
  test("I-08 an ACK confirms the newest generation; one of what was never sent closes with 4400 and confirms nothing", () => {
    const server = new TestServer();
    const first = server.open(false);
    expect([server.session.state, server.session.confirmed]).toEqual(["offered", 0]);
    first.say(ack(1));
    expect([server.session.state, server.session.confirmed, first.link.closed]).toEqual(["parked", 0, "4400"]);
    const second = server.resume(first.ticket, 2);
    second.say(ack(0));
    expect([server.session.state, server.session.confirmed]).toEqual(["live", 2]);
  });

  test("F-38 I-11 a resume fences the older transport in the same turn: what still comes on it does not count", () => {
    const server = new TestServer();
    const older = server.open();
    older.data("a");
    const newer = server.resume(older.ticket, 2);
    expect([older.link.closed, newer.resumed?.received]).toEqual(["4409", 1]);
    older.data("late");
    newer.say(ack(0));
    newer.data("b");
    expect([server.user.received, server.user.life]).toEqual([["a", "b"], ["attached"]]);
  });

  test("I-02 what the client lacks is replayed at once, from where RESUMED says, and nothing else", () => {
    const server = new TestServer();
    const first = server.open();
    server.user.say("a", "b", "c");
    first.say(ack(1));
    const second = server.resume(first.ticket, 2, 2);
    expect([second.resumed?.from, second.link.texts]).toEqual([3, ["c"]]);
    // Behind an ACK: what the client said on the older transport counts.
    const third = server.resume(first.ticket, 3, 0);
    expect([third.resumed?.from, third.link.texts]).toEqual([2, ["b", "c"]]);
  });

  test("I-08 a RESUME trims nothing", () => {
    const server = new TestServer();
    const first = server.open();
    server.user.say("a", "b");
    server.resume(first.ticket, 2, 2);
    expect(server.session.unacknowledgedCount).toBe(2);
    expect(server.resume(first.ticket, 3, 0).link.texts).toEqual(["a", "b"]);
  });

  test("I-02 an offered session whose transport is lost keeps its ticket, and every one since the confirmed", () => {
    const server = new TestServer();
    const { ticket } = server.open();
    const second = server.resume(ticket, 2);
    second.attachment.receiveClosed(1006, "");
    const third = server.resume(ticket, 3);
    expect([third.resumed?.received, server.session.state]).toEqual([0, "offered"]);
    third.attachment.receiveClosed(1006, "");
    const fourth = server.resume(second.resumed?.ticket ?? ticket, 4);
    expect(fourth.resumed).toBeDefined();
  });

  test("I-02 V-21 what was written and not sent when a transport is lost comes on the next; its memory is free at once", () => {
    const server = new TestServer();
    const { ticket, attachment } = server.open();
    const memory = server.session.place()?.memory;
    write(server.session.place(), "a");
    attachment.receiveClosed(1006, "");
    expect([server.session.place(), server.session.unacknowledgedCount]).toEqual([undefined, 1]);
    const other = new TestServer();
    other.open();
    expect(other.session.place()?.memory).toBe(memory);
    expect(server.resume(ticket, 2).link.texts).toEqual(["a"]);
  });

  test("V-52 DATA before the ACK of a resume closes with 4400", () => {
    const server = new TestServer();
    const { ticket } = server.open();
    const { link, data } = server.resume(ticket, 2);
    data("hasty");
    expect([link.closed, server.user.received, server.session.state]).toEqual(["4400", [], "parked"]);
  });

  test("I-04 an ACK ahead of a replay that waits for room leaves no hole in the numbers", () => {
    const server = new TestServer();
    const first = server.open();
    server.user.say("a", "b", "c");
    const second = server.dial();
    second.link.pendingBytes = 1e6;
    second.say({
      type: PacketType.resume,
      version: 1,
      ticket: first.ticket,
      attempt: 2,
      received: 0,
      token: new Uint8Array(0),
    });
    second.say(ack(2));
    second.link.pendingBytes = 0;
    second.attachment.receiveDrain();
    expect(second.link.texts).toEqual(["a", "b", "c"]);
    expect(server.session.unacknowledgedCount).toBe(1);
  });
});

describe("time", () => {
  test("an orphan that nobody confirms is forgotten after 15 s, a parked session after its window", () => {
    const server = new TestServer();
    server.open(false);
    server.clock.advance(15_250);
    expect([server.user.end?.by, server.registry.sessionCount]).toEqual(["expired", 0]);
    const { attachment } = server.open();
    attachment.receiveClosed(1006, "");
    server.clock.advance(119_000);
    expect(server.registry.sessionCount).toBe(1);
    server.clock.advance(1_500);
    expect([server.user.life, server.clock.pendingCount]).toEqual([["attached", "detached", "expired 4410"], 0]);
  });

  test("F-38 a resume in the window stops it", () => {
    const server = new TestServer({ heartbeatMs: 1e9 });
    const { attachment, ticket } = server.open();
    attachment.receiveClosed(1006, "");
    server.clock.advance(100_000);
    server.resume(ticket, 2).say(ack(0));
    server.clock.advance(200_000);
    expect(server.session.state).toBe("live");
  });

  test("F-30 a silent link is pinged, and dropped when nothing comes at all", () => {
    const server = new TestServer();
    const { link } = server.open();
    server.clock.advance(22_500);
    expect([link.last?.type, link.closed]).toEqual([PacketType.ping, undefined]);
    server.clock.advance(15_500);
    expect([link.closed, server.session.state]).toEqual(["1006", "parked"]);
  });

  test("F-30 a link that answers within a millisecond lives on", () => {
    const server = new TestServer();
    const { link, attachment } = server.open();
    const { send } = link;
    let pings = 0;
    link.send = (bytes, start, end) => {
      send.call(link, bytes, start, end);
      if (link.last?.type !== PacketType.ping) return;
      pings++;
      attachment.receive(encodePacket({ type: PacketType.pong, token: link.last.token }));
    };
    server.clock.advance(100_000);
    expect(pings).toBeGreaterThan(3);
    expect([link.closed, server.session.state]).toEqual([undefined, "live"]);
  });

  test("an ACK goes out after 32 packets, or a second after the first", () => {
    const server = new TestServer();
    const { link, data } = server.open();
    for (let count = 0; count < 31; count++) data("x");
    expect(link.last?.type).toBe(PacketType.welcome);
    data("x");
    expect(link.last).toEqual(ack(32));
    data("y");
    server.clock.advance(1_250);
    expect(link.last).toEqual(ack(33));
  });
});

describe("faults and ends", () => {
  test("an envelope the user cannot take cuts the transport, and the second time ends the session with BYE 4400", () => {
    const server = new TestServer();
    const first = server.open();
    server.user.refusal = violations.packetMalformed;
    first.data("bad");
    expect([first.link.closed, server.session.state, server.session.received]).toEqual(["4400", "parked", 0]);
    const second = server.resume(first.ticket, 2);
    second.say(ack(0));
    second.data("bad");
    expect(second.link.last).toMatchObject({ type: PacketType.bye, code: 4400 });
    expect([server.user.end?.code, server.registry.sessionCount]).toEqual([4400, 0]);
  });

  test.each([PacketType.hello, PacketType.welcome, PacketType.authed])(
    "a packet of type %i closes with 4400",
    (type) => {
      const server = new TestServer();
      const { link, attachment } = server.open();
      attachment.receive(Uint8Array.of(type, ...Array.from({ length: 40 }, () => 1)));
      expect(link.closed).toBe("4400");
    },
  );

  test("I-15 BYE from either side ends it once", () => {
    const server = new TestServer();
    const told = server.open();
    told.say({ type: PacketType.bye, code: 1000, reason: "done" });
    expect([server.user.life, told.link.closed]).toEqual([["attached", "bye 1000"], "1000"]);
    const own = server.open();
    server.session.bye(1012, "restart");
    server.session.bye(1012, "again");
    expect(own.link.last).toMatchObject({ type: PacketType.bye, code: 1012 });
    expect(server.user.life).toEqual(["attached", "local 1012"]);
    expect(server.resume(own.ticket, 2).link.last).toMatchObject({ type: PacketType.gone, reason: 1 });
  });

  test("I-12 the outbox is bounded, and fills again as room comes", () => {
    const server = new TestServer({ retainPackets: 2 });
    const { link, say } = server.open();
    server.user.say("a", "b", "c");
    expect([link.texts, server.user.waiting, server.session.retainedBytes]).toEqual([["a", "b"], ["c"], 260]);
    say(ack(1));
    expect(link.texts).toEqual(["a", "b", "c"]);
  });

  test("V-13 while the link is full only the latest PING is answered, when there is room", () => {
    const server = new TestServer();
    const { link, attachment, say } = server.open();
    const before = link.sent.length;
    link.pendingBytes = 1e6;
    for (const token of [1, 2, 3]) say({ type: PacketType.ping, token });
    expect(link.sent).toHaveLength(before);
    link.pendingBytes = 0;
    attachment.receiveDrain();
    expect(link.sent.slice(before)).toEqual([{ type: PacketType.pong, token: 3 }]);
  });
});

describe("authentication in place", () => {
  test("V-52 AUTH is answered once per id, and moves the moment the session lapses", () => {
    const server = new TestServer({ heartbeatMs: 1e9 });
    server.admission = { ...someone, expiresSeconds: 60 };
    const { link, say } = server.open();
    const auth = { type: PacketType.auth, id: 1, token: new Uint8Array(1) } as const;
    say(auth);
    say(auth);
    expect(server.auths).toHaveLength(1);
    server.clock.advance(50_000);
    server.session.completeAuth(1, { ...someone, expiresSeconds: 60 });
    expect(link.last).toEqual({ type: PacketType.authed, id: 1, status: 0, expiresSeconds: 60 });
    server.clock.advance(89_000);
    expect(server.session.state).toBe("live");
    server.clock.advance(1_500);
    expect(link.last).toMatchObject({ type: PacketType.bye, code: 4401 });
  });
});

describe("P-118 a number that is missing", () => {
  test("in a request: nothing behind it counts, and the session and its transport go on", () => {
    const server = new TestServer();
    const { attachment, courier } = server.request();
    const say = (...packets: readonly Uint8Array[]): boolean[] => {
      const body = attachment.openBody();
      return packets.map((packet) => body.receive(packet));
    };
    say(encodePacket(hello), encodePacket({ type: PacketType.at, next: 1 }), bytes(0, "a"));
    expect(say(encodePacket({ type: PacketType.at, next: 3 }), bytes(0, "c"), bytes(0, "d"))[1]).toBe(false);
    expect([attachment.hasGap, server.session.received, courier.closed]).toEqual([true, 1, undefined]);
    say(encodePacket({ type: PacketType.at, next: 2 }), bytes(0, "b"));
    expect([attachment.hasGap, server.user.received]).toEqual([false, ["a", "b"]]);
  });

  test("however often it comes, no session is lost by it", () => {
    const server = new TestServer();
    const { attachment } = server.request();
    attachment.openBody().receive(encodePacket(hello));
    for (let count = 0; count < 3; count++) {
      const body = attachment.openBody();
      body.receive(encodePacket({ type: PacketType.at, next: 9 }));
      body.receive(bytes(0, "gap"));
    }
    expect([server.session.state, server.user.received]).toEqual(["offered", []]);
  });
});

describe("leaving", () => {
  test("GOAWAY says what ends", () => {
    const server = new TestServer();
    const { link } = server.open();
    server.session.goAway(true, 15_000, 10_000);
    expect(link.last).toEqual({ type: PacketType.goAway, flags: 1, deadlineMs: 15_000, spreadMs: 10_000 });
  });

  test("one that is parked hears it when it is back, with the time that is left", () => {
    const server = new TestServer();
    const { attachment, ticket } = server.open();
    attachment.receiveClosed(1006, "");
    server.session.goAway(true, 15_000, 1_000);
    server.clock.advance(5_000);
    expect(server.resume(ticket, 2).link.last).toMatchObject({ type: PacketType.goAway, flags: 1, deadlineMs: 10_000 });
  });

  test("a transport that goes is of no concern to the next one", () => {
    const server = new TestServer();
    const { link, ticket } = server.open();
    server.session.goAway(false, 15_000, 1_000);
    expect(link.last).toMatchObject({ type: PacketType.goAway, flags: 0 });
    expect(server.resume(ticket, 2).link.last?.type).toBe(PacketType.resumed);
  });
});
