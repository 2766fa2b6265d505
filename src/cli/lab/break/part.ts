// The half of the part “The break” on the server: a room for each page that is at it, and the sleep of a laptop.
import type { LabPage } from "../pages.ts";
import { answerJson, type LabPart, type LabRequest } from "../part.ts";
import { type BackstageOpener, openBackstage } from "../passage/backstage.ts";
import { BreakRoom } from "./room.ts";
import { type BreakRequest, parseBreakRequest } from "./wire.ts";

/** Each has three listeners. */
const mostRooms = 16;
/** How long a page stands still. */
const sleepMs = 5_000;

export function breakPart(open: BackstageOpener = openBackstage): LabPart {
  const rooms = new Map<LabPage, BreakRoom>();
  const begin = (page: LabPage, { settings }: Extract<BreakRequest, { type: "begin" }>): BreakRoom | undefined => {
    if (rooms.size >= mostRooms) {
      page.tell("break", { type: "full" });
      return undefined;
    }
    const room = new BreakRoom(page, settings, open);
    rooms.set(page, room);
    page.signal.addEventListener("abort", () => end(page), { once: true });
    return room;
  };
  const end = (page: LabPage): void => {
    const room = rooms.get(page);
    rooms.delete(page);
    void room?.close();
  };
  // A machine that has no more ports or descriptors is as full as one with too many rooms; what else runs here goes on.
  const giveUp = (page: LabPage): void => {
    end(page);
    page.tell("break", { type: "full" });
  };
  return {
    passage: (page) => rooms.get(page)?.passage,
    receive(page, message) {
      const request = parseBreakRequest(message);
      const room = rooms.get(page);
      switch (request?.type) {
        case "begin":
          (room ?? begin(page, request))
            ?.begin(request.run, request.settings, request.isAnswered)
            .catch(() => giveUp(page));
          break;
        case "set":
          room?.set(request.settings);
          break;
        case "network":
          room?.setNetwork(request.network);
          break;
        case "press":
          room?.press(request.what).catch(() => giveUp(page));
          break;
        case "end":
          end(page);
          break;
        case undefined:
          break;
      }
    },
    answer(request) {
      const room = rooms.get(request.page);
      if (room === undefined || request.path !== "sleep") return false;
      // The page waits for this answer and for nothing else: it stands still. Its connections do not outlast the night.
      void room.press("silence");
      answerLater(request);
      return true;
    },
    async close() {
      await Promise.all([...rooms.values()].map((room) => room.close()));
      rooms.clear();
    },
  };
}

function answerLater(request: LabRequest): void {
  const timer = setTimeout(() => answerJson(request, { sleptMs: sleepMs }), sleepMs);
  request.response.on("close", () => clearTimeout(timer));
}
