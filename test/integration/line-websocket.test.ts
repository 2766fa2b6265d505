// Sessions over WebSocket against a whole server, spoken packet by packet.
import { describe, expect, it } from "vitest";
import { PacketType } from "../../src/session/packet.ts";
import { dialLine, hello, openData, resume, textData } from "../support/line-client.ts";
import { serve } from "../support/test-server.ts";

/** Nobody here answers a CLOSE. */
const impatient = { limits: { closeTimeoutMs: 50 } };

describe("a session over WebSocket", () => {
  it("carries a channel to the route that a plain socket would get", async () => {
    const server = await serve(impatient);
    const client = await dialLine(server, {}, "/");
    client.send(hello(), openData(1, "/"));
    const welcome = await client.expect(PacketType.welcome);
    expect(welcome).toMatchObject({ version: 1, windowSeconds: 120, heartbeatSeconds: 20, expiresSeconds: 0 });
    expect(await client.told(1)).toEqual(["data accept 1"]);
    client.send({ type: PacketType.ack, received: 1 }, textData(1, "hi"));
    expect(await client.told(1)).toEqual(["data 1 hi"]);
  });

  it("GREET leaves in the write of the 101", async () => {
    const server = await serve(impatient);
    const raw = await server.connect();
    const { status, header } = await raw.upgrade("/", { "Sec-WebSocket-Protocol": "chat, longwire.1" });
    expect([status, header("sec-websocket-protocol")]).toEqual([101, "longwire.1"]);
    // 82 05: a binary frame of five bytes; 05 4C 57 01 01: GREET
    expect(raw.buffered.subarray(0, 7).toString("hex")).toBe("8205054c570101");
  });

  it("goes on with its channels on another transport: what was lost is sent again, once", async () => {
    const server = await serve(impatient);
    const first = await dialLine(server);
    first.send(hello(), openData(1, "/"));
    const { ticket } = await first.expect(PacketType.welcome);
    expect(await first.told(1)).toEqual(["data accept 1"]);
    first.send({ type: PacketType.ack, received: 1 }, textData(1, "one"));
    expect(await first.told(1)).toEqual(["data 1 one"]);
    first.raw.reset();
    const second = await dialLine(server);
    second.send(resume(ticket, 2, 1));
    const resumed = await second.expect(PacketType.resumed);
    expect(resumed).toMatchObject({ received: 2, from: 2 });
    expect(await second.told(1)).toEqual(["data 1 one"]);
    second.send({ type: PacketType.ack, received: 2 }, textData(1, "two"));
    expect(await second.told(1)).toEqual(["data 1 two"]);
    expect(server.server.sockets.size).toBe(1);
  });
});
