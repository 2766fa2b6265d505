// The rows of wire/session-v1 §3.2, in their order; those of moving and resuming are in client-session.resume.test.ts.
import { describe, expect, test } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import * as violations from "../../../src/session/violations.ts";
import { bytes } from "../../support/byte-builder.ts";
import { noToken, resumed, taken, TestClient, welcome } from "../../support/test-client.ts";

const ack = (received: number) => ({ type: PacketType.ack, received }) as const;
const ping = (token: number) => ({ type: PacketType.ping, token }) as const;

describe("New and Asking", () => {
  test("V-59 a transport that is ready is asked with HELLO, which says what this side takes", () => {
    const client = new TestClient();
    const { link } = client.ask();
    expect(link.sent).toEqual([{ type: PacketType.hello, version: 1, credit: 5, maxMessageBytes: 6, token: noToken }]);
    expect(client.session.state).toBe("asking");
  });

  test("I-03 openings may follow HELLO at once, messages wait for WELCOME", () => {
    const client = new TestClient();
    client.user.opening = "open";
    client.user.say("message");
    const { link, say } = client.ask();
    expect(link.texts).toEqual(["open"]);
    say(welcome(bytes("t1")));
    expect(link.texts).toEqual(["open", "message"]);
  });

  test("WELCOME makes it live: its ticket is kept, and confirmed with an ACK before anything else", () => {
    const client = new TestClient();
    client.user.say("a");
    const { link, say } = client.ask();
    say(welcome(bytes("t1"), 60));
    expect(link.sent.slice(1).map(({ type }) => type)).toEqual([PacketType.ack, PacketType.ping, PacketType.data]);
    expect([client.session.state, client.session.ticket, client.session.terms?.maxChannels]).toEqual([
      "live",
      bytes("t1"),
      3,
    ]);
    expect(client.session.expiresAt).toBe(client.clock.now() + 60_000);
    expect([client.user.life, client.heard]).toEqual([["attached"], ["attached"]]);
  });

  test.each([4401, 4403, 1006, 4400, 1013])(
    "one that ends with %i unanswered is told, and another may be asked",
    (code) => {
      const client = new TestClient();
      client.ask().lose(code);
      expect([client.session.state, client.heard, client.user.life]).toEqual([
        "new",
        [`unanswered ${String(code)}`],
        [],
      ]);
      const second = client.ask();
      second.say(welcome(bytes("t2")));
      expect(client.session.state).toBe("live");
    },
  );

  test("I-11 asking another abandons the first: whatever it still brings does not count", () => {
    const client = new TestClient();
    const first = client.ask();
    const second = client.ask();
    expect(first.link.closed).toBe("1000");
    first.say(welcome(bytes("t1")));
    expect(client.session.state).toBe("asking");
    second.say(welcome(bytes("t2")));
    expect([client.session.ticket, client.heard]).toEqual([bytes("t2"), ["attached"]]);
  });

  test("I-02 what followed an abandoned HELLO goes out again on the next", () => {
    const client = new TestClient();
    client.user.opening = "open";
    client.ask();
    const { link } = client.ask();
    expect(link.texts).toEqual(["open"]);
  });

  test("F-47 V-33 RESUMED for a HELLO, WELCOME for a RESUME, DATA before either: a cut, no answer", () => {
    const client = new TestClient();
    const first = client.ask();
    first.say(resumed("t1", 0, 1));
    const hasty = client.ask();
    hasty.data("x");
    expect([first.link.closed, hasty.link.closed, client.session.state]).toEqual(["4400", "4400", "new"]);
    client.cut();
    const wrong = client.ask();
    wrong.say(welcome(bytes("t9")));
    expect([wrong.link.closed, client.session.state, client.session.ticket]).toEqual(["4400", "cut", bytes("t1")]);
    expect(client.user.received).toEqual([]);
  });
});

