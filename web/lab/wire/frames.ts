// Frames as bytes: read out of a stream by the package's own decoder, and built field by field, wrong ones too, which its encoder would
// not write. Draws nothing, sends nothing.
import { copyMasked, FrameDecoder, type FrameHeader } from "longwire/protocol";

export interface Frame {
  readonly header: FrameHeader;
  /** The frame as it was on the wire, or what came of it. */
  readonly bytes: Uint8Array;
  /** The payload with the mask taken off. */
  readonly payload: Uint8Array;
  /** All of it has come. */
  readonly isWhole: boolean;
}

/** Cuts one direction of a connection into frames. */
export class FrameReader {
  #rest: Uint8Array = new Uint8Array(0);

  /** The frames that are complete now. */
  receive(chunk: Uint8Array): Frame[] {
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    const frames: Frame[] = [];
    let at = 0;
    for (;;) {
      const decoder = new FrameDecoder();
      const taken = decoder.read(bytes, at, bytes.length);
      if (taken === 0 || at + taken + decoder.length > bytes.length) break;
      const end = at + taken + decoder.length;
      frames.push(makeFrame(decoder, bytes.slice(at, end), true));
      at = end;
    }
    this.#rest = bytes.slice(at);
    return frames;
  }

  /** What has come of a frame that is not complete, if its head says anything. The reader begins anew. */
  takeRest(): Frame | undefined {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    const decoder = new FrameDecoder();
    const taken = decoder.read(rest, 0, rest.length);
    return taken === 0 && !decoder.judgeable ? undefined : makeFrame(decoder, rest, false);
  }
}

/** All that `bytes` hold; a frame that is not complete stands last. */
export function readFrames(bytes: Uint8Array): Frame[] {
  const reader = new FrameReader();
  const frames = reader.receive(bytes);
  const rest = reader.takeRest();
  return rest === undefined ? frames : [...frames, rest];
}

function makeFrame(decoder: FrameDecoder, bytes: Uint8Array, isWhole: boolean): Frame {
  const { fin, rsv, opcode, masked, maskKey, length, headerBytes, minimal } = decoder;
  const payload = bytes.slice(headerBytes);
  if (masked) copyMasked(bytes.subarray(headerBytes), payload, 0, maskKey);
  return { header: { fin, rsv, opcode, masked, maskKey, length, headerBytes, minimal }, bytes, payload, isWhole };
}

export type LengthForm = "shortest" | "7" | "16" | "64";

export interface FramePlan {
  readonly fin: boolean;
  /** RSV1, RSV2, RSV3 as bits 4, 2, 1. */
  readonly rsv: number;
  readonly opcode: number;
  readonly isMasked: boolean;
  readonly lengthForm: LengthForm;
  readonly payload: Uint8Array;
  /** Said instead of the payload's real length. */
  readonly claimedLength?: number;
}

/** The bytes of `plan`, with a masking key drawn for it. A length that its form cannot hold is written as far as it goes. */
export function buildFrame(plan: FramePlan): Uint8Array {
  const { fin, rsv, opcode, isMasked, lengthForm, payload } = plan;
  const length = plan.claimedLength ?? payload.length;
  const shortest = length < 126 ? "7" : length < 65_536 ? "16" : "64";
  const form = lengthForm === "shortest" ? shortest : lengthForm;
  const mask = isMasked ? 0x80 : 0;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  if (form === "7") {
    head.push(mask | Math.min(length, 125));
  } else if (form === "16") {
    head.push(mask | 126, (length >> 8) & 0xff, length & 0xff);
  } else {
    head.push(mask | 127);
    for (let shift = 56n; shift >= 0n; shift -= 8n) head.push(Number((BigInt(length) >> shift) & 0xffn));
  }
  const key = isMasked ? crypto.getRandomValues(new Uint8Array(4)) : new Uint8Array(0);
  const bytes = new Uint8Array(head.length + key.length + payload.length);
  bytes.set(head);
  bytes.set(key, head.length);
  for (const [index, byte] of payload.entries()) {
    bytes[head.length + key.length + index] = byte ^ (key[index % 4] ?? 0);
  }
  return bytes;
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Two digits a byte, with `between` between them. */
export function toHex(bytes: Uint8Array, between = ""): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(between);
}

/** Bytes written in hex, with any blanks; undefined for what is none. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replaceAll(/[\s,:]|0x/g, "");
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
