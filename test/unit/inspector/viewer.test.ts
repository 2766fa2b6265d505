import { describe, expect, it, onTestFinished } from "vitest";
import type { InspectorMessage, PageMessage } from "../../../src/inspector/messages.ts";
import { Viewer } from "../../../src/inspector/viewer.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";
import { serve } from "../../support/test-server.ts";

/** A viewer of a real server, on a clock of its own. */
async function look(token = "good") {
  const server = await serve();
  const { inspection } = server.server;
  const clock = new FakeClock();
  const told: InspectorMessage[] = [];
  const closes: [number, string][] = [];
  const socket = {
    bufferedAmount: 0,
    send: (text: string) => void told.push(JSON.parse(text) as InspectorMessage),
    close: (code: number, reason: string) => void closes.push([code, reason]),
  };
  const viewer = new Viewer(socket, { inspection, token, clock });
  onTestFinished(() => viewer.end());
  const say = (message: PageMessage) => viewer.receive(JSON.stringify(message));
  const last = <Type extends InspectorMessage["type"]>(type: Type) =>
    told.findLast((message): message is Extract<InspectorMessage, { type: Type }> => message.type === type);
  return { ...server, clock, told, closes, socket, viewer, say, last, inspection };
}

describe("V-42 the way in", () => {
  it("V-42 who shows the token is told what there is, and again each second", async () => {
    const { say, told, clock, viewer, open } = await look();
    say({ type: "enter", token: "good" });
    expect(told.map(({ type }) => type)).toEqual(["welcome", "snapshot"]);
    await open("/");
    clock.advance(1_000);
    expect(told.at(-1)).toMatchObject({ type: "snapshot", rows: [{ route: "/" }], found: 1, omitted: 0 });
    viewer.end();
    const { length } = told;
    clock.advance(10_000);
    expect(told).toHaveLength(length);
  });

  it.each<[string, unknown]>([
    ["a wrong one", '{"type":"enter","token":"bad"}'],
    ["none", '{"type":"search","words":""}'],
    ["no text", new ArrayBuffer(3)],
    ["what is no JSON", "enter"],
  ])("V-42 %s is refused with 4401, and nothing is told", async (_what, message) => {
    const { viewer, told, closes, clock } = await look();
    viewer.receive(message);
    viewer.receive('{"type":"drain"}');
    clock.advance(4_000);
    expect([told, closes[0]?.[0]]).toEqual([[], 4401]);
  });

  it("V-42 who shows none in time is closed", async () => {
    const { clock, closes } = await look();
    clock.advance(5_000);
    expect(closes.map(([code]) => code)).toEqual([4408]);
  });

  it("messages are counted only while somebody looks", async () => {
    const { say, viewer, inspection, open } = await look();
    await open("/");
    say({ type: "enter", token: "good" });
    expect(inspection.snapshot().connections[0]?.messages).toBeDefined();
    viewer.end();
    expect(inspection.snapshot().connections[0]?.messages).toBeUndefined();
  });
});

