import { expect, it } from "vitest";
import { isRoomName } from "../../../../src/cli/chat/wire.ts";
import { hashOfRoom, roomOfHash, toRoomName } from "../../../../web/chat/room-name.ts";

it.each([
  ["Lobby", "lobby"],
  ["  Tea & Cake ", "tea-cake"],
  ["--a--", "a"],
  ["_x", "x"],
  ["#../etc/passwd", "etc-passwd"],
  ["Größe", "größe"],
  ["हिन्दी", "हिन्दी"],
  ["🎉", ""],
  ["", ""],
])("%j typed becomes the room %j", (typed, room) => expect(toRoomName(typed)).toBe(room));

it("whatever is typed becomes a name that the server accepts, or nothing", () => {
  const pieces = ["a", "Z", "9", " ", "-", "_", "/", "\u0301", "é", "字", "😀", "\ud83d", "\u202e", "%", "İ", "ß"];
  for (let seed = 0; seed < 3_000; seed += 1) {
    let typed = "";
    for (let n = (seed * 2_654_435_761) >>> 0; n > 0; n = Math.floor(n / 17)) typed += pieces[n % pieces.length] ?? "";
    const room = toRoomName(typed.repeat(1 + (seed % 5)));
    if (room !== "" && !isRoomName(room)) throw new Error(`${JSON.stringify(typed)} became ${JSON.stringify(room)}`);
  }
});

it("a room's hash names that room again, and a broken one does no harm", () => {
  for (const room of ["lobby", "größe", "字"]) expect(roomOfHash(hashOfRoom(room))).toBe(room);
  expect(roomOfHash("")).toBe("");
  expect(roomOfHash("#%E0%A4%A")).toBe("e0-a4-a");
});
