// What passes on one connection, on its way to one page: bounded in memory, because it is told faster than a page reads, and in time,
// because a page is forgotten in a corner of a screen. What is too much is counted and left out, never waited for.

import type { Clock } from "../base/clock.ts";
import type { Inspection, PayloadView, Tap, TapEntry } from "../server/index.ts";
import type { CaptureEnd, ShownEntry, ShownPayload } from "./messages.ts";

/** So much waits for the next telling; the rest is dropped. */
const MOST_ENTRIES = 1_000;
const MOST_BYTES = 512 * 1024;
/** What an entry is charged besides its payload. */
const ENTRY_COST = 256;
/** A capture that nobody renewed ends. */
export const CAPTURE_MS: number = 10 * 60_000;
const PAYLOAD_BYTES = 4 * 1024;

export interface CaptureOptions {
  readonly id: string;
  readonly payloads: boolean;
  readonly clock: Pick<Clock, "schedule">;
  /** Once, and last: it has ended by itself. What was taken in before can still be taken. */
  readonly receiveEnd: (why: CaptureEnd) => void;
}

export class Capture {
  readonly id: string;
  #waiting: ShownEntry[] = [];
  #cost = 0;
  #dropped = 0;
  readonly #tap: Tap | undefined;
  readonly #timer: { cancel(): void };
  readonly #receiveEnd: (why: CaptureEnd) => void;
  #isOver = false;

  constructor(inspection: Pick<Inspection, "tap">, { id, payloads, clock, receiveEnd }: CaptureOptions) {
    this.id = id;
    this.#receiveEnd = receiveEnd;
    this.#tap = inspection.tap(id, (entry) => this.#receive(entry), { payloadBytes: payloads ? PAYLOAD_BYTES : 0 });
    this.#timer = clock.schedule(CAPTURE_MS, () => this.#end("time"));
    if (this.#tap === undefined) this.#end("unknown");
  }

  /** What has passed since it was taken last, and how much more that was. */
  take(): { readonly entries: readonly ShownEntry[]; readonly dropped: number } {
    const taken = { entries: this.#waiting, dropped: this.#dropped };
    this.#waiting = [];
    this.#cost = 0;
    this.#dropped = 0;
    return taken;
  }

  /** Ends it; nothing is told after. */
  stop(): void {
    this.#isOver = true;
    this.#timer.cancel();
    this.#tap?.stop();
  }

  #receive(entry: TapEntry): void {
    if (this.#isOver) return;
    const shown = showEntry(entry);
    const cost = ENTRY_COST + payloadCost(shown);
    if (this.#waiting.length >= MOST_ENTRIES || this.#cost + cost > MOST_BYTES) {
      this.#dropped += 1;
    } else {
      this.#waiting.push(shown);
      this.#cost += cost;
    }
    if (entry.kind === "end") this.#end("over");
  }

  #end(why: CaptureEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer.cancel();
    this.#tap?.stop();
    this.#receiveEnd(why);
  }
}

/** An entry as JSON can have it. */
export function showEntry(entry: TapEntry): ShownEntry {
  if (entry.kind === "frame") return { ...entry, payload: showPayload(entry.payload) };
  if (entry.kind !== "packet") return entry;
  const { envelope } = entry;
  if (envelope === undefined) return { ...entry, envelope };
  const payload = envelope.payload === undefined ? undefined : showPayload(envelope.payload);
  return { ...entry, envelope: { ...envelope, payload } };
}

function showPayload({ text, bytes, length, isCut }: PayloadView): ShownPayload {
  return { text, base64: bytes === undefined ? undefined : Buffer.from(bytes).toString("base64"), length, isCut };
}

function payloadCost(entry: ShownEntry): number {
  const payload =
    entry.kind === "frame" ? entry.payload : entry.kind === "packet" ? entry.envelope?.payload : undefined;
  return (payload?.text?.length ?? 0) + (payload?.base64?.length ?? 0);
}
