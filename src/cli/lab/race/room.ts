// One page's race: its feed, its four ways, and what they are counted to have cost. Ends with the page, or when the page says so.
import { availableParallelism } from "node:os";
import type { ServerSocket } from "../../../server/index.ts";
import type { LabPage } from "../pages.ts";
import type { LabRequest, PartSocket } from "../part.ts";
import { FeedDesk } from "./desk.ts";
import { Feed } from "./feed.ts";
import { Meter, type SocketMarks } from "./meter.ts";
import { type RaceReport, type RaceSettings, type Way, type WayCounts } from "./wire.ts";

/** Requests whose answer is not through: a page has one of each way; what a reload leaves behind for a moment is put up with. */
const requestLimit = 8;

export interface RoomOwner {
  readonly marks: SocketMarks;
  publish(topic: string, data: string): void;
  /** What to say of the crowd in this page's report. */
  crowd(page: LabPage): RaceReport["crowd"];
}

export class RaceRoom {
  readonly #page: LabPage;
  readonly #owner: RoomOwner;
  readonly #feed = new Feed();
  readonly #desk: FeedDesk;
  readonly #meters: Readonly<Record<"poll" | "longpoll" | "stream", Meter>>;
  readonly #sockets = new SocketCount();
  readonly #topic: string;
  readonly #timer: NodeJS.Timeout;
  #era = 0;
  #requests = 0;

  constructor(page: LabPage, owner: RoomOwner) {
    this.#page = page;
    this.#owner = owner;
    this.#desk = new FeedDesk(this.#feed, (bytes) => page.spend(bytes));
    const { marks } = owner;
    this.#meters = { poll: new Meter(marks), longpoll: new Meter(marks), stream: new Meter(marks) };
    this.#topic = `race:${page.id}`;
    this.#feed.listen((text) => {
      owner.publish(this.#topic, text);
      page.spend(text.length * this.#sockets.openCount);
    });
    this.#timer = setInterval(() => this.#report(), 1_000);
    this.#timer.unref();
    // The page begins its requests when it has heard of the room.
    this.#report();
  }

  run(settings: RaceSettings): void {
    this.#feed.run(settings);
  }

  pause(): void {
    this.#feed.stop();
    this.#report();
  }

  reset(): void {
    this.#era += 1;
    for (const meter of Object.values(this.#meters)) meter.reset();
    this.#sockets.reset();
    this.#report();
  }

  answer({ path, query, message, response }: LabRequest): boolean {
    const after = Number(query.get("after"));
    if (!Number.isSafeInteger(after) || after < 0 || this.#requests >= requestLimit) return false;
    if (path !== "poll" && path !== "longpoll" && path !== "stream") return false;
    // Also one that is answered at once is there until it has been read.
    this.#requests += 1;
    response.on("close", () => (this.#requests -= 1));
    this.#meters[path].count(message, response);
    if (path === "stream") this.#desk.stream(response);
    else this.#desk[path](response, after);
    return true;
  }

  enter(socket: PartSocket): void {
    this.#sockets.add(socket);
    socket.subscribe(this.#topic);
  }

  leave(socket: PartSocket): void {
    this.#sockets.remove(socket);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#feed.stop();
    this.#desk.close();
    this.#sockets.close();
  }

  #report(): void {
    const { poll, longpoll, stream } = this.#meters;
    const counts: Record<Way, WayCounts> = {
      poll: poll.tally,
      longpoll: longpoll.tally,
      stream: stream.tally,
      socket: this.#sockets.tally,
    };
    const crowd = this.#owner.crowd(this.#page);
    const report: RaceReport = { type: "report", era: this.#era, counts, crowd, cores: availableParallelism() };
    this.#page.tell("race", report);
  }
}

type AnySocket = Pick<ServerSocket, "close"> & { readonly transportBytes: { received: number; sent: number } };

/** The WebSockets: a connection each, so all its bytes belong to this way, the request that opened it included. */
class SocketCount {
  readonly #open = new Map<AnySocket, { received: number; sent: number }>();
  #requests = 0;
  #up = 0;
  #down = 0;

  get openCount(): number {
    return this.#open.size;
  }

  get tally(): WayCounts {
    let [up, down] = [this.#up, this.#down];
    for (const [socket, from] of this.#open) {
      const { received, sent } = socket.transportBytes;
      up += received - from.received;
      down += sent - from.sent;
    }
    return { requests: this.#requests, bytesUp: up, bytesDown: down, connections: this.#open.size };
  }

  add(socket: AnySocket): void {
    this.#requests += 1;
    this.#open.set(socket, { received: 0, sent: 0 });
  }

  remove(socket: AnySocket): void {
    const from = this.#open.get(socket);
    if (from === undefined) return;
    this.#open.delete(socket);
    const { received, sent } = socket.transportBytes;
    this.#up += received - from.received;
    this.#down += sent - from.sent;
  }

  reset(): void {
    this.#requests = 0;
    this.#up = 0;
    this.#down = 0;
    for (const socket of this.#open.keys()) this.#open.set(socket, { ...socket.transportBytes });
  }

  close(): void {
    for (const socket of this.#open.keys()) socket.close(1000, "The race is over.");
  }
}
