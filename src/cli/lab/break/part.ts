// The half of the part “The break” on the server: a room for each page that is at it, and the sleep of a laptop.
import { answerJson, type LabPart, type LabRequest } from "../part.ts";
import { type BackstageOpener, openBackstage } from "../passage/backstage.ts";
import { PageRooms } from "../passage/rooms.ts";
import { BreakRoom } from "./room.ts";
import { parseBreakRequest } from "./wire.ts";

/** How long a page stands still. */
const sleepMs = 5_000;

export function breakPart(open: BackstageOpener = openBackstage): LabPart {
  const rooms = new PageRooms<BreakRoom>("break");
  return {
    passage: (page) => rooms.get(page)?.passage,
    receive(page, message) {
      const request = parseBreakRequest(message);
      const room = rooms.get(page);
      switch (request?.type) {
        case "begin":
          rooms
            .open(page, () => new BreakRoom(page, request.settings, open))
            ?.begin(request.run, request.settings, request.isAnswered)
            .catch(() => rooms.giveUp(page));
          break;
        case "set":
          room?.set(request.settings);
          break;
        case "network":
          room?.setNetwork(request.network);
          break;
        case "press":
          room?.press(request.what).catch(() => rooms.giveUp(page));
          break;
        case "end":
          rooms.end(page);
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
    close: () => rooms.close(),
  };
}

function answerLater(request: LabRequest): void {
  const timer = setTimeout(() => answerJson(request, { sleptMs: sleepMs }), sleepMs);
  request.response.on("close", () => clearTimeout(timer));
}
