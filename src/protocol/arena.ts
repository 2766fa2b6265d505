// The one piece of memory that all connections parse in. A chunk is copied in, unmasked and decoded in place, and what must
// outlive the call is copied out, so no connection keeps a chunk and an idle one keeps nothing. JavaScript runs one
// connection at a time; a nested call (a handler that makes another connection receive) gets a room of its own.

import { MAX_HEADER_BYTES } from "./frame.ts";
import { createRoom, type Room } from "./mask.ts";

/** Chunk bytes that fit beside the unfinished header of the chunk before: Node reads 64 KiB at most at a time. */
export const ARENA_BYTES: number = 64 * 1024;

const arena = createRoom(ARENA_BYTES + MAX_HEADER_BYTES);
let taken = false;

/** The arena, or a fresh room while somebody is parsing in it. Give it back. */
export function takeRoom(): Room {
  if (taken) return createRoom(ARENA_BYTES + MAX_HEADER_BYTES);
  taken = true;
  return arena;
}

/** Ends the use of a room that takeRoom gave. */
export function giveRoomBack(room: Room): void {
  if (room === arena) taken = false;
}
