// The words of RFC 6455 §5.2: opcodes, and a frame header as a value for people and pages. The hot path reads headers with
// frame-decoder and writes them with frame-encoder; this file explains them.

/** Opcodes (RFC 6455 §11.8). */
export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** One of the opcodes that RFC 6455 gives a meaning. */
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

const names = new Map<number, string>(Object.entries(Opcode).map(([name, value]) => [value, name]));

/** The largest payload of a control frame, in bytes (RFC 6455 §5.5). */
export const MAX_CONTROL_PAYLOAD = 125;

/** The largest header: 2 bytes, 8 of length, 4 of masking key. */
export const MAX_HEADER_BYTES = 14;

/** Opcodes 8 to 15 are control frames, known or not (RFC 6455 §5.2). */
export function isControl(opcode: number): boolean {
  return opcode >= 0x8;
}

/** The opcode's name, or `reserved 0x3` for one without. */
export function nameOpcode(opcode: number): string {
  return names.get(opcode) ?? `reserved 0x${opcode.toString(16)}`;
}

/** A frame header in its parts (RFC 6455 §5.2). */
export interface FrameHeader {
  readonly fin: boolean;
  /** RSV1, RSV2, RSV3 as bits 4, 2, 1. */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  /** The masking key as its four bytes, first byte highest; 0 when not masked. */
  readonly maskKey: number;
  /** Payload length in bytes; lengths of 2^53 and more read as Infinity. */
  readonly length: number;
  /** How many bytes the header takes: 2 to 14. */
  readonly headerBytes: number;
  /** Whether the length uses the shortest form (RFC 6455 §5.2 asks for it). */
  readonly minimal: boolean;
}

/** A frame in one line, for logs, traces and pages: `text fin masked 5 bytes "hello"`. */
export function describeFrame(header: FrameHeader, payload?: Uint8Array): string {
  const words = [nameOpcode(header.opcode)];
  if (header.fin) words.push("fin");
  for (const [bit, name] of [
    [4, "rsv1"],
    [2, "rsv2"],
    [1, "rsv3"],
  ] as const) {
    if ((header.rsv & bit) !== 0) words.push(name);
  }
  if (header.masked) words.push("masked");
  words.push(header.length === 1 ? "1 byte" : `${String(header.length)} bytes`);
  if (payload !== undefined && payload.length > 0) words.push(describePayload(header.opcode, payload));
  return words.join(" ");
}

function describePayload(opcode: number, payload: Uint8Array): string {
  if (opcode === Opcode.close && payload.length >= 2) {
    const code = ((payload[0] as number) << 8) | (payload[1] as number);
    return `${String(code)} ${JSON.stringify(new TextDecoder().decode(payload.subarray(2)))}`;
  }
  const shown = payload.subarray(0, 32);
  const tail = payload.length > shown.length ? "…" : "";
  if (opcode === Opcode.text) return JSON.stringify(new TextDecoder().decode(shown)) + tail;
  return Array.from(shown, (byte) => byte.toString(16).padStart(2, "0")).join(" ") + tail;
}