describe("what a page is told", () => {
  it("a search narrows what is told, at once", async () => {
    const { say, last, open } = await look();
    await open("/?room=a");
    await open("/?room=b");
    say({ type: "enter", token: "good" });
    expect(last("snapshot")?.rows).toHaveLength(2);
    say({ type: "search", words: "ROOM=B" });
    expect(last("snapshot")).toMatchObject({ rows: [{ target: "/?room=b" }], found: 1 });
  });

  it("of too many those are told that come first in the order asked for", async () => {
    const { say, last, open } = await look();
    for (let count = 0; count < 301; count++) await open(`/?n=${count}`);
    const dear = await open("/?dear");
    say({ type: "enter", token: "good" });
    expect(last("snapshot")).toMatchObject({ found: 302, omitted: 2 });
    expect(JSON.stringify(last("snapshot"))).not.toContain("dear");
    dear.writeFrame({ payload: "one message" });
    await dear.nextFrame();
    say({ type: "order", order: "messages" });
    expect(last("snapshot")?.rows[0]).toMatchObject({ target: "/?dear", messages: { messagesIn: 1 } });
    say({ type: "order", order: "coming" });
    expect(last("snapshot")?.rows[0]).toMatchObject({ target: "/?n=0" });
  });

  it("a page that does not read is told nothing more until it does", async () => {
    const { say, told, socket, clock } = await look();
    say({ type: "enter", token: "good" });
    const { length } = told;
    socket.bufferedAmount = 2 * 1024 * 1024;
    clock.advance(3_000);
    expect(told).toHaveLength(length);
    socket.bufferedAmount = 0;
    clock.advance(1_000);
    expect(told.length).toBeGreaterThan(length);
  });

  it("V-50 nothing of what passes is told until it is asked for, and then without payloads, and of one only", async () => {
    const { say, last, told, open, clock } = await look();
    const [first, second] = [await open("/"), await open("/")];
    say({ type: "enter", token: "good" });
    const [id = ""] = last("snapshot")?.rows.map((one) => one.id) ?? [];
    const ask = async (): Promise<void> => {
      for (const client of [first, second]) {
        client.writeFrame({ payload: "content" });
        await client.nextFrame();
      }
      clock.advance(100);
    };
    await ask();
    expect(JSON.stringify(told)).not.toMatch(/content|captured/);
    say({ type: "capture", id, payloads: false });
    await settled();
    await ask();
    expect(last("captured")?.entries).toHaveLength(2);
    expect(JSON.stringify(told)).not.toContain("content");
    say({ type: "capture", id, payloads: true });
    await settled();
    await ask();
    expect(last("captured")?.entries).toMatchObject([
      { payload: { text: "content" } },
      { payload: { text: "content" } },
    ]);
    say({ type: "capture", id: "", payloads: true });
    const { length } = told.filter(({ type }) => type === "captured");
    await ask();
    expect(told.filter(({ type }) => type === "captured")).toHaveLength(length);
  });

  it("says that a capture is over, after the last that it held", async () => {
    const { say, last, told, open, clock } = await look();
    const client = await open("/");
    say({ type: "enter", token: "good" });
    say({ type: "capture", id: last("snapshot")?.rows[0]?.id ?? "", payloads: false });
    await settled();
    client.writeFrame({ opcode: 8, payload: "" });
    await client.closed();
    await settled();
    clock.advance(100);
    expect(told.filter(({ type }) => type.startsWith("captur"))).toMatchObject([
      { entries: [], dropped: 0 },
      { entries: [{ name: "close" }, { name: "close" }, { kind: "end" }] },
      { type: "capture-ended", why: "over" },
    ]);
    say({ type: "capture", id: "c99", payloads: false });
    await settled();
    expect(last("capture-ended")).toMatchObject({ id: "c99", why: "unknown" });
  });

  it("closes and refusals, also those before it came", async () => {
    const { say, last, ask, clock } = await look();
    const upgrade = "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    const head = (path: string) =>
      `GET ${path} HTTP/1.1\r\n${upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
    await ask(head("/before"));
    say({ type: "enter", token: "good" });
    expect(last("happenings")?.happenings).toMatchObject([{ kind: "refused", target: "/before" }]);
    await ask(head("/after"));
    clock.advance(1_000);
    expect(last("happenings")?.happenings).toMatchObject([{ kind: "refused", target: "/after" }]);
  });
});

describe("what a page may do", () => {
  it("sends one connection off, and drains", async () => {
    const { say, last, open, server } = await look();
    const client = await open("/");
    say({ type: "enter", token: "good" });
    say({ type: "dismiss", id: last("snapshot")?.rows[0]?.id ?? "", farewell: "close" });
    expect((await client.nextFrame()).closeCode).toBe(1001);
    client.destroy();
    say({ type: "drain" });
    expect(last("snapshot")?.server.state).not.toBe("open");
    await server.close();
  });

  it("what is none of its messages ends the conversation", async () => {
    const { say, viewer, closes } = await look();
    say({ type: "enter", token: "good" });
    viewer.receive("nonsense");
    expect(closes.map(([code]) => code)).toEqual([4400]);
  });
});
