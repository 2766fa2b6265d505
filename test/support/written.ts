// What a session's user writes by itself, where there is a place for it.
import type { EnvelopePlace } from "../../src/base/session.ts";
import { utf8 } from "./byte-builder.ts";

/** Writes `text` at `place` as an envelope; false when there is none. */
export function write(place: EnvelopePlace | undefined, text: string): boolean {
  const envelope = utf8(text);
  place?.memory.set(envelope, place.at);
  place?.add(envelope.length);
  return place !== undefined;
}
