import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it, vi } from "vitest";
import type { Courier } from "../../../src/base/link.ts";
import { LineDesk } from "../../../src/server/line-desk.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { decodePacket } from "../../../src/session/packet-decoder.ts";
import { encodePacket } from "../../../src/session/packet-encoder.ts";
import type { HttpWay, Receiver } from "../../../src/transports/http/server.ts";
import { hello, none } from "../../support/line-client.ts";
import { LineServer, type LineServerOptions } from "../../support/line-server.ts";
import { MemoryCourier } from "../../support/memory-link.ts";

function attending(options: LineServerOptions = {}) {
  const server = new LineServer(options);
  const desk = new LineDesk(server.line, server.admission, server.reports);
  return { server, desk };
}

function asking(...headers: string[]): IncomingMessage {
  const rawHeaders = ["Host", "localhost", ...headers];
  const socket = { remoteAddress: "192.0.2.1" };
  return { method: "POST", url: "/longwire/open", rawHeaders, headers: {}, socket } as unknown as IncomingMessage;
}

const longpoll = (courier: Courier = new MemoryCourier()): HttpWay => ({ kind: "longpoll", courier });
const ping = encodePacket({ type: PacketType.ping, token: 7 });

function entering(desk: LineDesk, way: HttpWay = longpoll(), message = asking()): Receiver {
  const entry = desk.enter(way, message);
  if ("status" in entry) throw new Error(`Refused with ${entry.status}.`);
  return entry.receiver;
}

