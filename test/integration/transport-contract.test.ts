// What every transport promises its session, the same for all four, over real connections: packets arrive whole, in order and
// unaltered, both ways, whatever their size; the end is told once, and nothing comes after it. RELIABILITY I-02, I-03, V-24.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket as ForeignWebSocket } from "ws";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { resolveLimits } from "../../src/base/limits.ts";
import type { BodyReceiver, BodyRoom, Courier, Link } from "../../src/base/link.ts";
import { acceptKey } from "../../src/protocol/handshake/accept-key.ts";
import { WebSocketLink } from "../../src/server/websocket-link.ts";
import type { TransportKind } from "../../src/session/attachment.ts";
import { acceptSocket } from "../../src/socket/accept.ts";
import { defaultRuntime } from "../../src/socket/runtime.ts";
import { HttpClient } from "../../src/transports/http/client.ts";
import { actionOf, type Desk, HttpEndpoint } from "../../src/transports/http/server.ts";
import { type SocketLike, WebSocketClient } from "../../src/transports/websocket/client.ts";

const ROOM_BYTES = 16 * 1024;

/** One end, in the place of a session: sends what is queued as there is room, keeps what comes. */
class End {
  readonly received: Uint8Array[] = [];
  readonly closes: number[] = [];
  readonly #queue: Uint8Array[] = [];
  link: Link | undefined;
  courier: Courier | undefined;

  send(packets: readonly Uint8Array[]): void {
    this.#queue.push(...packets);
    this.courier?.wake();
    this.receiveDrain();
  }

  take({ maxBytes, maxPackets }: BodyRoom): Uint8Array[] {
    const taken: Uint8Array[] = [];
    let bytes = 0;
    for (let next = this.#queue[0]; next !== undefined && taken.length < maxPackets; next = this.#queue[0]) {
      bytes += next.length + 4;
      if (bytes > maxBytes) break;
      this.#queue.shift();
      taken.push(next);
    }
    return taken;
  }

  openBody(): BodyReceiver {
    return { receive: (packet) => this.received.push(packet.slice()) > 0 };
  }

  receive(packet: Uint8Array): void {
    this.received.push(packet.slice());
  }

  receiveDrain(): void {
    while (this.link !== undefined && this.link.pendingBytes < ROOM_BYTES) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.link.send(next);
    }
  }

  receiveTakenLost(): void {
    throw new Error("Nothing is lost here.");
  }

  receiveClosed(code: number): void {
    this.closes.push(code);
  }
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0).reverse()) stop();
});

/** Pauses between polls are shortened, time-outs are not. */
const hasty: Clock = {
  now: () => systemClock.now(),
  schedule: (ms, run) => systemClock.schedule(ms >= 10_000 ? ms : ms / 100, run),
};

async function connect(kind: TransportKind): Promise<{ client: End; server: End; close(code: number): void }> {
  const [client, server] = [new End(), new End()];
  const desk: Desk = {
    allowsCredentials: false,
    object: () => undefined,
    allowedOrigin: () => undefined,
    enter(way) {
      if (way.kind === "stream") server.link = way.link;
      else server.courier = way.courier;
      server.receiveDrain();
      return { receiver: server };
    },
    find: () => ({ receiver: server, receiveCursor: () => true, takeAnswer: () => [], isOpen: true, hasGap: false }),
    retryAfterSeconds: () => 1,
    answerProbe: () => [],
  };
  const endpoint = new HttpEndpoint({ desk, clock: systemClock, bodyTimeoutMs: 10_000 });
  const http = createServer((request, response) => {
    const action = actionOf(request.url ?? "", "/longwire");
    if (action !== undefined) endpoint.receive(action, request, response);
  });
  http.on("upgrade", (request, socket, head) => {
    const accept = acceptKey(request.headers["sec-websocket-key"] ?? "");
    const response = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
    const accepted = {
      response,
      head,
      protocol: "",
      extensions: "",
      limits: resolveLimits(),
      runtime: defaultRuntime(),
    };
    acceptSocket(socket, accepted, (carrier) => {
      const link = new WebSocketLink(carrier);
      server.link = link;
      link.open(server);
      return link;
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  stops.push(() => {
    http.closeAllConnections();
    http.close();
  });
  const { port } = http.address() as AddressInfo;
  server.send([Uint8Array.of(7)]);
  if (kind === "websocket") {
    const socket = new ForeignWebSocket(`ws://127.0.0.1:${String(port)}/`);
    const link = new WebSocketClient(socket as unknown as SocketLike, systemClock);
    link.open(client);
    await once(socket, "open");
    client.link = link;
    server.receiveDrain();
    stops.push(() => socket.terminate());
  } else {
    const way = new HttpClient({
      kind,
      base: `http://127.0.0.1:${String(port)}/longwire`,
      fetch,
      clock: hasty,
      credentials: { ticket: Uint8Array.of(1, 2, 3), received: 0 },
      withCookies: false,
      receiveHeldEnd: () => {},
    });
    client.send([Uint8Array.of(6)]);
    client.courier = way;
    way.open(client);
    stops.push(() => way.close());
  }
  await expect.poll(() => client.received.length, { timeout: 10_000 }).toBe(1);
  return { client, server, close: (code) => (server.link ?? server.courier)?.close(code, "") };
}

const lengths = [1, 2, 63, 64, 125, 126, 127, 128, 129, 4_095, 16_383, 16_384, 16_385, 16_448];

/** Twelve times each length: more than any body, any buffer and any one write holds. */
function packets(salt: number): Uint8Array[] {
  return Array.from({ length: 12 * lengths.length }, (_, index) =>
    new Uint8Array(lengths[index % lengths.length] as number).map((__, at) => (at * 31 + index * 7 + salt) & 0xff),
  );
}

const digest = (all: readonly Uint8Array[]): string =>
  Buffer.concat(all.flatMap((one) => [one, sizeOf(one)])).toString("base64");
const sizeOf = (one: Uint8Array): Uint8Array => Uint8Array.of(one.length >> 8, one.length & 0xff);

describe.each<TransportKind>(["websocket", "stream", "longpoll", "poll"])("%s", (kind) => {
  test("I-02 I-03 carries packets of every size whole, in order and unaltered, both ways at once", async () => {
    const { client, server } = await connect(kind);
    [client, server].forEach((end) => (end.received.length = 0));
    const [up, down] = [packets(1), packets(2)];
    client.send(up);
    server.send(down);
    await expect
      .poll(() => [server.received.length, client.received.length], { timeout: 15_000 })
      .toEqual([up.length, down.length]);
    expect(digest(server.received) === digest(up)).toBe(true);
    expect(digest(client.received) === digest(down)).toBe(true);
    expect([client.closes, server.closes]).toEqual([[], []]);
  });

  test("tells its end once, with the code where the way can carry one, and delivers nothing afterwards", async () => {
    const { client, server, close } = await connect(kind);
    close(4409);
    await expect.poll(() => client.closes, { timeout: 10_000 }).toEqual([kind === "stream" ? 1006 : 4409]);
    const { length } = client.received;
    server.send([Uint8Array.of(9)]);
    client.send([Uint8Array.of(9)]);
    close(1000);
    await new Promise((resolve) => setImmediate(resolve));
    expect([client.closes.length, client.received.length]).toEqual([1, length]);
  });
});
