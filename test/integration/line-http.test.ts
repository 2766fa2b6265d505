// Sessions over HTTP against a whole server, request by request.
import { describe, expect, it } from "vitest";
import { PacketType } from "../../src/session/packet.ts";
import { hello, openData, textData } from "../support/line-client.ts";
import { at, bodyOf, LineRequests, LineStream } from "../support/line-requests.ts";
import { serve } from "../support/test-server.ts";

/** Nobody here answers a CLOSE. */
const impatient = { limits: { closeTimeoutMs: 50 } };

describe("a session over HTTP", () => {
  it("long polling: a GET that waits is answered by what happens", async () => {
    const server = await serve(impatient);
    const line = new LineRequests(server.port);
    const opened = await line.open([hello(), at(1), openData(1, "/")]);
    expect([opened.status, opened.told]).toEqual([200, ["welcome", "ack 1", "at", "data accept 1"]]);
    expect(opened.headers).toMatchObject({
      "content-type": "application/longwire",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
    const held = line.poll(opened.ticket, 1, 20);
    const sent = await line.send(opened.ticket, [at(2), textData(1, "hi")]);
    expect([sent.status, sent.told]).toEqual([200, ["ack 2"]]);
    expect((await held).told).toEqual(["at", "data 1 hi"]);
    expect((await line.poll(opened.ticket, 2)).status).toBe(204);
  });

  it("streaming: the answer stays open", async () => {
    const server = await serve(impatient);
    const line = new LineRequests(server.port);
    const body = bodyOf(hello(), at(1), openData(1, "/"));
    const message = await line.begin("POST", "stream", body, { "Content-Type": "application/longwire" });
    const stream = new LineStream(message);
    const welcome = await stream.next();
    if (welcome?.type !== PacketType.welcome) throw new Error("There was no WELCOME.");
    expect(await stream.told(1)).toEqual(["data accept 1"]);
    expect((await line.send(welcome.ticket, [at(2), textData(1, "hi")])).told).toEqual(["ack 2"]);
    expect(await stream.told(1)).toEqual(["data 1 hi"]);
  });
});
