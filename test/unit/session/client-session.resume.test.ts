// wire/session-v1 §3.2: moving to a better transport, and going on after a cut.
import { describe, expect, test } from "vitest";
import { GoneReason, PacketType } from "../../../src/session/packet.ts";
import { bytes } from "../../support/byte-builder.ts";
import { gone, noToken, resumed, TestClient } from "../../support/test-client.ts";
import { write } from "../../support/written.ts";

const ack = (received: number) => ({ type: PacketType.ack, received }) as const;

test("I-02 V-21 what was written and not sent when a transport is lost comes on the next; its memory is free at once", () => {
  const [client, other] = [new TestClient(), new TestClient()];
  const older = client.live();
  const memory = client.session.place()?.memory;
  write(client.session.place(), "a");
  older.lose();
  expect([client.session.place(), client.session.sent]).toEqual([undefined, 1]);
  other.live();
  expect(other.session.place()?.memory).toBe(memory);
  const newer = client.ask();
  expect(client.session.place()).toBeUndefined();
  newer.say(resumed("t2", 0, 1));
  expect(newer.link.texts).toEqual(["a"]);
});

describe("Moving", () => {
  test("I-20 the older transport goes on in both directions until RESUMED is read, and is closed then", () => {
    const client = new TestClient();
    const older = client.live();
    const newer = client.ask();
    expect([client.session.state, newer.link.last]).toMatchObject([
      "moving",
      { type: PacketType.resume, ticket: bytes("t1"), attempt: 2, received: 0 },
    ]);
    older.data("a");
    client.user.say("up");
    expect([client.user.received, older.link.texts, newer.link.texts]).toEqual([["a"], ["up"], []]);
    newer.say(resumed("t2", 1, 1));
    expect([older.link.closed, client.session.state, client.user.life]).toEqual(["1000", "live", ["attached"]]);
    older.data("late");
    newer.data("a again");
    newer.data("b");
    client.user.say("more");
    expect([client.user.received, newer.link.texts]).toEqual([["a", "b"], ["more"]]);
  });

  test("P-119 an asked one that ends is given up; the current one goes on", () => {
    const client = new TestClient();
    const older = client.live();
    client.ask().lose(4409);
    expect([client.session.state, client.heard.at(-1)]).toEqual(["live", "unanswered 4409"]);
    client.ask();
    client.session.abandon();
    expect([client.session.state, older.link.closed]).toEqual(["live", undefined]);
  });

  test("P-119 when the current one dies meanwhile, it is resuming, and then cut", () => {
    const client = new TestClient();
    const older = client.live();
    const newer = client.ask();
    older.lose();
    expect([client.session.state, client.heard.at(-1)]).toEqual(["resuming", "cut 1006"]);
    newer.lose();
    expect([client.session.state, client.heard.at(-1)]).toEqual(["cut", "unanswered 1006"]);
  });
});

describe("Cut and Resuming", () => {
  test("I-02 RESUME says the newest ticket, one attempt more, and what was received", () => {
    const client = new TestClient();
    const first = client.live();
    first.data("a");
    first.lose();
    client.ask().lose();
    const { link } = client.ask();
    expect(link.sent).toEqual([
      { type: PacketType.resume, version: 1, ticket: bytes("t1"), attempt: 3, received: 1, token: noToken },
    ]);
    expect(client.session.state).toBe("resuming");
  });

  test("I-02 I-04 after RESUMED: ACK first, then everything the server lacks, and what waited", () => {
    const client = new TestClient();
    const first = client.live();
    client.user.say("a", "b", "c");
    first.data("x");
    first.lose();
    client.user.say("d");
    const { link, say } = client.ask();
    expect(link.texts).toEqual([]);
    say(resumed("t2", 1, 2));
    expect(link.sent[1]).toEqual(ack(1));
    expect([link.texts, client.session.unacknowledgedCount, client.session.ticket]).toEqual([
      ["b", "c", "d"],
      3,
      bytes("t2"),
    ]);
    expect(client.user.life).toEqual(["attached", "detached", "attached"]);
  });

  test("I-03 the server's numbers begin at `from`, not behind what was received", () => {
    const client = new TestClient();
    const first = client.live();
    for (const text of ["a", "b", "c"]) first.data(text);
    first.lose();
    const { say, data } = client.ask();
    say(resumed("t2", 0, 2));
    for (const text of ["b", "c", "d"]) data(text);
    expect(client.user.received).toEqual(["a", "b", "c", "d"]);
  });

  test.each([
    ["more was received than it sent", 2, 1],
    ["the server goes on behind what it has", 0, 3],
    ["the server has forgotten what it acknowledged", 0, 0],
  ])("V-52 a stale copy notices that %s, and leaves without an ACK", (_what, received, from) => {
    const client = new TestClient();
    const first = client.live();
    client.user.say("a");
    first.data("x");
    first.lose();
    const { link, say } = client.ask();
    say(resumed("t2", received, from));
    expect(link.sent.some(({ type }) => type === PacketType.ack)).toBe(false);
    expect([client.session.state, client.user.end]).toMatchObject(["ended", { by: "gone", code: 4409 }]);
    expect(link.closed).toBe("1000");
  });

  test.each([
    ["unknown", GoneReason.unknown, 4410],
    ["expired", GoneReason.expired, 4410],
    ["replaced", GoneReason.replaced, 4409],
    ["forbidden", GoneReason.forbidden, 4403],
    ["version", GoneReason.version, 4410],
    ["closing", GoneReason.closing, 4410],
    ["of a later version", 77, 4410],
  ])("I-15 GONE %s ends it once", (_name, reason, code) => {
    const client = new TestClient();
    client.cut();
    const { say, lose } = client.ask();
    say(gone(reason));
    say(gone(reason));
    lose(4410);
    expect(client.user.life).toEqual(["attached", "detached", `gone ${String(code)}`]);
    expect(client.session.state).toBe("ended");
  });

  test("I-15 GONE while the older transport still works ends both", () => {
    const client = new TestClient();
    const older = client.live();
    client.ask().say(gone(GoneReason.replaced));
    expect([older.link.closed, client.user.life]).toEqual(["1000", ["attached", "gone 4409"]]);
  });

  test("F-46 what is said without a transport waits, and goes out once and in order", () => {
    const client = new TestClient({ retainPackets: 100 });
    client.cut();
    const texts = Array.from({ length: 1_000 }, (_, index) => String(index));
    client.user.say(...texts);
    expect(client.session.sent).toBe(0);
    const { link, say } = client.ask();
    say(resumed("t2", 0, 1));
    expect(link.texts).toHaveLength(100);
    for (let sent = link.texts.length; sent < texts.length; sent = link.texts.length) {
      expect(client.session.unacknowledgedCount).toBe(100);
      say(ack(sent));
    }
    expect(link.texts).toEqual(texts);
  });
});
