// The half of the part “Many in one” on the server: a room for each page that is at it.
import type { LabPart } from "../part.ts";
import { type BackstageOpener, openBackstage } from "../passage/backstage.ts";
import { PageRooms } from "../passage/rooms.ts";
import { ManyRoom } from "./room.ts";
import { parseManyRequest } from "./wire.ts";

export function manyPart(open: BackstageOpener = openBackstage): LabPart {
  const rooms = new PageRooms<ManyRoom>("many");
  return {
    passage: (page) => rooms.get(page)?.passage,
    receive(page, message) {
      const request = parseManyRequest(message);
      const room = rooms.get(page);
      switch (request?.type) {
        case "begin":
          rooms
            .open(page, () => new ManyRoom(page, request.settings, open))
            ?.begin(request.run, request.settings)
            .catch(() => rooms.giveUp(page));
          break;
        case "set":
          room?.set(request.settings).catch(() => rooms.giveUp(page));
          break;
        case "transfer":
          void room?.transfer();
          break;
        case "end":
          rooms.end(page);
          break;
        case undefined:
          break;
      }
    },
    close: () => rooms.close(),
  };
}