describe("Live", () => {
  test("I-03 I-04 DATA is delivered when it is the next, dropped when it was before, a cut when one is missing", () => {
    const client = new TestClient();
    const first = client.live();
    first.data("a");
    first.data("b");
    first.lose();
    const second = client.ask();
    // The server did not hear that b was taken over: it sends from there.
    second.say(resumed("t2", 0, 2));
    second.data("b again");
    second.data("c");
    expect(client.user.received).toEqual(["a", "b", "c"]);
    const { attachment, courier } = new TestClient().liveRequests("longpoll");
    const body = attachment.openBody();
    body.receive(Uint8Array.of(PacketType.at, 2));
    expect(body.receive(bytes(0, "gap"))).toBe(false);
    expect(courier.closed).toBe("4400");
  });

  test("I-08 an ACK of what was never sent is a cut", () => {
    const client = new TestClient();
    const { link, say } = client.live();
    say(ack(1));
    expect([link.closed, client.session.state, client.heard]).toEqual(["4400", "cut", ["attached", "cut 4400"]]);
  });

  test.each([1000, 1006, 4400, 4409, 4410, 4401])(
    "a transport that ends with %i is a cut, whatever the code",
    (code) => {
      const client = new TestClient();
      client.live().lose(code);
      expect([client.session.state, client.heard.at(-1), client.user.life]).toEqual([
        "cut",
        `cut ${String(code)}`,
        ["attached", "detached"],
      ]);
    },
  );

  test("V-13 a PING is answered, and what nobody may send to a client is a cut", () => {
    const client = new TestClient();
    const { link, say } = client.live();
    say(ping(7));
    expect(link.last).toEqual({ type: PacketType.pong, token: 7 });
    say({ type: PacketType.auth, id: 1, token: noToken });
    expect([link.closed, client.session.state]).toEqual(["4400", "cut"]);
  });

  test("GOAWAY is the owner's to judge", () => {
    const client = new TestClient();
    const { say } = client.live();
    const packet = { type: PacketType.goAway, flags: 1, deadlineMs: 15_000, spreadMs: 10_000 } as const;
    say(packet);
    expect([client.goAways, client.session.state]).toEqual([[packet], "live"]);
  });

  test("I-12 the outbox is bounded: what does not fit waits with the user", () => {
    const client = new TestClient({ retainPackets: 2 });
    const { link, say } = client.live();
    client.user.say("a", "b", "c");
    expect([link.texts, client.user.waiting]).toEqual([["a", "b"], ["c"]]);
    say(ack(1));
    expect([link.texts, client.session.unacknowledgedCount]).toEqual([["a", "b", "c"], 2]);
  });

  test("it may leave when what was sent is acknowledged, or goes before a BYE on the same link", () => {
    const client = new TestClient();
    const { lose } = client.live();
    expect(client.session.mayLeave).toBe(true);
    client.user.say("a");
    expect([client.session.unacknowledgedCount, client.session.mayLeave]).toEqual([1, true]);
    lose();
    expect(client.session.mayLeave).toBe(false);
    client.ask().say(resumed("t2", 1, 1));
    expect(client.session.mayLeave).toBe(true);
    const asking = new TestClient();
    const { attachment } = asking.liveRequests("longpoll");
    asking.user.say("a");
    taken(attachment);
    expect(asking.session.mayLeave).toBe(false);
    attachment.openBody().receive(encodePacket(ack(1)));
    expect(asking.session.mayLeave).toBe(true);
  });

  test("an envelope the user cannot take cuts the transport, and the second time ends the session with BYE 4400", () => {
    const client = new TestClient();
    const first = client.live();
    client.user.refusal = violations.packetMalformed;
    first.data("bad");
    expect([first.link.closed, client.session.received]).toEqual(["4400", 0]);
    const second = client.ask();
    second.say(resumed("t2", 0, 1));
    second.data("bad");
    expect(second.link.last).toMatchObject({ type: PacketType.bye, code: 4400 });
    expect([client.session.state, client.user.end?.by]).toEqual(["ended", "local"]);
  });
});

describe("requests", () => {
  test.each(["longpoll", "poll"] as const)("P-115 %s acknowledges by its cursor, not by ACK", (kind) => {
    const client = new TestClient();
    const { attachment } = client.liveRequests(kind);
    expect(taken(attachment)).toEqual([]);
    const body = attachment.openBody();
    body.receive(Uint8Array.of(PacketType.at, 1));
    body.receive(bytes(0, "a"));
    expect([client.session.received, taken(attachment)]).toEqual([1, []]);
  });

  test("P-113 stream acknowledges with the next request, at once after it was attached", () => {
    const client = new TestClient();
    const { attachment } = client.liveRequests("stream");
    expect(taken(attachment)).toEqual([ack(0)]);
    attachment.receive(bytes(0, "a"));
    client.user.say("b");
    expect(taken(attachment).map(({ type }) => type)).toEqual([PacketType.ack, PacketType.at, PacketType.data]);
  });
});

