import { describe, expect, it } from "vitest";
import type { TapEntry } from "../../../../src/server/inspection/tap-entries.ts";
import type { LongwireServer, ServerSocket } from "../../../../src/server/index.ts";
import { PacketType } from "../../../../src/session/packet.ts";
import { hello, LineClient, openData, textData } from "../../../support/line-client.ts";
import { serve, type TestServer } from "../../../support/test-server.ts";

const only = <Value>(values: readonly Value[]): Value => {
  const [first, ...others] = values;
  if (first === undefined || others.length > 0) throw new Error(`Expected one, got ${String(values.length)}.`);
  return first;
};

const echo = (server: LongwireServer): void => {
  server.route("/", { message: (socket, data) => void socket.send(data) });
};

/** A session with one channel. */
async function openLine(server: TestServer<undefined>): Promise<LineClient> {
  const raw = await server.open("/longwire", { "Sec-WebSocket-Protocol": "longwire.1" });
  const client = new LineClient(raw);
  await client.expect(PacketType.greet);
  client.send(hello());
  await client.expect(PacketType.welcome);
  client.send({ type: PacketType.ack, received: 0 }, openData(1, "/"));
  await client.expect(PacketType.data);
  return client;
}

const named = (entry: TapEntry): string => {
  if (entry.kind === "frame") return `${entry.direction} ${entry.name} ${String(entry.payload.text)}`;
  if (entry.kind !== "packet") return entry.kind;
  return `${entry.direction} ${entry.name} ${entry.envelope?.payload?.text ?? entry.envelope?.name ?? ""}`;
};

