// The half of the part “Many in one” on the server: a room for each page that is at it.
import type { LabPage } from "../pages.ts";
import type { LabPart } from "../part.ts";
import { type BackstageOpener, openBackstage } from "../passage/backstage.ts";
import { ManyRoom } from "./room.ts";
import { type ManyRequest, parseManyRequest } from "./wire.ts";

const mostRooms = 16;

export function manyPart(open: BackstageOpener = openBackstage): LabPart {
  const rooms = new Map<LabPage, ManyRoom>();
  const end = (page: LabPage): void => {
    const room = rooms.get(page);
    rooms.delete(page);
    void room?.close();
  };
  // A machine that has no more ports or descriptors is as full as one with too many rooms; what else runs here goes on.
  const giveUp = (page: LabPage): void => {
    end(page);
    page.tell("many", { type: "full" });
  };
  const begin = (page: LabPage, { settings }: Extract<ManyRequest, { type: "begin" }>): ManyRoom | undefined => {
    if (rooms.size >= mostRooms) {
      page.tell("many", { type: "full" });
      return undefined;
    }
    const room = new ManyRoom(page, settings, open);
    rooms.set(page, room);
    page.signal.addEventListener("abort", () => end(page), { once: true });
    return room;
  };
  return {
    passage: (page) => rooms.get(page)?.passage,
    receive(page, message) {
      const request = parseManyRequest(message);
      const room = rooms.get(page);
      switch (request?.type) {
        case "begin":
          (room ?? begin(page, request))?.begin(request.run, request.settings).catch(() => giveUp(page));
          break;
        case "set":
          room?.set(request.settings).catch(() => giveUp(page));
          break;
        case "transfer":
          void room?.transfer();
          break;
        case "end":
          end(page);
          break;
        case undefined:
          break;
      }
    },
    async close() {
      await Promise.all([...rooms.values()].map((room) => room.close()));
      rooms.clear();
    },
  };
}
