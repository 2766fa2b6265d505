// Sessions over HTTP against a whole server, request by request.
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it } from "vitest";
import { createServer } from "../../src/server/index.ts";
import { BodyReader } from "../../src/transports/http/body.ts";
import { ticketText } from "../../src/transports/http/headers.ts";
import { PacketType } from "../../src/session/packet.ts";
import { describePacket, hello, openData, readPacket, textData } from "../support/line-client.ts";
import { at, bodyOf, LineRequests, LineStream } from "../support/line-requests.ts";
import { afterThisTest, serve } from "../support/test-server.ts";

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

  it("I-15 a page that is gone with its stream: what it said last is heard", async () => {
    const server = await serve(impatient);
    const heard: string[] = [];
    server.server.route("/last", {
      message: (_socket, data) => void heard.push(String(data)),
      close: (_socket, code) => void heard.push(`closed ${code}`),
    });
    const line = new LineRequests(server.port);
    const opening = bodyOf(hello(), at(1), openData(1, "/last"));
    const message = await line.begin("POST", "stream", opening, { "Content-Type": "application/longwire" });
    const stream = new LineStream(message);
    const welcome = await stream.next();
    if (welcome?.type !== PacketType.welcome) throw new Error("There was no WELCOME.");
    expect(await stream.told(1)).toEqual(["data accept 1"]);
    const body = bodyOf(at(2), textData(1, "goodbye"), { type: PacketType.bye, code: 1001, reason: "" });
    const socket = connect(server.port, "127.0.0.1");
    afterThisTest(() => socket.destroy());
    socket.on("data", () => {});
    const head = [
      "POST /longwire/send HTTP/1.1",
      "Host: localhost",
      `Longwire-Ticket: ${ticketText(welcome.ticket)}`,
      "Content-Type: application/longwire",
      `Content-Length: ${body.length}`,
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    message.destroy();
    await expect.poll(() => server.server.metrics()).toContain("\nlongwire_sessions_parked 1\n");
    expect(heard).toEqual([]);
    socket.write(body);
    await expect.poll(() => heard).toEqual(["goodbye", "closed 1001"]);
  });

  it("V-43 a page of a listed origin may ask and read, with what a preflight names; no other", async () => {
    const server = await serve({ ...impatient, origins: ["https://app.example"], line: { credentials: true } });
    const line = new LineRequests(server.port);
    for (const [method, action] of [
      ["OPTIONS", "open"],
      ["OPTIONS", "poll"],
      ["POST", "open"],
    ] as const) {
      const body = method === "POST" ? bodyOf(hello()) : undefined;
      const from = (origin: string) =>
        line.ask(method, action, body, { Origin: origin, "Content-Type": "application/longwire" });
      const { status, headers } = await from("https://app.example");
      expect(status).toBe(method === "POST" ? 200 : 204);
      expect(headers).toMatchObject({
        "access-control-allow-origin": "https://app.example",
        "access-control-allow-credentials": "true",
        vary: "Origin",
      });
      if (method === "OPTIONS") {
        expect(headers).toMatchObject({
          "access-control-allow-methods": "GET, POST",
          "access-control-allow-headers": "content-type, longwire-ticket, longwire-received, prefer",
          "access-control-max-age": "7200",
        });
      }
      const foreign = await from("https://evil.example");
      expect([foreign.status, foreign.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
    }
  });

  it("is below the path at which the server is attached, and so are the paths of its channels", async () => {
    const http = createHttpServer((_message, response) => response.end("theirs"));
    await new Promise<void>((resolve) => void http.listen(0, "127.0.0.1", resolve));
    afterThisTest(() => http.close());
    const server = createServer({ ...impatient, line: { path: "/live" } });
    server.route("/echo", { message: (socket, data) => void socket.send(data) });
    server.attach(http, { path: "/realtime" });
    afterThisTest(() => server.close());
    const { port } = http.address() as AddressInfo;
    const line = new LineRequests(port, "/realtime/live");
    const { told } = await line.open([hello(), at(1), openData(1, "/realtime/echo"), openData(2, "/echo")]);
    expect(told).toEqual(["welcome", "ack 2", "at", "data accept 1", "data reject 2 404"]);
    expect(await fetch(`http://127.0.0.1:${port}/live/poll`).then((answer) => answer.text())).toBe("theirs");
  });

  it.each(["open", "stream"] as const)(
    "P-113 %s comes through HTTP/1.0, as some proxies speak it: unchunked, and its end is the connection's",
    async (action) => {
      const server = await serve(impatient);
      const socket = connect(server.port, "127.0.0.1");
      afterThisTest(() => socket.destroy());
      const said: Buffer[] = [];
      let isOver = false;
      socket.on("data", (chunk) => said.push(chunk));
      socket.on("end", () => (isOver = true));
      const body = bodyOf(hello(), at(1), openData(1, "/"));
      const head = [`POST /longwire/${action} HTTP/1.0`, "Host: localhost", "Content-Type: application/longwire"];
      socket.write(`${head.join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n`);
      socket.write(body);
      const answer = (): { fields: string; told: string[] } => {
        const all = Buffer.concat(said);
        const end = all.indexOf("\r\n\r\n");
        const told: string[] = [];
        new BodyReader((packet) => told.push(describePacket(readPacket(packet.slice()))) > 0).read(
          all.subarray(end + 4),
        );
        return { fields: end < 0 ? "" : all.subarray(0, end).toString().toLowerCase(), told: end < 0 ? [] : told };
      };
      await expect.poll(() => answer().told).toContain("data accept 1");
      const { fields } = answer();
      expect([/^http\/1\.[01] 200 /.test(fields), fields.includes("chunked")]).toEqual([true, false]);
      // A stream's goes on; the other one is complete.
      if (action === "open") await expect.poll(() => isOver).toBe(true);
      else expect(isOver).toBe(false);
    },
  );
});