describe("the inspection of a server", () => {
  it("shows plain connections and sessions with their channels, each under an id that stays", async () => {
    const server = await serve({}, echo);
    await server.open("/");
    await openLine(server);
    const { inspection } = server.server;
    const { connections, sessions, server: whole } = inspection.snapshot();
    const [connection, session] = [only(connections), only(sessions)];
    expect([connection.route, only(session.channels).route, session.transport]).toEqual(["/", "/", "websocket"]);
    expect(whole).toMatchObject({ state: "open", connectionCount: 1, sessionCount: 1, channelCount: 1 });
    expect(inspection.find(connection.id)).toMatchObject({ kind: "connection", id: connection.id });
    expect(inspection.find(session.id)).toMatchObject({ kind: "session", id: session.id });
    expect(inspection.find("c99")).toBeUndefined();
    expect(inspection.snapshot().sessions.map(({ id }) => id)).toEqual([session.id]);
    expect(inspection).toBe(server.server.inspection);
  });

  it("shows no more than it is asked for, sessions first", async () => {
    const server = await serve({}, echo);
    await server.open("/");
    await server.open("/");
    await openLine(server);
    const counts = (most?: number) => {
      const { sessions, connections } = server.server.inspection.snapshot({ most });
      return [sessions.length, connections.length];
    };
    expect([counts(), counts(2), counts(0)]).toEqual([
      [1, 2],
      [1, 1],
      [0, 0],
    ]);
  });

  it("finds the id of a socket, and for a channel that of its session", async () => {
    const server = await serve({}, echo);
    await openLine(server);
    await server.open("/");
    const { inspection, sockets } = server.server;
    const [channel, plain] = [...sockets] as [ServerSocket, ServerSocket];
    const { sessions, connections } = inspection.snapshot();
    expect([inspection.idOf(channel), inspection.idOf(plain)]).toEqual([sessions[0]?.id, connections[0]?.id]);
  });

  it("does not show who is hidden", async () => {
    const server = await serve({}, (routed) => {
      echo(routed);
      routed.route("/eye", { message: (socket, data) => void socket.send(data) });
    });
    const { inspection } = server.server;
    inspection.hideRoute("/eye");
    const told: string[] = [];
    inspection.watch(({ kind }) => told.push(kind));
    const stop = inspection.countMessages();
    const client = await server.open("/eye");
    client.writeFrame({ payload: "unseen" });
    await client.nextFrame();
    const whole = { connectionCount: 0, messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 };
    expect(inspection.snapshot()).toMatchObject({ connections: [], server: whole });
    client.writeFrame({ opcode: 8, payload: "" });
    await client.ended();
    await server.open("/");
    const { server: after, connections } = inspection.snapshot();
    expect(only(connections)).toMatchObject({ route: "/", bytesIn: after.bytesIn, bytesOut: after.bytesOut });
    expect(after).toMatchObject({ connectionCount: 1, messagesIn: 0, messagesOut: 0 });
    expect([after.closes, after.handshakes]).toEqual([{}, { 101: 1 }]);
    expect(told).toEqual(["opened"]);
    stop();
  });

  it("says when the server has closed", async () => {
    const { server } = await serve({}, echo);
    const { closed } = server.inspection;
    await server.close();
    await expect(closed).resolves.toBeUndefined();
  });

  it("counts messages only while somebody wants it", async () => {
    const server = await serve({}, echo);
    const client = await server.open("/");
    const { inspection } = server.server;
    expect(only(inspection.snapshot().connections).messages).toBeUndefined();
    const stop = inspection.countMessages();
    client.writeFrame({ payload: "hello" });
    await client.nextFrame();
    expect(only(inspection.snapshot().connections).messages).toEqual({
      messagesIn: 1,
      messagesOut: 1,
      payloadIn: 5,
      payloadOut: 5,
    });
    stop();
    expect(only(inspection.snapshot().connections).messages).toBeUndefined();
  });

  it("taps one plain connection: its frames, as they pass, and no other's", async () => {
    const server = await serve({}, echo);
    const [client, other] = [await server.open("/"), await server.open("/")];
    const { inspection } = server.server;
    const [id] = inspection.snapshot().connections.map((one) => one.id);
    const entries: TapEntry[] = [];
    const tap = inspection.tap(id ?? "", (entry) => entries.push(entry));
    await new Promise(setImmediate);
    for (const one of [client, other]) {
      one.writeFrame({ payload: '{"token":"CANARY"}' });
      await one.nextFrame();
    }
    expect(entries.map(named)).toEqual(['in text {"token":"…"}', 'out text {"token":"…"}']);
    tap?.stop();
    client.writeFrame({ payload: "unseen" });
    await client.nextFrame();
    expect(entries).toHaveLength(2);
    expect(inspection.tap("c99", () => {})).toBeUndefined();
  });

  it("taps one session: its packets with the envelopes in them, until it is over", async () => {
    const server = await serve({}, echo);
    const client = await openLine(server);
    const { inspection } = server.server;
    const { id } = only(inspection.snapshot().sessions);
    const entries: TapEntry[] = [];
    inspection.tap(id, (entry) => entries.push(entry));
    const stopped: TapEntry[] = [];
    inspection.tap(id, (entry) => stopped.push(entry))?.stop();
    client.send(textData(1, "hi"));
    await client.expect(PacketType.data);
    client.send({ type: PacketType.bye, code: 1000, reason: "" });
    await client.raw.nextFrame();
    const told = entries.map(named);
    expect(told.slice(0, 3)).toEqual(["transport", "in data hi", "out data hi"]);
    expect(told).toContain("in bye ");
    expect(told.at(-1)).toBe("end");
    expect(stopped).toEqual([]);
  });

  it("shows no payload where none is wanted", async () => {
    const server = await serve({}, echo);
    const client = await openLine(server);
    const { inspection } = server.server;
    const entries: TapEntry[] = [];
    inspection.tap(only(inspection.snapshot().sessions).id, (entry) => entries.push(entry), { payloadBytes: 0 });
    client.send(textData(1, "hidden"));
    await client.expect(PacketType.data);
    expect(JSON.stringify(entries)).not.toContain("hidden");
    expect(JSON.stringify(entries)).toContain('"length":6');
  });

  it("keeps why connections ended and were refused, once it was asked for", async () => {
    const server = await serve({}, echo);
    const { inspection } = server.server;
    await server.ask(
      "GET /nowhere?token=CANARY HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    const client = await server.open("/");
    client.writeFrame({ payload: "unmasked", mask: false });
    await new Promise((resolve) => inspection.watch(resolve));
    expect(inspection.recent).toMatchObject([
      { kind: "refused", status: 404, target: "/nowhere?token=…" },
      { kind: "closed", what: "connection", code: 1006, cause: { code: "LW_PROTOCOL_MASK_MISSING" } },
    ]);
  });

  it.each([
    ["close", 1001],
    ["send-away", 1012],
    ["cut", undefined],
  ] as const)("sends a plain connection off: %s", async (farewell, code) => {
    const server = await serve({}, echo);
    const client = await server.open("/");
    const { inspection } = server.server;
    expect(inspection.dismiss(only(inspection.snapshot().connections).id, farewell)).toBe(true);
    const frames = code === undefined ? [] : [await client.nextFrame()];
    expect(frames.map(({ closeCode }) => closeCode)).toEqual(code === undefined ? [] : [code]);
    client.destroy();
    expect(inspection.dismiss("c99", farewell)).toBe(false);
  });

  it("sends a session off: BYE, GOAWAY, or a cut after which it waits for its client", async () => {
    const server = await serve({}, echo);
    const { inspection } = server.server;
    for (const [farewell, type] of [
      ["send-away", PacketType.goAway],
      ["close", PacketType.bye],
    ] as const) {
      const client = await openLine(server);
      inspection.dismiss(inspection.snapshot().sessions.at(-1)?.id ?? "", farewell);
      await client.expect(type);
      if (farewell === "send-away") inspection.dismiss(only(inspection.snapshot().sessions).id, "close");
    }
    const cut = await openLine(server);
    inspection.dismiss(only(inspection.snapshot().sessions).id, "cut");
    await cut.raw.closed();
    expect(only(inspection.snapshot().sessions)).toMatchObject({ transport: undefined });
    expect(inspection.dismiss(only(inspection.snapshot().sessions).id, "cut")).toBe(true);
  });
});
