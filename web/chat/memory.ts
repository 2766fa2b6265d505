// What this browser remembers between visits: the name, and the rooms visited last. Storage may be forbidden or full;
// then nothing is remembered and nothing else changes.

const nameKey = "longwire.chat.name";
const roomsKey = "longwire.chat.rooms";

/** Listed even for somebody who was never there. */
const firstRooms = ["lobby", "random"];
const rememberedRoomCount = 10;

export function recallName(): string {
  return read(nameKey) ?? "";
}

export function rememberName(name: string): void {
  write(nameKey, name);
}

/** The rooms to list, in the order in which they were first visited. */
export function recallRooms(): string[] {
  let stored: unknown;
  try {
    stored = JSON.parse(read(roomsKey) ?? "[]");
  } catch {
    stored = [];
  }
  const visited = Array.isArray(stored) ? stored.filter((room): room is string => typeof room === "string") : [];
  return [...new Set([...firstRooms, ...visited])];
}

/** Adds a room to the list; beyond the bound the one visited first makes way. */
export function rememberRoom(room: string): void {
  const rooms = recallRooms().filter((known) => !firstRooms.includes(known));
  if (firstRooms.includes(room) || rooms.includes(room)) return;
  write(roomsKey, JSON.stringify([...rooms, room].slice(-rememberedRoomCount)));
}

function read(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Forgotten with the page, then.
  }
}
