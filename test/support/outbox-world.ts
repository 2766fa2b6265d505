// A server that counts what its handler hears, and a program with an outbox that can die at any moment and live again from what its
// disk has. Whole client, whole server, a network in memory, virtual time.

import { Line } from "../../src/client/line.ts";
import type { LineSocket } from "../../src/client/line-socket.ts";
import type { OutboxEvent } from "../../src/client/outbox/events.ts";
import { Outbox, type OutboxOptions } from "../../src/client/outbox/outbox.ts";
import type { SocketLike } from "../../src/transports/websocket/client.ts";
import { MemoryDisk, MemoryStore } from "./memory-store.ts";
import { type SimulatedLine, type SimulatedLineOptions, simulateLine } from "./simulated-line.ts";

/** From start to death. */
export interface Life {
  readonly store: MemoryStore;
  readonly outbox: Outbox;
  readonly socket: LineSocket;
  readonly line: Line;
  /** "open", "close <code> <cause>", "outbox <code>: <messages>", with "again" when they are resent. */
  readonly told: string[];
  /** Nothing of it happens any more: no byte leaves, nothing is written. */
  die(): void;
}

export class OutboxWorld {
  readonly site: SimulatedLine;
  readonly disk: MemoryDisk = new MemoryDisk();
  /** What the application's handler was called with. */
  readonly heard: string[] = [];
  /** What it does then. */
  handle: (text: string) => unknown = () => undefined;

  constructor(options: SimulatedLineOptions = {}) {
    this.site = simulateLine(options);
    this.site.server.route("/numbers", {
      message: (_socket, data) => {
        const text = typeof data === "string" ? data : new TextDecoder().decode(data);
        this.heard.push(text);
        return this.handle(text);
      },
    });
  }

  live(options: OutboxOptions = {}, path = "/numbers"): Life {
    const { site } = this;
    let isDead = false;
    const own: SocketLike[] = [];
    const dial = site.surroundings.dial ?? unreachable;
    const surroundings = {
      ...site.surroundings,
      dial: (url: string, protocols: string[]): SocketLike => {
        const socket = dial(url, protocols);
        own.push(socket);
        if (isDead) silence(socket);
        return socket;
      },
    };
    const line = new Line("http://a.example", { transports: ["websocket"] }, surroundings);
    const store = new MemoryStore(this.disk, site.clock);
    const outbox = new Outbox(store, options);
    const socket = line.open(path, [], { outbox });
    const told: string[] = [];
    socket.addEventListener("open", () => told.push("open"));
    socket.addEventListener("close", ({ code }) => told.push(`close ${code} ${socket.cause?.code ?? ""}`.trim()));
    socket.addEventListener("outbox", (event) => told.push(describeOutboxEvent(event)));
    return {
      store,
      outbox,
      socket,
      line,
      told,
      die: () => {
        isDead = true;
        store.isDead = true;
        for (const each of own) silence(each);
        // Nothing of that gets anywhere, but its timers end.
        line.close();
      },
    };
  }

  async pass(ms: number): Promise<void> {
    await this.site.clock.advanceAsync(ms);
  }
}

export function describeOutboxEvent({ cause, messages, isResent }: OutboxEvent): string {
  return `outbox ${cause.code}: ${messages.map(String).join()}${isResent ? " again" : ""}`;
}

/** As when its process is killed: it neither says nor hears anything more, and its connection breaks. */
function silence(socket: SocketLike): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  socket.onerror = () => {};
  socket.send = () => {};
  (socket as unknown as { terminate(): void }).terminate();
}

function unreachable(): never {
  throw new Error("There is a dialler.");
}
