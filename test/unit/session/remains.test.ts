import { describe, expect, test } from "vitest";
import type { Attachment } from "../../../src/session/attachment.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import { bytes } from "../../support/byte-builder.ts";
import { hello, TestServer } from "../../support/session-pair.ts";

const room = { maxBytes: 256 * 1024, maxPackets: 100 };
const at = (next: number) => encodePacket({ type: PacketType.at, next });
const ack = (received: number) => encodePacket({ type: PacketType.ack, received });
const bye = encodePacket({ type: PacketType.bye, code: 1000, reason: "" });

/** A session over a stream, whose response has ended: its ticket, and what finds where a request with it belongs. */
function afterStream(server: TestServer, isConfirmed = true) {
  const { link, attachment } = server.dial("stream");
  attachment.openBody().receive(encodePacket(hello));
  const welcome = link.sent[0];
  if (welcome?.type !== PacketType.welcome) throw new Error("There was no WELCOME.");
  if (isConfirmed) server.registry.find(welcome.ticket);
  attachment.receiveClosed(1006, "");
  const find = (): Attachment => {
    const found = server.registry.find(welcome.ticket);
    if (typeof found === "number") throw new Error(`Not found: ${found}.`);
    return found.attachment;
  };
  return { ticket: welcome.ticket, find };
}

/** One POST; how many of its packets were wanted. */
function post(attachment: Attachment, ...packets: readonly Uint8Array[]): number {
  const body = attachment.openBody();
  return packets.filter((packet) => body.receive(packet)).length;
}

describe("what is left of a stream", () => {
  test("I-15 its last word is heard: what was said before it first, and others do not wait for the window", () => {
    const server = new TestServer();
    const { ticket, find } = afterStream(server);
    expect(server.session.state).toBe("parked");
    post(find(), at(1), bytes(0, "a"), bytes(0, "b"), bye);
    expect(server.user.received).toEqual(["a", "b"]);
    expect(server.user.life).toEqual(["attached", "detached", "bye 1000"]);
    expect([server.registry.sessionCount, server.clock.pendingCount]).toEqual([0, 0]);
    expect(server.registry.find(ticket)).toBe(410);
  });

  test("P-115 a POST that comes twice counts once, is answered with what was received, and attaches nothing", () => {
    const server = new TestServer();
    const { find } = afterStream(server);
    for (let time = 0; time < 2; time++) {
      post(find(), at(1), bytes(0, "a"));
      expect(find().takeAnswer(true)).toEqual([ack(1)]);
    }
    server.user.say("later");
    expect([find().isDormant, find().take(room), server.session.sent]).toEqual([true, [], 0]);
    expect([server.user.received, server.user.life]).toEqual([["a"], ["attached", "detached"]]);
  });

  test("I-11 F-38 a RESUME fences it in the same turn: the rest of its body does not count, nor does another one", () => {
    const server = new TestServer();
    const { ticket, find } = afterStream(server);
    const left = find();
    const body = left.openBody();
    expect([body.receive(at(1)), body.receive(bytes(0, "a"))]).toEqual([true, true]);
    const newer = server.resume(ticket, 2);
    expect(newer.resumed?.received).toBe(1);
    expect(body.receive(bytes(0, "late"))).toBe(false);
    expect([left.isOpen, post(left, bye), server.registry.find(ticket)]).toEqual([false, 0, 409]);
    expect([server.user.received, server.session.state]).toEqual([["a"], "offered"]);
  });

  test("I-08 it confirms the ticket it comes with; an ACK of what was never sent ends it, and the session goes on", () => {
    const server = new TestServer();
    const { ticket, find } = afterStream(server, false);
    expect(server.session.confirmed).toBe(0);
    const left = find();
    expect(server.session.confirmed).toBe(1);
    post(left, ack(1), at(1), bytes(0, "a"));
    expect([left.isOpen, server.user.received, server.registry.find(ticket)]).toEqual([false, [], 409]);
    expect(server.resume(ticket, 2).resumed).toBeDefined();
  });

  test("I-12 an orphan that is seen so late has its window, and no POST makes the window longer", () => {
    const server = new TestServer();
    const { find } = afterStream(server, false);
    server.clock.advance(10_000);
    find();
    server.clock.advance(119_000);
    post(find(), at(1), bytes(0, "a"));
    expect(server.registry.sessionCount).toBe(1);
    server.clock.advance(1_500);
    expect([server.user.end?.by, server.registry.sessionCount, server.clock.pendingCount]).toEqual(["expired", 0, 0]);
  });

  test("a stream that was closed for its silence is over in the same way", () => {
    const server = new TestServer();
    const { link, attachment } = server.dial("stream");
    attachment.openBody().receive(encodePacket(hello));
    const welcome = link.sent[0];
    if (welcome?.type !== PacketType.welcome) throw new Error("There was no WELCOME.");
    server.registry.find(welcome.ticket);
    server.clock.advance(40_000);
    expect([link.closed, server.session.state]).toEqual(["1006", "parked"]);
    const found = server.registry.find(welcome.ticket);
    if (typeof found === "number") throw new Error("It was not found.");
    post(found.attachment, bye);
    expect(server.user.life.at(-1)).toBe("bye 1000");
  });

  test("nothing is left of a websocket: all that it says comes on it", () => {
    const server = new TestServer();
    const { attachment, ticket } = server.open();
    attachment.receiveClosed(1006, "");
    expect(server.registry.find(ticket)).toBe(409);
  });
});