describe("AUTH", () => {
  test("V-52 it is said again after a resume until it was answered, and answered once", () => {
    const client = new TestClient();
    const first = client.live();
    const id = client.session.authenticate(bytes("token"));
    expect(first.link.last).toEqual({ type: PacketType.auth, id, token: bytes("token") });
    first.lose();
    const second = client.ask();
    second.say(resumed("t2", 0, 1));
    expect(second.link.last).toEqual({ type: PacketType.auth, id, token: bytes("token") });
    const authed = { type: PacketType.authed, id, status: 0, expiresSeconds: 60 } as const;
    second.say(authed);
    second.say(authed);
    expect(client.heard.filter((text) => text.startsWith("authed"))).toEqual([`authed ${String(id)} 0`]);
    expect(client.session.expiresAt).toBe(client.clock.now() + 60_000);
    second.lose();
    const third = client.ask();
    third.say(resumed("t3", 0, 1));
    expect(third.link.sent.map(({ type }) => type)).toEqual([PacketType.resume, PacketType.ack, PacketType.ping]);
  });

  test("a refusal changes nothing, and an answer to an older one is nobody's", () => {
    const client = new TestClient();
    const { say } = client.live();
    client.session.authenticate(bytes("old"));
    const id = client.session.authenticate(bytes("new"));
    say({ type: PacketType.authed, id: id - 1, status: 0, expiresSeconds: 60 });
    say({ type: PacketType.authed, id, status: 4403, expiresSeconds: 0 });
    expect([client.heard.at(-1), client.session.expiresAt, client.session.state]).toEqual([
      `authed ${String(id)} 4403`,
      Infinity,
      "live",
    ]);
  });
});

describe("time", () => {
  test("F-30 a link on which nothing comes for longer than the server's heartbeat allows is cut", () => {
    const client = new TestClient();
    const { link, say } = client.live();
    client.clock.advance(30_000);
    say(ping(1));
    client.clock.advance(36_000);
    expect([link.closed, client.session.state]).toEqual([undefined, "live"]);
    client.clock.advance(1_500);
    expect([link.closed, client.heard.at(-1), client.session.state]).toEqual(["1006", "cut 1006", "cut"]);
    expect(client.clock.pendingCount).toBe(0);
  });

  test("a probe that nothing answers within 3 s is a cut; any packet answers it", () => {
    const client = new TestClient();
    const first = client.live();
    client.clock.advance(5_000);
    client.session.probe();
    expect(first.link.last).toEqual(ping(1));
    client.clock.advance(1_000);
    first.data("alive");
    client.clock.advance(10_000);
    expect(client.session.state).toBe("live");
    client.session.probe();
    client.clock.advance(3_000);
    expect([client.session.state, client.heard.at(-1)]).toEqual(["cut", "cut 1006"]);
  });

  test("an ACK goes out a second after the first packet that is owed one", () => {
    const client = new TestClient();
    const { link, data } = client.live();
    data("a");
    data("b");
    client.clock.advance(999);
    expect(link.last).toMatchObject({ type: PacketType.ping });
    client.clock.advance(1);
    expect(link.last).toEqual(ack(2));
  });
});

test("the way is not as short as from a PING to the answer of an older one", () => {
  const client = new TestClient();
  const { say } = client.live();
  client.clock.advance(200);
  client.session.probe();
  client.clock.advance(1);
  say({ type: PacketType.pong, token: 0 });
  expect(client.session.roundTripMs).toBe(0);
  client.clock.advance(200);
  say({ type: PacketType.pong, token: 1 });
  expect(client.session.roundTripMs).toBe(201);
});

test("the way is as long as a PING takes, whatever comes before WELCOME and RESUMED", () => {
  const client = new TestClient();
  const first = client.ask();
  client.clock.advance(700);
  first.say(welcome(bytes("t1"), 60));
  expect(client.session.roundTripMs).toBe(0);
  client.clock.advance(30);
  first.say({ type: PacketType.pong, token: 0 });
  expect(client.session.roundTripMs).toBe(30);
  first.lose();
  const second = client.ask();
  client.clock.advance(700);
  second.say(resumed("t2", 0, 1));
  client.clock.advance(20);
  second.say({ type: PacketType.pong, token: 0 });
  expect(client.session.roundTripMs).toBe(20);
});
