// WebSocket frames in bytes that lie there whole (RFC 6455 §5.2), with what each rule has to say about them. Where an endpoint
// would end the connection the reader notes it and goes on, as long as the lengths make sense. Messages are put together and,
// where permessage-deflate was agreed, inflated (RFC 7692 §7.2.2), both within bounds.

import { constants, inflateRawSync } from "node:zlib";
import {
  checkFrame,
  copyMasked,
  type FrameContext,
  FrameDecoder,
  type FrameHeader,
  isControl,
  MAX_HEADER_BYTES,
  Opcode,
} from "../../protocol/index.ts";

export type Side = "client" | "server";

export interface Frame {
  /** Where it begins, and how many of its bytes are there. */
  readonly offset: number;
  readonly presentBytes: number;
  readonly from: Side;
  readonly header: FrameHeader;
  readonly headerHex: string;
  /** Unmasked, as far as it is there. */
  readonly payload: Uint8Array;
  /** The rules it breaks. */
  readonly faults: readonly string[];
  /** The message that ends with it. */
  readonly message: Message | undefined;
}

export interface Message {
  readonly isText: boolean;
  readonly bytes: Uint8Array;
  readonly frameCount: number;
  /** What the bytes were before they were inflated. */
  readonly compressedBytes: number | undefined;
  readonly fault: string | undefined;
}

export interface FrameReading {
  readonly frames: readonly Frame[];
  /** Why it stopped before the end. */
  readonly fault: string | undefined;
}

export interface FrameReadingOptions {
  /** Who sent them; undefined: whoever masks is a client. */
  readonly from: Side | undefined;
  readonly isDeflated: boolean;
  readonly mostFrames: number;
  /** Shared with others; otherwise of this reading alone. */
  readonly inflation?: Inflation;
}

const mostInflatedBytes = 16 * 1024 * 1024;
const mostInflatedOfSide = 256 * 1024 * 1024;
const mostInflatedInAll = 1024 * 1024 * 1024;
const windowBytes = 32 * 1024;
const mostNotes = 3;

/** What may still be inflated, of however many connections: a short capture can hold a great many long ones. */
export class Inflation {
  #left: number;

  constructor(bytes: number = mostInflatedInAll) {
    this.#left = bytes;
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  spend(bytes: number): void {
    this.#left -= bytes;
  }
}

export function readFrames(bytes: Uint8Array, start: number, options: FrameReadingOptions): FrameReading {
  const decoder = new FrameDecoder();
  const { isDeflated, inflation = new Inflation() } = options;
  const sides = { client: new Assembly(isDeflated, inflation), server: new Assembly(isDeflated, inflation) };
  const frames: Frame[] = [];
  for (let at = start; at < bytes.length;) {
    if (frames.length >= options.mostFrames) return { frames, fault: `More than ${options.mostFrames} frames.` };
    const took = decoder.read(bytes, at, bytes.length);
    if (took === 0) return { frames, fault: `The bytes end inside the header of the frame at ${at}.` };
    const header = copyHeader(decoder);
    const from = options.from ?? (header.masked ? "client" : "server");
    const assembly = sides[from];
    const faults = judge(decoder, assembly, from);
    const payload = unmask(bytes.subarray(at + took, at + took + Math.min(header.length, bytes.length)), header);
    const isWhole = payload.length === header.length;
    const message = isWhole && !isControl(header.opcode) ? assembly.add(header, payload) : undefined;
    frames.push({
      offset: at,
      presentBytes: took + payload.length,
      from,
      header,
      headerHex: Buffer.from(bytes.subarray(at, at + Math.min(took, MAX_HEADER_BYTES))).toString("hex"),
      payload,
      faults: faults.slice(0, mostNotes),
      message,
    });
    if (!isWhole) {
      const all = header.length === Infinity ? "2^53 or more" : header.length;
      const there = `${payload.length} of ${all} payload bytes`;
      return { frames, fault: `The bytes end inside the frame at ${at}: ${there} are there.` };
    }
    at += took + header.length;
  }
  return { frames, fault: undefined };
}

/** Whether a frame that makes sense can begin at `at`: used where no handshake tells. */
export function looksLikeFrame(bytes: Uint8Array, at: number): boolean {
  const decoder = new FrameDecoder();
  const took = decoder.read(bytes, at, bytes.length);
  const { opcode, rsv, length } = decoder;
  const isKnown = opcode <= Opcode.binary || (opcode >= Opcode.close && opcode <= Opcode.pong);
  const isSane = isKnown && (rsv & 3) === 0 && !decoder.negative && decoder.minimal;
  const isShort = !isControl(opcode) || (length <= 125 && decoder.fin);
  return took > 0 && isSane && isShort && length < 2 ** 40;
}

function copyHeader({ fin, rsv, opcode, masked, maskKey, length, headerBytes, minimal }: FrameHeader): FrameHeader {
  return { fin, rsv, opcode, masked, maskKey, length, headerBytes, minimal };
}

function judge(header: FrameDecoder, assembly: Assembly, from: Side): string[] {
  const context: FrameContext = {
    side: from === "client" ? "server" : "client",
    inMessage: assembly.isBegun,
    messageBytes: assembly.bytes,
    fragmentCount: 0,
    maxMessageBytes: Infinity,
    maxFragments: Infinity,
    lenientLength: false,
  };
  const { rsv } = header;
  // RFC 7692 §6: RSV1 of a message's first frame says that it is compressed.
  if (assembly.isDeflated && rsv === 4 && !isControl(header.opcode) && header.opcode !== Opcode.continuation)
    header.rsv = 0;
  const violation = checkFrame(header, context);
  header.rsv = rsv;
  return violation === undefined ? [] : [`${violation.message} (an endpoint closes with ${violation.closeCode})`];
}

function unmask(bytes: Uint8Array, { masked, maskKey }: FrameHeader): Uint8Array {
  if (!masked) return bytes;
  const plain = new Uint8Array(bytes.length);
  copyMasked(bytes, plain, 0, maskKey);
  return plain;
}

/** The message that is arriving from one side. */
class Assembly {
  readonly isDeflated: boolean;
  readonly #inflation: Inflation;
  #opcode: number | undefined;
  #isCompressed = false;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #window: Uint8Array = new Uint8Array(0);
  #inflatedBytes = 0;

