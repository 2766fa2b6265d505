// The half of “Why it persists” on the server: simulated hours for the pages that ask, and pings on the one real connection of each.
import type { LabPage } from "../pages.ts";
import type { LabPart, PartSite, PartSocket } from "../part.ts";
import { Lodge } from "./lodge.ts";
import { parsePersistRequest, type PersistReport } from "./wire.ts";

/** Oftener than a server would, so that there is something to see. */
const pingMs = 2_000;

interface Watched {
  readonly page: LabPage;
  readonly openedAt: number;
  readonly timer: NodeJS.Timeout;
  /** Of the last ping; undefined when it was answered. */
  pingedAt: number | undefined;
  count: number;
}

export function persistPart(site: PartSite, lodge: Lodge = new Lodge()): LabPart {
  const watched = new WeakMap<PartSocket, Watched>();
  const guests = new WeakSet<LabPage>();
  const tell = (page: LabPage, report: PersistReport): void => page.tell("persist", report);

  site.route("real", {
    open: (socket, page) => {
      const ping = (): void => {
        const each = watched.get(socket);
        if (each === undefined || each.pingedAt !== undefined) return;
        each.pingedAt = performance.now();
        socket.ping();
      };
      const timer = setInterval(ping, pingMs);
      timer.unref();
      watched.set(socket, { page, openedAt: performance.now(), timer, pingedAt: undefined, count: 0 });
      ping();
    },
    pong: (socket) => {
      const each = watched.get(socket);
      if (each?.pingedAt === undefined) return;
      const now = performance.now();
      each.count += 1;
      tell(each.page, {
        type: "beat",
        count: each.count,
        roundTripMs: now - each.pingedAt,
        ageMs: now - each.openedAt,
      });
      each.pingedAt = undefined;
    },
    close: (socket) => clearInterval(watched.get(socket)?.timer),
  });

  return {
    receive(page, message) {
      const request = parsePersistRequest(message);
      if (request === undefined) return;
      if (request.type === "end") {
        lodge.end(page);
        return;
      }
      const { settings } = request;
      const hasRoom = lodge.live(page, settings, {
        told: (story) => {
          const report: PersistReport = { type: "story", story, settings };
          if (page.spend(JSON.stringify(report).length)) tell(page, report);
        },
        lived: (realMs) => tell(page, { type: "lived", realMs }),
        failed: () => tell(page, { type: "unlived", reason: "failed" }),
      });
      if (!hasRoom) tell(page, { type: "unlived", reason: "busy" });
      if (guests.has(page)) return;
      guests.add(page);
      page.signal.addEventListener("abort", () => lodge.end(page), { once: true });
    },
    close: () => lodge.close(),
  };
}
