// Rooms by address: `#lobby` is the room "lobby". Whatever a person types becomes a name that the server accepts, or
// nothing.

export const firstRoom = "lobby";
const maxLength = 32;

/** "  Tea & Cake " becomes "tea-cake". Empty when no letter or digit is in it. */
export function toRoomName(typed: string): string {
  return typed
    .normalize("NFC")
    .toLowerCase()
    .slice(0, maxLength)
    .replaceAll(/[^\p{L}\p{M}\p{N}_]+/gu, "-")
    .replaceAll(/^[\p{M}_-]+|-+$/gu, "");
}

export function roomOfHash(hash: string): string {
  let typed = hash.replace(/^#/, "");
  try {
    typed = decodeURIComponent(typed);
  } catch {
    // A stray % is one more character that a name cannot have.
  }
  return toRoomName(typed);
}

export function hashOfRoom(room: string): string {
  return `#${encodeURIComponent(room)}`;
}
