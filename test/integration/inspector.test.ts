// The inspector end to end: a server with plain connections and sessions on every transport, looked at through the package as it is
// built, by a client that is no browser. What may be seen, what may not, and that looking on changes nothing.
import { connectRaw } from "../support/raw-client.ts";
import { afterThisTest } from "../support/test-server.ts";
import { createServer, type LongwireServer, type ServerOptions } from "longwire/server";
import { inspect, type InspectorMessage, type PageMessage, type ShownEntry } from "longwire/inspector";
import { Line } from "longwire/client";
import { WebSocket } from "longwire/websocket";
import { describe, expect, it } from "vitest";

const CANARY = "CANARY-7f3a";

async function create(options: ServerOptions<undefined> = {}): Promise<{ server: LongwireServer; port: number }> {
  const server = createServer(options);
  server.route("/echo", { protocols: ["echo.v1"], message: (socket, data) => void socket.send(data) });
  server.route("/many/:name", { message: (socket, data) => void socket.send(data) });
  const { port } = await server.listen({ host: "127.0.0.1" });
  afterThisTest(() => server.close());
  return { server, port };
}

/** A page of the inspector, as far as it talks. */
class PageHalf {
  readonly told: InspectorMessage[] = [];
  readonly #socket: WebSocket;
  #wake = (): void => {};

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", (event) => {
      this.told.push(JSON.parse(String(event.data)) as InspectorMessage);
      this.#wake();
    });
    socket.addEventListener("close", () => this.#wake());
  }

  say(message: PageMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** What `find` makes of all that was told, as soon as it makes something of it. */
  async until<Found>(find: (told: readonly InspectorMessage[]) => Found | undefined | false): Promise<Found> {
    for (;;) {
      const found = find(this.told);
      if (found !== undefined && found !== false) return found;
      if (this.#socket.readyState > 1) throw new Error("The inspector has closed.");
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  snapshot<Found>(
    find: (snapshot: Extract<InspectorMessage, { type: "snapshot" }>) => Found | undefined,
  ): Promise<Found> {
    return this.until((told) => {
      const last = told.findLast((message) => message.type === "snapshot");
      return last === undefined ? undefined : find(last);
    });
  }

  /** Resolves when it has begun. */
  async capture(id: string, payloads: boolean): Promise<void> {
    const begun = (told: readonly InspectorMessage[]): number =>
      told.filter((message) => message.type === "captured" && message.entries.length === 0).length;
    const before = begun(this.told);
    this.say({ type: "capture", id, payloads });
    await this.until((told) => begun(told) > before);
  }

  get entries(): ShownEntry[] {
    return this.told.flatMap((message) => (message.type === "captured" ? message.entries : []));
  }
}

async function look(server: LongwireServer): Promise<PageHalf> {
  const inspector = await inspect(server);
  afterThisTest(() => inspector.close());
  const socket = await open(new URL("live", inspector.url).href.replace(/^http/, "ws").replace(/#.*/, ""));
  const page = new PageHalf(socket);
  page.say({ type: "enter", token: inspector.token });
  return page;
}

async function open(url: string, protocols: string[] = [], headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, { protocols, headers });
  afterThisTest(() => socket.terminate());
  return opened(socket);
}

async function opened<Socket extends Pick<WebSocket, "addEventListener">>(socket: Socket): Promise<Socket> {
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  return socket;
}

async function echo(socket: Pick<WebSocket, "send" | "addEventListener">, text: string): Promise<void> {
  const answer = new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
  socket.send(text);
  await answer;
}

const textsOf = (entries: readonly ShownEntry[]): (string | undefined)[] =>
  entries.flatMap((entry) => {
    const payload =
      entry.kind === "frame" ? entry.payload : entry.kind === "packet" ? entry.envelope?.payload : undefined;
    return payload === undefined ? [] : [payload.text];
  });

describe("V-42 the way to an inspector", () => {
  it("V-42 a wrong token is refused with 4401, and nothing is told", async () => {
    const { server } = await create();
    const inspector = await inspect(server);
    afterThisTest(() => inspector.close());
    const socket = await open(inspector.url.replace(/^http/, "ws").replace(/#.*/, "live"));
    const page = new PageHalf(socket);
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    page.say({ type: "enter", token: `${inspector.token.slice(1)}x` });
    expect(await closed).toMatchObject({ code: 4401 });
    expect(page.told).toEqual([]);
  });

  it.each(["attacker.example", "0.0.0.0", "[::ffff:127.0.0.1]"])(
    "V-42 the Host %s is refused, page and WebSocket",
    async (host) => {
      const { server } = await create();
      const inspector = await inspect(server);
      afterThisTest(() => inspector.close());
      const port = Number(new URL(inspector.url).port);
      for (const more of [
        "",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
      ]) {
        const client = await connectRaw(port);
        afterThisTest(() => client.destroy());
        client.write(
          Buffer.from(`GET ${more === "" ? "/" : "/live"} HTTP/1.1\r\nHost: ${host}:${port}\r\n${more}\r\n`),
        );
        expect((await client.nextResponse()).status).toBe(421);
      }
    },
  );
});

describe("what is seen", () => {
  it("plain connections and sessions, but not whoever looks on", async () => {
    const { server, port } = await create();
    await open(`ws://127.0.0.1:${port}/echo`, ["echo.v1"]);
    const line = new Line(`ws://127.0.0.1:${port}/longwire`);
    afterThisTest(() => line.close());
    await echo(await opened(line.open("/many/a")), "hello");
    const page = await look(server);
    const { rows } = await page.snapshot((snapshot) => snapshot);
    expect(rows).toMatchObject([
      { kind: "session", transport: "websocket", channels: [{ target: "/many/a" }] },
      { kind: "connection", route: "/echo", protocol: "echo.v1", remoteAddress: "127.0.0.1" },
    ]);
  });

  it.each(["websocket", "stream", "longpoll"] as const)(
    "what passes in a session over %s, exactly once, also after a cut",
    async (transport) => {
      const { server, port } = await create();
      const line = new Line(`ws://127.0.0.1:${port}/longwire`, { transports: [transport] });
      afterThisTest(() => line.close());
      const socket = await opened(line.open("/many/a"));
      await echo(socket, "before");
      const page = await look(server);
      const id = await page.snapshot(({ rows }) => rows[0]?.id);
      await page.capture(id, true);
      await echo(socket, "first");
      page.say({ type: "dismiss", id, farewell: "cut" });
      await page.snapshot(({ rows: [row] }) => (row?.kind === "session" && row.transportCount > 1) || undefined);
      await echo(socket, "second");
      await page.until(() => textsOf(page.entries).filter((text) => text === "second").length >= 2);
      const packets = page.entries.filter((entry) => entry.kind === "packet");
      expect(new Set(packets.map((entry) => entry.transport))).toEqual(new Set([transport]));
      expect(packets.map(({ name }) => name)).toContain("resumed");
      expect(textsOf(page.entries).filter((text) => text === "second")).toHaveLength(2);
      expect(textsOf(page.entries)).not.toContain("before");
    },
  );

  it("why connections ended, and which limits were reached", async () => {
    const { server, port } = await create({ limits: { maxMessageBytes: 100 } });
    const page = await look(server);
    const socket = await open(`ws://127.0.0.1:${port}/echo`);
    socket.send("x".repeat(200));
    const closed = await page.until((told) =>
      told.flatMap((one) => (one.type === "happenings" ? one.happenings : [])).find(({ kind }) => kind === "closed"),
    );
    expect(closed).toMatchObject({ code: 1006, cause: { code: "LW_PROTOCOL_MESSAGE_TOO_BIG", closeCode: 1009 } });
    const limits = await page.snapshot(({ server: whole }) =>
      Object.keys(whole.limits).length > 0 ? whole.limits : undefined,
    );
    expect(limits).toEqual({ maxMessageBytes: 1 });
  });

  it("a drain, from the beginning to the end", async () => {
    const { server, port } = await create({ limits: { drainSpreadMs: 0, drainTimeoutMs: 100 } });
    const socket = await open(`ws://127.0.0.1:${port}/echo`);
    const page = await look(server);
    await page.snapshot(({ rows }) => rows[0]);
    const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
    page.say({ type: "drain" });
    expect(await closed).toMatchObject({ code: 1012 });
    await server.inspection.closed;
  });
});

describe("V-50 secrets", () => {
  it("V-50 payloads are off until they are switched on, and for one connection only", async () => {
    const { server, port } = await create();
    const [one, other] = [await open(`ws://127.0.0.1:${port}/echo`), await open(`ws://127.0.0.1:${port}/echo`)];
    const page = await look(server);
    const id = await page.snapshot(({ rows }) => rows[0]?.id);
    await echo(one, "unasked");
    await page.capture(id, false);
    await echo(one, "hidden");
    await page.until(() => page.entries.length >= 2);
    await page.capture(id, true);
    await echo(other, "another's");
    await echo(one, "shown");
    await page.until(() => textsOf(page.entries).includes("shown"));
    expect(JSON.stringify(page.told)).not.toMatch(/unasked|hidden|another's/);
  });

  it("V-50 V-63 a token is nowhere in what an inspector says: address, headers, subprotocols, AUTH, messages", async () => {
    const { server, port } = await create();
    const page = await look(server);
    await page.snapshot((snapshot) => snapshot);
    const plain = await open(`ws://127.0.0.1:${port}/echo?access_token=${CANARY}&x=1`, ["echo.v1", CANARY], {
      Authorization: `Bearer ${CANARY}`,
      Cookie: `sid=${CANARY}`,
    });
    let tokens = 0;
    const line = new Line(`ws://127.0.0.1:${port}/longwire`, { token: () => `${CANARY}-${tokens++}` });
    afterThisTest(() => line.close());
    const channel = await opened(line.open(`/many/a?token=${CANARY}`));
    await echo(channel, "ready");
    const refused = await open(`ws://127.0.0.1:${port}/nowhere?jwt=${CANARY}`).catch(() => "refused");
    expect(refused).toBe("refused");
    const ids = await page.snapshot(({ rows }) => {
      const [session, connection] = rows;
      return session?.kind === "session" && connection?.kind === "connection" ? [connection.id, session.id] : undefined;
    });
    for (const [index, id] of ids.entries()) {
      const socket = index === 0 ? plain : channel;
      await page.capture(id, true);
      await echo(socket, JSON.stringify({ token: CANARY, nested: { Authorization: `Bearer ${CANARY}` } }));
      await echo(socket, `login?password=${CANARY}&user=ada`);
      if (index === 1) {
        page.say({ type: "dismiss", id, farewell: "cut" });
        await page.until(() => page.entries.some((entry) => entry.kind === "packet" && entry.name === "resumed"));
      }
      await page.until(
        () => textsOf(page.entries).filter((text) => text?.startsWith("login?") === true).length >= 2 * (index + 1),
      );
    }
    plain.close(4000, `token=${CANARY}`);
    await page.until((told) =>
      told.some((one) => one.type === "happenings" && one.happenings.some(({ kind }) => kind === "closed")),
    );
    const dump = JSON.stringify([page.told, server.inspection.snapshot(), server.inspection.recent]);
    expect(dump).toContain("login?password=…&user=ada");
    expect(dump).not.toContain(CANARY);
    const base64 = [...dump.matchAll(/"base64":"([^"]*)"/g)].map(([, text = ""]) =>
      Buffer.from(text, "base64").toString(),
    );
    expect(base64.join("\n")).not.toContain(CANARY);
  });
});