describe("the desk of the HTTP transports", () => {
  it("claims five addresses below the line's path, where it is mounted, and answers nothing else", () => {
    const { desk } = attending({ line: { path: "/live" } });
    const claims = (url: string, mount = ""): boolean => desk.claims({ url } as IncomingMessage, mount);
    for (const action of ["open", "stream", "send", "poll", "probe"]) expect(claims(`/live/${action}?x`)).toBe(true);
    for (const url of ["/live", "/live/", "/live/open/", "/live/Open", "/longwire/open", "//live/open", ""]) {
      expect(claims(url), url).toBe(false);
    }
    expect([claims("/app/live/open", "/app"), claims("/live/open", "/app")]).toEqual([true, false]);
    const listener = { boundTo: undefined, mount: "" };
    expect(desk.receive({ url: "/live" } as IncomingMessage, {} as ServerResponse, listener)).toBe(false);
  });

  it("V-40 V-43 judges the origin of every request; one with a ticket may leave it out", () => {
    const { desk } = attending({ origins: ["https://app.example"], authenticate: () => 1 });
    const judged = (hasTicket: boolean, ...headers: string[]) =>
      desk.object(asking(...headers), "poll", hasTicket)?.status;
    expect(judged(false, "Origin", "https://app.example")).toBeUndefined();
    expect(judged(true, "Origin", "https://evil.example")).toBe(403);
    expect(judged(true, "Origin", "null")).toBe(403);
    expect(judged(true, "Origin", "https://app.example", "Origin", "https://app.example")).toBe(403);
    expect([judged(false, "Cookie", "a=1"), judged(true, "Cookie", "a=1")]).toEqual([403, undefined]);
  });

  it("V-40 asks for an origin beside a cookie only where the session's own admission looks at it: each route does for itself", () => {
    const { server, desk } = attending({ origins: ["https://app.example"] });
    server.route("/open").route("/own", { authenticate: () => "Ada" });
    expect(desk.object(asking("Cookie", "a=1"), "open", false)).toBeUndefined();
  });

  it("V-43 names an origin that may read the answer, never any other", () => {
    const { desk } = attending({ origins: ["https://app.example"], line: { credentials: true } });
    expect(desk.allowedOrigin(asking("Origin", "https://app.example"))).toBe("https://app.example");
    expect(desk.allowedOrigin(asking("Origin", "https://evil.example"))).toBeUndefined();
    expect(desk.allowedOrigin(asking())).toBeUndefined();
    expect([desk.allowsCredentials, attending().desk.allowsCredentials]).toEqual([true, false]);
  });

  it("V-30 V-57 refuses too many header lines", () => {
    const { desk } = attending({ limits: { maxHeaders: 2 } });
    expect(desk.object(asking("a", "1", "b", "2"), "open", false)?.status).toBe(431);
  });

  it("gives a transport a place, and takes it back however the transport ends", () => {
    const { server, desk } = attending({ limits: { maxConnections: 1 } });
    const free = (): boolean => !("status" in desk.enter(longpoll(), asking()));
    entering(desk).receiveClosed(1006, "");
    const second = entering(desk);
    expect(desk.enter(longpoll(), asking())).toMatchObject({
      status: 503,
      retryAfterSeconds: expect.any(Number) as number,
    });
    // Nothing is said on it for ten seconds.
    server.clock.advance(10_250);
    second.receiveClosed(1006, "");
    expect(free()).toBe(true);
  });

  it("P-114 finds the receiver that it gave for the ticket", () => {
    const { desk } = attending();
    const receiver = entering(desk);
    receiver.openBody().receive(encodePacket(hello()));
    const room = { maxBytes: 10_000, maxPackets: 10 };
    const welcome = decodePacket(receiver.take(room)[0] ?? none);
    if (typeof welcome === "string" || !("ticket" in welcome)) throw new Error("There was no WELCOME.");
    const place = desk.find(welcome.ticket);
    if (typeof place === "number") throw new Error(`Not found: ${place}.`);
    expect([place.receiver === receiver, place.isOpen, place.receiveCursor(0)]).toEqual([true, true, true]);
    expect(place.takeAnswer()).toEqual([encodePacket({ type: PacketType.ack, received: 0 })]);
    const behind = receiver.openBody();
    [encodePacket({ type: PacketType.at, next: 3 }), Uint8Array.of(PacketType.data, 9)].forEach((packet) =>
      behind.receive(packet),
    );
    expect([place.isShort, place.isOpen]).toEqual([true, true]);
    expect(place.receiveCursor(99)).toBe(false);
    expect(place.isOpen).toBe(false);
    expect(desk.find(none)).toBe(410);
  });

  it("P-115 a POST behind the end of its stream is read, and what it says comes short", () => {
    const { desk } = attending();
    const sent: Uint8Array[] = [];
    const link = { pendingBytes: 0, send: (packet: Uint8Array) => void sent.push(packet), close: () => {} };
    const stream = entering(desk, { kind: "stream", link });
    stream.openBody().receive(encodePacket(hello()));
    const welcome = decodePacket(sent[0] ?? none);
    if (typeof welcome === "string" || !("ticket" in welcome)) throw new Error("There was no WELCOME.");
    const ticket = welcome.ticket.slice();
    const find = () => {
      const place = desk.find(ticket);
      if (typeof place === "number") throw new Error(`Not found: ${place}.`);
      return place;
    };
    expect([find().receiver === stream, find().isShort]).toEqual([true, false]);
    stream.receiveClosed(1006, "");
    const { receiver, isOpen, isShort } = find();
    expect([receiver === stream, find().receiver === receiver, isOpen, isShort]).toEqual([false, true, true, true]);
    receiver.openBody().receive(encodePacket({ type: PacketType.bye, code: 1000, reason: "" }));
    expect(desk.find(ticket)).toBe(410);
  });

  it("a stream that this server ends gives its place back", () => {
    const { server, desk } = attending({
      limits: { maxConnections: 1 },
      authenticate: () => Promise.reject(new Response("", { status: 401 })),
    });
    const link = { pendingBytes: 0, send: vi.fn(), close: vi.fn() };
    entering(desk, { kind: "stream", link });
    expect(server.line.isEmpty).toBe(false);
    server.line.end(1001, "");
    expect(link.close).toHaveBeenCalledWith(1001, "");
    entering(desk);
  });

  it("answers a probe with GREET and PONG, and nothing else with anything", () => {
    const { desk } = attending();
    const answer = desk.answerProbe(asking(), [ping], true);
    if ("status" in answer) throw new Error("It was refused.");
    expect(answer.packets.map((bytes) => Buffer.from(bytes).toString("hex"))).toEqual(["054c570101", "0307"]);
    for (const packets of [[], [ping, ping], [none], [Uint8Array.of(0x55)], [encodePacket(hello())]]) {
      expect(desk.answerProbe(asking(), packets, true)).toEqual({ status: 400 });
    }
  });

  it("V-18 holds the answers of ten probes a minute and address, and answers the others at once; a bad one is no probe", () => {
    const { server, desk } = attending();
    const held = (): number =>
      Array.from({ length: 12 }, () => desk.answerProbe(asking(), [ping], true)).filter(
        (said) => "isHeld" in said && said.packets.length === 2 && said.isHeld,
      ).length;
    expect(desk.answerProbe(asking(), [none], true)).toEqual({ status: 400 });
    expect(desk.answerProbe(asking(), [ping], false)).toMatchObject({ isHeld: false });
    expect(held()).toBe(10);
    server.clock.advance(6_000);
    expect(held()).toBe(1);
  });
});