  constructor(isDeflated: boolean, inflation: Inflation) {
    this.isDeflated = isDeflated;
    this.#inflation = inflation;
  }

  get isBegun(): boolean {
    return this.#opcode !== undefined;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(header: FrameHeader, payload: Uint8Array): Message | undefined {
    if (header.opcode !== Opcode.continuation) {
      this.#opcode = header.opcode;
      this.#isCompressed = (header.rsv & 4) !== 0;
      this.#parts = [];
      this.#bytes = 0;
    }
    this.#parts.push(payload);
    this.#bytes += payload.length;
    if (!header.fin) return undefined;
    const isText = this.#opcode === Opcode.text;
    const whole = this.#parts.length === 1 ? payload : Buffer.concat(this.#parts);
    const frameCount = this.#parts.length;
    const isCompressed = this.#isCompressed;
    this.#opcode = undefined;
    this.#parts = [];
    if (!isCompressed) return { isText, bytes: whole, frameCount, compressedBytes: undefined, fault: undefined };
    const inflated = this.#inflate(whole);
    return { isText, frameCount, compressedBytes: whole.length, ...inflated };
  }

  #inflate(bytes: Uint8Array): { bytes: Uint8Array; fault: string | undefined } {
    if (this.#inflatedBytes > mostInflatedOfSide || this.#inflation.isSpent)
      return { bytes: new Uint8Array(0), fault: "Enough was inflated by now." };
    try {
      const inflated = inflateRawSync(Buffer.concat([bytes, tail]), {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: mostInflatedBytes,
        ...(this.#window.length === 0 ? {} : { dictionary: this.#window }),
      });
      this.#inflatedBytes += inflated.length;
      this.#inflation.spend(inflated.length);
      // Kept in case the sender goes on with what it has sent before; where it does not, nothing refers to it.
      this.#window = Buffer.concat([this.#window, inflated]).subarray(-windowBytes);
      return { bytes: inflated, fault: undefined };
    } catch {
      // It was work all the same, up to the most of one message.
      this.#inflation.spend(Math.min(mostInflatedBytes, 1_032 * bytes.length));
      return {
        bytes: new Uint8Array(0),
        fault: "It cannot be inflated: what came before it is missing, or it is damaged.",
      };
    }
  }
}

/** RFC 7692 §7.2.2: the four bytes that the sender has taken off. */
const tail = Uint8Array.of(0x00, 0x00, 0xff, 0xff);
