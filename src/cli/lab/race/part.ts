// The race's half on the server: a room for every page that races, requests and sockets brought there, and the one crowd.
import type { LabPage } from "../pages.ts";
import type { LabPart, PartSite, PartSocket } from "../part.ts";
import { Crowd } from "./crowd.ts";
import { SocketMarks } from "./meter.ts";
import { RaceRoom } from "./room.ts";
import { parseRaceRequest, type RaceReport, type RaceSettings } from "./wire.ts";

export function racePart(site: PartSite, openCrowd: () => CrowdThreads = () => new Crowd()): LabPart {
  const marks = new SocketMarks();
  const crowd = new CrowdSeat(openCrowd);
  const rooms = new Map<LabPage, RaceRoom>();
  const roomOf = new WeakMap<PartSocket, RaceRoom>();

  const end = (page: LabPage): void => {
    rooms.get(page)?.close();
    rooms.delete(page);
    crowd.leave(page);
  };
  const begin = (page: LabPage): RaceRoom => {
    const room = new RaceRoom(page, {
      marks,
      publish: (topic, data) => site.publish(topic, data),
      crowd: (asking) => crowd.report(asking),
    });
    rooms.set(page, room);
    page.signal.addEventListener("abort", () => end(page));
    return room;
  };

  site.route("socket", {
    open: (socket, page) => {
      const room = rooms.get(page);
      if (room === undefined) {
        socket.close(1008, "There is no race on this page now.");
        return;
      }
      roomOf.set(socket, room);
      room.enter(socket);
    },
    close: (socket) => roomOf.get(socket)?.leave(socket),
  });

  return {
    answer: (request) => rooms.get(request.page)?.answer(request) ?? false,
    receive(page, message) {
      const request = parseRaceRequest(message);
      switch (request?.type) {
        case "run":
          (rooms.get(page) ?? begin(page)).run(request.settings);
          crowd.set(page, request.settings);
          break;
        case "pause":
          rooms.get(page)?.pause();
          crowd.leave(page);
          break;
        case "reset":
          rooms.get(page)?.reset();
          break;
        case "end":
          end(page);
          break;
        case undefined:
          break;
      }
    },
    async close() {
      for (const room of rooms.values()) room.close();
      rooms.clear();
      marks.close();
      await crowd.close();
    },
  };
}

/** What the seat needs of a crowd. */
export type CrowdThreads = Pick<Crowd, "close" | "report" | "set">;

/**
 * There is one crowd, and the first page that asks has it until it is done: ten thousand clients are enough. The next one begins when
 * the threads of the last have ended: whoever asks again and again does not get four more each time.
 */
class CrowdSeat {
  readonly #open: () => CrowdThreads;
  #owner: LabPage | undefined;
  #crowd: CrowdThreads | undefined;
  /** What the owner asked for last. */
  #settings: RaceSettings | undefined;
  #ending: Promise<void> | undefined;
  readonly #waiting = new Set<LabPage>();

  constructor(open: () => CrowdThreads) {
    this.#open = open;
  }

  set(page: LabPage, settings: RaceSettings): void {
    if (settings.clients === 0) {
      this.leave(page);
    } else if (this.#owner === undefined || this.#owner === page) {
      this.#owner = page;
      this.#waiting.delete(page);
      this.#settings = settings;
      this.#begin();
    } else {
      this.#waiting.add(page);
    }
  }

  leave(page: LabPage): void {
    this.#waiting.delete(page);
    if (this.#owner !== page) return;
    this.#owner = undefined;
    this.#settings = undefined;
    const crowd = this.#crowd;
    this.#crowd = undefined;
    if (crowd === undefined) return;
    this.#ending = crowd.close().finally(() => {
      this.#ending = undefined;
      this.#begin();
    });
  }

  report(page: LabPage): RaceReport["crowd"] {
    if (this.#owner === page) return this.#crowd?.report();
    return this.#waiting.has(page) ? "busy" : undefined;
  }

  async close(): Promise<void> {
    this.#settings = undefined;
    await Promise.all([this.#ending, this.#crowd?.close()]);
    this.#crowd = undefined;
  }

  #begin(): void {
    if (this.#settings === undefined || this.#ending !== undefined) return;
    this.#crowd ??= this.#open();
    this.#crowd.set(this.#settings);
  }
}
