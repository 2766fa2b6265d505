import { describe, expect, it } from "vitest";
import type { ServerSocket } from "../../../../src/server/peer.ts";
import { viewConnection, viewSession, type ViewSources } from "../../../../src/server/inspection/views.ts";
import { hello, openData } from "../../../support/line-client.ts";
import { LineServer } from "../../../support/line-server.ts";
import { serve } from "../../../support/test-server.ts";

const sources: ViewSources = {
  idOf: () => "x1",
  openedAtOf: () => 5,
  messagesOf: () => undefined,
  heldBytesOf: () => 11,
};

describe("views", () => {
  it("V-50 V-63 a connection without its secrets: query, headers, offered subprotocols", async () => {
    const sockets: ServerSocket[] = [];
    const { open } = await serve({}, (server) => {
      server.route("/a/:room", { protocols: ["chat.v1"], open: (socket) => void sockets.push(socket as ServerSocket) });
    });
    await open("/a/b?token=CANARY&x=1", {
      Authorization: "Bearer CANARY",
      Cookie: "sid=CANARY",
      "User-Agent": `agent${"!".repeat(500)}`,
      "Sec-WebSocket-Protocol": "chat.v1, CANARY",
    });
    const view = viewConnection(sockets[0] as ServerSocket, sources);
    expect(view).toMatchObject({
      kind: "connection",
      id: "x1",
      route: "/a/:room",
      target: "/a/b?token=…&x=1",
      protocol: "chat.v1",
      openedAt: 5,
      isClosing: false,
      isPaused: false,
      bufferedBytes: 0,
      topicCount: 0,
      remoteAddress: "127.0.0.1",
      heldBytes: 11,
    });
    expect(view.userAgent).toHaveLength(200);
    expect(view.bytesIn).toBeGreaterThan(100);
    expect(JSON.stringify(view)).not.toContain("CANARY");
  });

  it("a session with its channels, what it holds and what each side may still send", () => {
    const server = new LineServer().route("/room");
    const client = server.dial(["User-Agent", "tester"]);
    client.send(hello(), openData(1, "/room?sig=CANARY"));
    const [session] = [...server.line.sessions];
    if (session === undefined) throw new Error("There is no session.");
    const sockets = new Map([...server.residents.channels].map((socket) => [socket.underneath.carrier, socket]));
    const view = viewSession(session, sockets, sources);
    expect(view).toMatchObject({ kind: "session", transport: "websocket", transportCount: 1, envelopesIn: 1 });
    expect(view).toMatchObject({ userAgent: "tester", remoteAddress: "192.0.2.1", unacknowledgedCount: 1 });
    expect(view.channels).toMatchObject([
      {
        kind: "channel",
        channel: 1,
        route: "/room",
        target: "/room?sig=…",
        credit: { toSend: 65_536, toReceive: 65_536 },
      },
    ]);
    client.cut();
    expect(viewSession(session, new Map(), sources)).toMatchObject({ transport: undefined, channels: [] });
  });
});
