// The rooms of a part, one for each page that is at it: begun when the page begins, ended with it. Bounded, for all and for one address,
// because each has listeners of its own. What happens in a room is the part's.
import type { LabPage } from "../pages.ts";
import type { Passage } from "./passage.ts";

export const roomLimits = {
  rooms: 16,
  /** Half of them, so that nobody has them all. */
  roomsOfAddress: 8,
} as const;

export interface PageRoom {
  readonly passage: Passage;
  close(): Promise<void>;
}

export class PageRooms<Room extends PageRoom> {
  readonly #part: string;
  readonly #rooms = new Map<LabPage, Room>();

  /** `part` is told `{ type: "full" }` when there is no room for its page. */
  constructor(part: string) {
    this.#part = part;
  }

  get(page: LabPage): Room | undefined {
    return this.#rooms.get(page);
  }

  /** The page's room, made by `make` if it has none; undefined if there is no place for one. */
  open(page: LabPage, make: () => Room): Room | undefined {
    const known = this.#rooms.get(page);
    if (known !== undefined) return known;
    const ofAddress = [...this.#rooms.keys()].filter(({ address }) => address === page.address).length;
    if (this.#rooms.size >= roomLimits.rooms || ofAddress >= roomLimits.roomsOfAddress) {
      this.#refuse(page);
      return undefined;
    }
    const room = make();
    this.#rooms.set(page, room);
    page.signal.addEventListener("abort", () => this.end(page), { once: true });
    return room;
  }

  end(page: LabPage): void {
    const room = this.#rooms.get(page);
    this.#rooms.delete(page);
    void room?.close();
  }

  /** A machine that has no more ports or descriptors is as full as one with too many rooms; what else runs here goes on. */
  giveUp(page: LabPage): void {
    this.end(page);
    this.#refuse(page);
  }

  async close(): Promise<void> {
    const rooms = [...this.#rooms.values()];
    this.#rooms.clear();
    await Promise.all(rooms.map((room) => room.close()));
  }

  #refuse(page: LabPage): void {
    page.tell(this.#part, { type: "full" });
  }
}
