// Two ends of a transport in the place of sessions, for every kind of transport there is, with a proxy between that can be made
// to misbehave, and for the pair in memory on which the simulation runs.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { WebSocket as ForeignWebSocket } from "ws";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { resolveLimits } from "../../src/base/limits.ts";
import type { BodyReceiver, BodyRoom, Courier, Link } from "../../src/base/link.ts";
import { acceptKey } from "../../src/protocol/handshake/accept-key.ts";
import { WebSocketLink } from "../../src/server/websocket-link.ts";
import type { TransportKind } from "../../src/session/way.ts";
import { acceptSocket } from "../../src/socket/accept.ts";
import { defaultRuntime } from "../../src/socket/runtime.ts";
import { createFaultProxy, type FaultProxy } from "../../src/testing/fault-proxy.ts";
import { HttpClient } from "../../src/transports/http/client.ts";
import type { Fetch } from "../../src/transports/http/request.ts";
import { actionOf, type Desk, HttpEndpoint } from "../../src/transports/http/server.ts";
import { type SocketLike, WebSocketClient } from "../../src/transports/websocket/client.ts";
import { drawFaults, heal } from "../simulation/faults.ts";
import { createWay } from "../simulation/sim-websocket.ts";
import { World } from "../simulation/world.ts";

const ROOM_BYTES = 16 * 1024;

/**
 * Sends what it has said as there is room, and keeps what comes. Where bodies are taken each begins with the number of its first
 * packet, as a session's do: it is taken again until it is known to have arrived, and what comes again is only counted.
 */
export class End {
  readonly said: Uint8Array[] = [];
  readonly received: Uint8Array[] = [];
  readonly closes: number[] = [];
  /** Packets that came again; packets with a number too high, or of other bytes than the first time. */
  repeats = 0;
  faults = 0;
  link: Link | undefined;
  courier: Courier | undefined;
  #sent = 0;
  #acked = 0;
  #taken = 0;

  send(packets: readonly Uint8Array[]): void {
    this.said.push(...packets);
    this.courier?.wake();
    this.receiveDrain();
  }

