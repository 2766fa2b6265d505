// Bytes of one connection that wait to be parsed: an unfinished frame header, or what came after the machine was told to
// hold. Kept in a room, so that they can be parsed where they lie. Gone as soon as they are parsed.

import { OBJECT_COST } from "../base/limits.ts";
import { createRoom, type Room } from "./mask.ts";

export class Backlog {
  #room: Room | undefined;
  #at = 0;
  #end = 0;

  get isEmpty(): boolean {
    return this.#room === undefined;
  }

  /** What waits, charged as bytes and an object. */
  get cost(): number {
    return this.#room === undefined ? 0 : this.#room.bytes.length + OBJECT_COST;
  }

  /** Keeps `bytes` behind what waits. */
  append(bytes: Uint8Array): void {
    this.#join(this.#waiting(), bytes);
  }

  /** Keeps `bytes` before what waits: they came first and were given back. */
  prepend(bytes: Uint8Array): void {
    this.#join(bytes, this.#waiting());
  }

  /** Moves what waits, an unfinished header, to the front of `room`; returns its length. */
  moveInto(room: Room): number {
    if (this.#room === undefined) return 0;
    const waiting = this.#waiting();
    room.bytes.set(waiting);
    this.clear();
    return waiting.length;
  }

  /**
   * Parses what waits where it lies. `parse` answers how far it came; `keeps` whether the rest is to be kept in place, which
   * costs no copy, or small and apart, which pins no memory.
   */
  parse(parse: (room: Room, at: number, end: number) => number, keeps: () => "in-place" | "apart" | "nothing"): void {
    const room = this.#room;
    if (room === undefined) return;
    const end = this.#end;
    const start = this.#at;
    this.clear();
    const at = parse(room, start, end);
    if (at === end) return;
    const manner = keeps();
    if (manner === "nothing") return;
    if (manner === "apart" || this.#room !== undefined) {
      this.prepend(room.bytes.subarray(at, end));
      return;
    }
    this.#room = room;
    this.#at = at;
    this.#end = end;
  }

  clear(): void {
    this.#room = undefined;
    this.#at = 0;
    this.#end = 0;
  }

  #waiting(): Uint8Array {
    return this.#room === undefined ? nothing : this.#room.bytes.subarray(this.#at, this.#end);
  }

  #join(first: Uint8Array, second: Uint8Array): void {
    const end = first.length + second.length;
    const room = createRoom(end);
    room.bytes.set(first);
    room.bytes.set(second, first.length);
    this.#room = room;
    this.#at = 0;
    this.#end = end;
  }
}

const nothing = new Uint8Array(0);
