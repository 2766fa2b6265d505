// Both directions of each TCP connection in a capture, put together as the receivers saw them: what came out of order waits
// for its turn, what was sent again is dropped, what the capture never saw is a hole, and behind a hole nothing is certain.
// Bounded: in connections, in bytes of each direction, and in what waits out of order.

import type { Segment } from "./segments.ts";

/** Bytes that came in order, with the moment at which they did. */
export interface Piece {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Everything one side sent. */
export interface Direction {
  readonly from: string;
  readonly to: string;
  readonly pieces: readonly Piece[];
  readonly bytes: number;
  /** Whether the capture has the beginning of the connection. */
  readonly sawBegin: boolean;
  readonly end: "open" | "ended" | "reset";
  /** How many bytes are missing, where the first of them should be. */
  readonly hole: number | undefined;
  /** How many bytes of what the capture has are not looked at, because there are too many. */
  readonly leftOut: number;
  readonly repeats: number;
  readonly reorders: number;
}

export interface TcpStream {
  /** The side that opened the connection, when that was seen; otherwise the one that spoke first. */
  readonly opener: Direction;
  readonly other: Direction;
  readonly startedAt: number;
}

const mostStreams = 10_000;
export const mostDirectionBytes: number = 64 * 1024 * 1024;
const mostWaiting = 512;

/** Puts segments together. `isFull`: there were more connections than are looked at. */
export class StreamTable {
  readonly #streams = new Map<string, [Half, Half]>();
  readonly #order: [Half, Half][] = [];
  isFull = false;

  add(segment: Segment): void {
    const key = segment.from < segment.to ? `${segment.from} ${segment.to}` : `${segment.to} ${segment.from}`;
    let stream = this.#streams.get(key);
    const isNew = segment.isSyn && stream?.some((half) => half.from === segment.from && half.isOtherBegin(segment));
    if (stream === undefined || isNew === true) {
      if (this.#order.length >= mostStreams) {
        this.isFull = true;
        return;
      }
      stream = [new Half(segment.from, segment.to, segment.at), new Half(segment.to, segment.from, segment.at)];
      this.#streams.set(key, stream);
      this.#order.push(stream);
    }
    stream.find((half) => half.from === segment.from)?.add(segment);
  }

  /** The connections in the order in which they began. */
  finish(): TcpStream[] {
    return this.#order.map(([first, second]) => ({
      opener: first.finish(),
      other: second.finish(),
      startedAt: first.startedAt,
    }));
  }
}

class Half {
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  readonly #pieces: Piece[] = [];
  /** What came before its turn, by sequence number. */
  readonly #waiting = new Map<number, Segment>();
  /** Which of them comes first. */
  #earliest: number | undefined;
  #next: number | undefined;
  #first: number | undefined;
  #bytes = 0;
  #leftOut = 0;
  #repeats = 0;
  #reorders = 0;
  #hole: number | undefined;
  #end: Direction["end"] = "open";
  #sawBegin = false;

  constructor(from: string, to: string, startedAt: number) {
    this.from = from;
    this.to = to;
    this.startedAt = startedAt;
  }

  /** Whether a SYN begins another connection between the same ports, and does not repeat this one's. */
  isOtherBegin({ sequence }: Segment): boolean {
    return this.#first !== undefined && this.#first !== sequence && this.#end !== "open";
  }

  add(segment: Segment): void {
    const { sequence, isSyn, isEnd, isReset, payload } = segment;
    if (isReset && this.#end === "open") this.#end = "reset";
    if (isSyn) {
      this.#sawBegin = true;
      this.#first = sequence;
      this.#next ??= (sequence + 1) >>> 0;
    }
    if (payload.length > 0) this.#place(isSyn ? { ...segment, sequence: (sequence + 1) >>> 0 } : segment);
    if (isEnd && this.#end === "open") this.#end = "ended";
  }

  finish(): Direction {
    const { from, to } = this;
    if (this.#earliest !== undefined) this.#hole ??= distance(this.#earliest, this.#next ?? 0);
    return {
      from,
      to,
      pieces: this.#pieces,
      bytes: this.#bytes,
      sawBegin: this.#sawBegin,
      end: this.#end,
      hole: this.#hole,
      leftOut: this.#leftOut,
      repeats: this.#repeats,
      reorders: this.#reorders,
    };
  }

  #place(segment: Segment): void {
    this.#next ??= segment.sequence;
    const ahead = distance(segment.sequence, this.#next);
    if (ahead > 0) {
      this.#reorders++;
      const known = this.#waiting.get(segment.sequence);
      if (this.#waiting.size < mostWaiting && (known?.payload.length ?? 0) < segment.payload.length) {
        this.#waiting.set(segment.sequence, segment);
        if (distance(segment.sequence, this.#earliest ?? segment.sequence) <= 0) this.#earliest = segment.sequence;
      }
      return;
    }
    if (this.#take(segment)) this.#takeWaiting();
  }

  /** What waited for the bytes that have come, the earliest first. Nearly always nothing is due yet. */
  #takeWaiting(): void {
    while (this.#earliest !== undefined && distance(this.#earliest, this.#next ?? 0) <= 0) {
      const due = this.#waiting.get(this.#earliest);
      this.#waiting.delete(this.#earliest);
      this.#earliest = undefined;
      for (const sequence of this.#waiting.keys()) {
        if (distance(sequence, this.#earliest ?? sequence) <= 0) this.#earliest = sequence;
      }
      if (due !== undefined) this.#take(due);
    }
  }

  /** Takes what is new of a segment that has nothing missing before it. */
  #take({ sequence, payload, at, missing }: Segment): boolean {
    const known = -distance(sequence, this.#next ?? sequence);
    if (known >= payload.length) {
      this.#repeats++;
      return false;
    }
    if (this.#hole !== undefined) return false;
    if (known > 0) this.#repeats++;
    const bytes = payload.subarray(known);
    if (this.#bytes >= mostDirectionBytes) {
      // Counted and not kept; what is missing from here on is told apart from what the capture lacks.
      this.#leftOut += bytes.length;
    } else {
      this.#pieces.push({ at, bytes });
      this.#bytes += bytes.length;
    }
    this.#next = (sequence + payload.length) >>> 0;
    if (missing > 0) this.#hole = missing;
    return true;
  }
}

/** How far `sequence` lies ahead of `from`; less than 0: behind it. Sequence numbers go round (RFC 9293 §3.4). */
function distance(sequence: number, from: number): number {
  return (sequence - from) | 0;
}
