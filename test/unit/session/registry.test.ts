import { describe, expect, test } from "vitest";
import { PacketType } from "../../../src/session/packet.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import { packetOf } from "../../support/memory-link.ts";
import { bytes } from "../../support/byte-builder.ts";
import { hello, TestServer } from "../../support/session-pair.ts";

const room = { maxBytes: 256 * 1024, maxPackets: 100 };

function openRequests(server: TestServer): { ticket: Uint8Array } & ReturnType<TestServer["request"]> {
  const way = server.request();
  way.attachment.openBody().receive(encodePacket(hello));
  const welcome = packetOf(way.attachment.take(room)[0] ?? bytes());
  if (welcome.type !== PacketType.welcome) throw new Error("There was no WELCOME.");
  return { ...way, ticket: welcome.ticket.slice() };
}

describe("Registry", () => {
  test("names and keys are of its random source, and no two sessions share one", () => {
    const server = new TestServer();
    for (let count = 0; count < 20; count++) server.open();
    expect(new Set(server.sessions.map(({ name }) => String(name))).size).toBe(20);
    expect(new Set(server.sessions.map(({ key }) => String(key))).size).toBe(20);
    expect([server.registry.sessionCount, [...server.registry.sessions].length]).toEqual([20, 20]);
  });

  test("I-12 sessions that wait are bounded, the oldest goes first, and one that came back is not among them", () => {
    const server = new TestServer({}, { maxParked: 2 });
    const [first, second, third] = [server.open(), server.open(), server.open()];
    first.attachment.receiveClosed(1006, "");
    second.attachment.receiveClosed(1006, "");
    server.resume(first.ticket, 2);
    third.attachment.receiveClosed(1006, "");
    expect([server.registry.parkedCount, server.registry.sessionCount]).toEqual([2, 3]);
    const fourth = server.open();
    fourth.attachment.receiveClosed(1006, "");
    expect(server.users.map(({ end }) => end?.by)).toEqual([undefined, "expired", undefined, undefined]);
    expect([server.registry.parkedCount, server.registry.sessionCount]).toEqual([2, 3]);
    expect(server.resume(second.ticket, 2).link.last).toMatchObject({ type: PacketType.gone, reason: 1 });
    server.clock.advance(200_000);
    expect([server.registry.parkedCount, server.registry.parkedBytes, server.clock.pendingCount]).toEqual([0, 0, 0]);
  });

  test("a session that is over is forgotten", () => {
    const server = new TestServer();
    server.open();
    server.session.bye(1001, "over");
    expect([server.registry.sessionCount, server.clock.pendingCount]).toEqual([0, 0]);
  });

  describe("requests", () => {
    test("P-114 one with the newest ticket finds its transport and confirms it", () => {
      const server = new TestServer();
      const { ticket, attachment } = openRequests(server);
      expect(server.session.state).toBe("offered");
      expect(server.registry.find(ticket)).toMatchObject({ attachment });
      expect(server.session.state).toBe("live");
    });

    test("V-52 a forged or unknown ticket is 410, an older one 409, one of a websocket 409", () => {
      const server = new TestServer();
      const { ticket } = openRequests(server);
      const forged = ticket.map((byte, at) => (at === ticket.length - 1 ? byte ^ 1 : byte));
      expect(server.registry.find(forged)).toBe(410);
      expect(server.registry.find(bytes("x"))).toBe(410);
      server.resume(ticket, 2);
      expect(server.registry.find(ticket)).toBe(409);
      const { ticket: other } = server.open();
      expect(server.registry.find(other)).toBe(409);
    });

    test("V-19 a ticket that says what every object has finds nothing", () => {
      const server = new TestServer();
      server.open();
      for (const name of ["__proto__", "constructor", "hasOwnProperty"]) {
        const ticket = bytes(1, 9, name.padEnd(16, "\0"), 1, new Uint8Array(16));
        expect(server.registry.find(ticket)).toBe(410);
        expect(server.resume(ticket, 2).link.last).toMatchObject({ type: PacketType.gone, reason: 1 });
      }
    });

    test("without one for 35 s the session parks, and the next attaches it again where it was", () => {
      const server = new TestServer();
      const { ticket, attachment, courier } = openRequests(server);
      server.registry.find(ticket);
      server.clock.advance(36_000);
      expect([server.session.state, courier.closed]).toEqual(["parked", undefined]);
      server.user.say("later");
      expect(attachment.take(room)).toEqual([]);
      expect(server.registry.find(ticket)).toMatchObject({ attachment });
      expect(attachment.take(room)).toHaveLength(2);
      expect(server.user.life).toEqual(["attached", "detached", "attached"]);
      server.clock.advance(34_000);
      expect(server.session.state).toBe("live");
    });

    test("I-15 a BYE without a request to go with waits for one, not for ever, and for no RESUME", () => {
      for (const isFetched of [true, false]) {
        const server = new TestServer();
        const { ticket, attachment, courier } = openRequests(server);
        server.registry.find(ticket);
        server.session.bye(1012, "restart");
        expect([server.user.end?.by, server.registry.sessionCount, courier.closed]).toEqual(["local", 0, undefined]);
        expect(server.resume(ticket, 2).link.last).toMatchObject({ type: PacketType.gone, reason: 1 });
        if (isFetched) {
          expect(server.registry.find(ticket)).toMatchObject({ attachment });
          expect(attachment.take(room).map(packetOf)).toEqual([
            { type: PacketType.bye, code: 1012, reason: "restart" },
          ]);
          expect(courier.closed).toBe("4410");
        }
        server.clock.advance(36_000);
        expect([server.registry.find(ticket), courier.closed]).toEqual([410, "4410"]);
        expect(server.clock.pendingCount).toBe(0);
      }
    });

    test("P-117 the cursor acknowledges; one below what is acknowledged is an old repeat, one beyond what was sent a fault", () => {
      const server = new TestServer();
      const { ticket, attachment, courier } = openRequests(server);
      server.registry.find(ticket);
      server.user.say("a", "b");
      expect(attachment.take(room).map(([type]) => type)).toEqual([PacketType.at, 0, 0]);
      expect(server.session.receiveCursor(attachment, 1)).toBe(true);
      expect(server.session.receiveCursor(attachment, 0)).toBe(false);
      expect(server.session.unacknowledgedCount).toBe(1);
      expect(server.session.receiveCursor(attachment, 3)).toBe(false);
      expect(courier.closed).toBe("4400");
    });

    test("P-116 a GOAWAY in an answer that was lost comes again with the next one, and not for ever", () => {
      const server = new TestServer();
      const { ticket, attachment } = openRequests(server);
      server.registry.find(ticket);
      server.session.goAway(true, 15_000, 1_000);
      const told = [];
      for (let count = 0; count < 6; count++) {
        server.session.receiveCursor(attachment, 0);
        told.push(...attachment.take(room).map((packet) => packetOf(packet).type));
      }
      expect(told).toEqual([PacketType.goAway, PacketType.goAway]);
    });
  });
});
