import { expect, test } from "vitest";
import { LabPages, type LabPage } from "../../../../../src/cli/lab/pages.ts";
import { Passage } from "../../../../../src/cli/lab/passage/passage.ts";
import { roomLimits, type PageRoom, PageRooms } from "../../../../../src/cli/lab/passage/rooms.ts";

const pages = new LabPages();
const told: unknown[] = [];

function enter(address = "192.0.2.1"): LabPage {
  const page = pages.enter({ address, send: (part, message) => void told.push([part, message]), close() {} });
  if (page === undefined) throw new Error("There is no place for this page.");
  return page;
}

function makeRoom(closed: object[] = []): PageRoom {
  const room: PageRoom = {
    passage: new Passage({ ports: () => [], spend: () => true }),
    close: () => Promise.resolve(void closed.push(room)),
  };
  return room;
}

test("a page has one room, which ends with it", () => {
  const rooms = new PageRooms("part");
  const closed: object[] = [];
  const page = enter();
  const room = rooms.open(page, () => makeRoom(closed));
  expect(rooms.open(page, () => makeRoom())).toBe(room);
  expect(rooms.get(page)).toBe(room);
  page.leave();
  expect(rooms.get(page)).toBeUndefined();
  expect(closed).toEqual([room]);
});

test("V-18 one address has half of the rooms, all together have all, and whoever gets none is told", () => {
  const rooms = new PageRooms("part");
  const address = (index: number): string => `198.51.100.${Math.floor(index / roomLimits.roomsOfAddress)}`;
  const inside = Array.from({ length: roomLimits.roomsOfAddress }, () => enter("198.51.100.0"));
  for (const page of inside) expect(rooms.open(page, () => makeRoom())).toBeDefined();
  told.length = 0;
  expect(rooms.open(enter("198.51.100.0"), () => makeRoom())).toBeUndefined();
  expect(told).toEqual([["part", { type: "full" }]]);
  for (let index = roomLimits.roomsOfAddress; index < roomLimits.rooms; index++)
    expect(rooms.open(enter(address(index)), () => makeRoom())).toBeDefined();
  expect(rooms.open(enter("203.0.113.1"), () => makeRoom())).toBeUndefined();
  inside[0]?.leave();
  expect(rooms.open(enter("203.0.113.1"), () => makeRoom())).toBeDefined();
});

test("all end together", async () => {
  const rooms = new PageRooms("part");
  const closed: object[] = [];
  const [one, other] = [enter("203.0.113.2"), enter("203.0.113.3")];
  for (const page of [one, other]) rooms.open(page, () => makeRoom(closed));
  rooms.giveUp(one);
  expect(told.at(-1)).toEqual(["part", { type: "full" }]);
  await rooms.close();
  expect(closed).toHaveLength(2);
  expect(rooms.get(other)).toBeUndefined();
});
