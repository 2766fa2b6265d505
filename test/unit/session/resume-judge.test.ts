import { describe, expect, test } from "vitest";
import { GoneReason, PacketType } from "../../../src/session/packet.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import { resume, someone, TestServer } from "../../support/session-pair.ts";

/** What a RESUME is answered with: the type of the last packet and the code the transport was closed with. */
function answerTo(server: TestServer, packet: Uint8Array): unknown {
  const { link, attachment } = server.dial();
  attachment.receive(packet);
  const { last } = link;
  return last?.type === PacketType.gone ? `gone ${last.reason}` : (link.closed ?? last?.type);
}

const ask = (ticket: Uint8Array, attempt: number, received = 0, version = 1): Uint8Array =>
  encodePacket(resume(ticket, attempt, received, version));

describe("judgeResume", () => {
  test("a good ticket with a newer attempt is attached", () => {
    const server = new TestServer();
    const { ticket } = server.open();
    expect(answerTo(server, ask(ticket, 2))).toBe(PacketType.resumed);
  });

  test("V-52 a forged tag, an unknown name and garbage are answered alike, and change nothing", () => {
    const server = new TestServer();
    const { ticket, link } = server.open();
    const forged = ticket.slice();
    forged[ticket.length - 1] = (forged[ticket.length - 1] as number) ^ 1;
    const foreign = ticket.slice();
    foreign[4] = (foreign[4] as number) ^ 1;
    for (const bad of [forged, foreign, new Uint8Array(0), new Uint8Array(64)]) {
      expect(answerTo(server, ask(bad, 2))).toBe(`gone ${GoneReason.unknown}`);
    }
    expect([link.closed, server.session.state, server.session.generation]).toEqual([undefined, "live", 1]);
  });

  test("V-52 another principal or origin is forbidden, and the rightful session goes on", () => {
    const server = new TestServer();
    const { ticket, link } = server.open();
    for (const other of [{ principal: "q" }, { principal: undefined }, { origin: "https://b.example" }]) {
      server.admission = { ...someone, ...other };
      expect(answerTo(server, ask(ticket, 2))).toBe(`gone ${GoneReason.forbidden}`);
    }
    expect([link.closed, server.session.state]).toEqual([undefined, "live"]);
  });

  test("I-11 V-52 a ticket below the confirmed one is replaced; one not yet used kills none", () => {
    const server = new TestServer();
    const { ticket } = server.open();
    const second = server.resume(ticket, 2);
    expect(answerTo(server, ask(ticket, 3))).toBe(PacketType.resumed);
    const fourth = server.resume(second.resumed?.ticket ?? ticket, 4);
    fourth.say({ type: PacketType.ack, received: 0 });
    expect(answerTo(server, ask(ticket, 5))).toBe(`gone ${GoneReason.replaced}`);
    expect(server.session.state).toBe("live");
  });

  test("P-115 a late or doubled copy of a request is refused with 4409, without GONE and without effect", () => {
    const server = new TestServer();
    const { ticket } = server.open();
    const current = server.resume(ticket, 3);
    for (const attempt of [3, 2]) expect(answerTo(server, ask(ticket, attempt))).toBe("4409");
    expect([current.link.closed, server.session.generation]).toEqual([undefined, 2]);
  });

  test("I-08 V-59 another version, or more received than was sent, is gone", () => {
    const server = new TestServer();
    const { ticket } = server.open();
    expect(answerTo(server, ask(ticket, 2, 0, 2))).toBe(`gone ${GoneReason.version}`);
    expect(answerTo(server, ask(ticket, 2, 1))).toBe(`gone ${GoneReason.unknown}`);
  });

  test("V-52 I-11 of two that resume at once the newer wins, however long their authentication takes: the other gets 4409", () => {
    const server = new TestServer();
    const { ticket } = server.open();
    server.isLater = true;
    const early = server.dial();
    early.say(resume(ticket, 2));
    const later = server.dial();
    later.say(resume(ticket, 3));
    server.waiting[1]?.();
    server.waiting[0]?.();
    expect([early.link.closed, later.link.closed, server.session.attempt]).toEqual(["4409", undefined, 3]);
  });
});