  take({ maxBytes, maxPackets }: BodyRoom): Uint8Array[] {
    // A client takes the next body when the last one was answered.
    this.#acked += this.#taken;
    const body: Uint8Array[] = [];
    let bytes = 8;
    for (const packet of this.said.slice(this.#acked)) {
      bytes += packet.length + 4;
      if (bytes > maxBytes || body.length + 1 >= maxPackets) break;
      body.push(packet);
    }
    this.#taken = this.courier instanceof HttpClient ? body.length : 0;
    return body.length === 0 ? [] : [numbered(this.#acked), ...body];
  }

  receiveTakenLost(): void {
    this.#taken = 0;
    this.courier?.wake();
  }

  /** The peer has so many. */
  acknowledge(count: number): boolean {
    if (count < this.#acked) return false;
    this.#acked = count;
    return true;
  }

  openBody(): BodyReceiver {
    let next = -1;
    return {
      receive: (packet) => {
        if (next < 0) next = new DataView(packet.buffer, packet.byteOffset).getUint32(0);
        else this.#receive(packet, next++);
        return true;
      },
    };
  }

  #receive(packet: Uint8Array, number: number): void {
    const before = this.received[number];
    if (number > this.received.length || (before !== undefined && !Buffer.from(before).equals(packet))) this.faults++;
    else if (before !== undefined) this.repeats++;
    else this.received.push(packet.slice());
  }

  receive(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.received.push(bytes.slice(start, end));
  }

  receiveDrain(): void {
    while (this.link !== undefined && this.link.pendingBytes < ROOM_BYTES) {
      const next = this.said[this.#sent];
      if (next === undefined) return;
      this.#sent++;
      this.link.send(next);
    }
  }

  receiveClosed(code: number): void {
    this.closes.push(code);
  }
}

function numbered(number: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

export interface Ends {
  readonly client: End;
  readonly server: End;
  /** Between the two; none in memory. */
  readonly proxy: FaultProxy | undefined;
  /** The server's end closes the way. */
  close(code: number): void;
  /** Breaks it where it is. */
  cut(): void;
  /** Lets things happen until `isTrue`, for a while. */
  until(isTrue: () => boolean): Promise<void>;
}

/** Pauses between polls are shortened, time-outs are not. */
const hasty: Clock = {
  now: () => systemClock.now(),
  schedule: (ms, run) => systemClock.schedule(ms >= 10_000 ? ms : ms / 100, run),
};

/** A way of that kind on which both ends have already said something. */
export async function connectEnds(kind: TransportKind | "memory", ask: Fetch = fetch): Promise<Ends> {
  const ends = kind === "memory" ? connectInMemory() : await connectOverNetwork(kind, ask);
  ends.server.send([Uint8Array.of(7)]);
  ends.client.send([Uint8Array.of(6)]);
  await ends.until(() => ends.client.received.length === 1 && ends.server.received.length === 1);
  return ends;
}

function connectInMemory(): Ends {
  const world = new World(1);
  const faults = drawFaults(world.random.fork());
  heal(faults);
  const nodes = ["client", "server"].map((name) => ({ name, stalledUntil: 0, life: 0 }));
  const [client, server] = [new End(), new End()];
  const [near, far] = createWay(world, faults, nodes[0] as never, nodes[1] as never);
  near.receiver = client;
  far.receiver = server;
  client.link = near;
  server.link = far;
  return {
    client,
    server,
    proxy: undefined,
    close: (code) => far.close(code, ""),
    cut() {
      for (const end of [near, far]) {
        end.isDead = true;
        end.end(1006, "cut");
      }
    },
    until: (isTrue) => {
      for (let turn = 0; turn < 10_000 && !isTrue(); turn++) world.run(world.now + 1, () => {});
      return Promise.resolve();
    },
  };
}

async function connectOverNetwork(kind: TransportKind, ask: Fetch): Promise<Ends> {
  const [client, server] = [new End(), new End()];
  const port = await serve(server);
  const proxy = await createFaultProxy({ target: { port } });
  onTestFinished(() => proxy.close());
  if (kind === "websocket") {
    const socket = new ForeignWebSocket(`ws://127.0.0.1:${String(proxy.port)}/`);
    const link = new WebSocketClient(socket as unknown as SocketLike, systemClock);
    link.open(client);
    await once(socket, "open");
    client.link = link;
    onTestFinished(() => socket.terminate());
  } else {
    const way: HttpClient = new HttpClient({
      kind,
      base: `http://127.0.0.1:${String(proxy.port)}/longwire`,
      fetch: ask,
      clock: hasty,
      credentials: {
        ticket: Uint8Array.of(1, 2, 3),
        get received() {
          return client.received.length;
        },
      },
      withCookies: false,
      receiveHeldEnd: () => {},
    });
    client.courier = way;
    // An answer comes when there is something to say.
    setImmediate(() => way.open(client));
    onTestFinished(() => way.close());
  }
  return {
    client,
    server,
    proxy,
    close: (code) => (server.link ?? server.courier)?.close(code, ""),
    cut: () => proxy.cut(),
    async until(isTrue) {
      for (let turn = 0; turn < 3_000 && !isTrue(); turn++) await sleep(5);
    },
  };
}

/** An HTTP server whose every transport belongs to `end`. */
async function serve(end: End): Promise<number> {
  const desk: Desk = {
    allowsCredentials: false,
    object: () => undefined,
    allowedOrigin: () => undefined,
    enter(way) {
      if (way.kind === "stream") end.link = way.link;
      else end.courier = way.courier;
      setImmediate(() => end.receiveDrain());
      return { receiver: end };
    },
    find: () => ({
      receiver: end,
      receiveCursor: (received) => end.acknowledge(received),
      takeAnswer: () => [],
      isOpen: true,
      isShort: false,
    }),
    retryAfterSeconds: () => 1,
    answerProbe: () => ({ packets: [], isHeld: true }),
  };
  const endpoint = new HttpEndpoint({ desk, clock: systemClock, bodyTimeoutMs: 10_000 });
  const http = createServer((request, response) => {
    const action = actionOf(request.url ?? "", "/longwire");
    if (action !== undefined) endpoint.receive(action, request, response);
  });
  http.on("upgrade", (request, socket, head) => {
    const accept = acceptKey(request.headers["sec-websocket-key"] ?? "");
    const response = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
    const runtime = defaultRuntime();
    const accepted = { response, head, protocol: "", extensions: "", limits: resolveLimits(), runtime };
    acceptSocket(socket, accepted, (carrier) => {
      const link = new WebSocketLink(carrier);
      end.link = link;
      link.open(end);
      setImmediate(() => end.receiveDrain());
      return link;
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return (http.address() as AddressInfo).port;
}
