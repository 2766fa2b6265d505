// The bytes of docs/wire, written from those pages alone: nothing here comes from src/, so an error there cannot hide here.

export function join(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export function v(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

export function b(bytes: Uint8Array | string): number[] {
  const raw = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  return [...v(raw.length), ...raw];
}

class Reader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  v(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error("A field is short.");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  b(): Uint8Array {
    const length = this.v();
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new Error("A field is short.");
    return this.#bytes.slice(this.#at - length, this.#at);
  }

  s(): string {
    return Buffer.from(this.b()).toString();
  }

  rest(): Uint8Array {
    return this.#bytes.slice(this.#at);
  }
}

// --- packets, session-v1 §2 ---

export const hello = (version = 1, token = ""): Uint8Array =>
  join([0x06], v(version), v(1_048_576), v(1_048_576), b(token));
export const resume = (ticket: Uint8Array, attempt: number, received: number, token = ""): Uint8Array =>
  join([0x08], v(1), b(ticket), v(attempt), v(received), b(token));
export const auth = (id: number, token: string): Uint8Array => join([0x0b], v(id), b(token));
export const ack = (received: number): Uint8Array => join([0x01], v(received));
export const ping = (token: number): Uint8Array => join([0x02], v(token));
export const at = (next: number): Uint8Array => join([0x04], v(next));
export const bye = (code: number): Uint8Array => join([0x0e], v(code), b(""));
export const data = (envelope: Uint8Array): Uint8Array => join([0x00], envelope);

/** Several packets as one WebSocket message. */
export const pack = (...packets: readonly Uint8Array[]): Uint8Array =>
  join([0x0f], ...packets.map((packet) => b(packet)));

/** The packets of one WebSocket message. */
export function packetsOf(message: Uint8Array): Uint8Array[] {
  if (message[0] !== 0x0f) return [message];
  const packets: Uint8Array[] = [];
  for (const reader = new Reader(message, 1); !reader.isAtEnd; packets.push(reader.b()));
  if (packets.length === 0) throw new Error("A pack is empty.");
  return packets;
}

export type Said =
  | { readonly name: "DATA"; readonly envelope: Heard }
  | { readonly name: "ACK"; readonly received: number }
  | { readonly name: "PING"; readonly token: number }
  | { readonly name: "PONG"; readonly token: number }
  | { readonly name: "AT"; readonly next: number }
  | { readonly name: "GREET"; readonly mark: string; readonly lowest: number; readonly highest: number }
  | Welcome
  | { readonly name: "RESUMED"; readonly ticket: Uint8Array; readonly received: number; readonly from: number }
  | { readonly name: "GONE"; readonly reason: number }
  | { readonly name: "AUTHED"; readonly id: number; readonly status: number }
  | { readonly name: "GOAWAY"; readonly flags: number; readonly deadlineMs: number; readonly spreadMs: number }
  | { readonly name: "BYE"; readonly code: number }
  | { readonly name: "other"; readonly type: number };

export interface Welcome {
  readonly name: "WELCOME";
  readonly session: Uint8Array;
  readonly ticket: Uint8Array;
  readonly maxMessage: number;
  /** The bound of the server's outbox, in bytes. */
  readonly retain: number;
  readonly heartbeatSeconds: number;
}

export function readPacket(bytes: Uint8Array): Said {
  const type = bytes[0] ?? -1;
  const reader = new Reader(bytes, 1);
  switch (type) {
    case 0x00:
      return { name: "DATA", envelope: readEnvelope(reader.rest()) };
    case 0x01:
      return { name: "ACK", received: reader.v() };
    case 0x02:
      return { name: "PING", token: reader.v() };
    case 0x03:
      return { name: "PONG", token: reader.v() };
    case 0x04:
      return { name: "AT", next: reader.v() };
    case 0x05: {
      const mark = Buffer.from(bytes.subarray(1, 3)).toString();
      const versions = new Reader(bytes, 3);
      return { name: "GREET", mark, lowest: versions.v(), highest: versions.v() };
    }
    case 0x07: {
      reader.v();
      const [session, ticket] = [reader.b(), reader.b()];
      reader.v();
      const maxMessage = reader.v();
      reader.v();
      const retain = reader.v();
      reader.v();
      return { name: "WELCOME", session, ticket, maxMessage, retain, heartbeatSeconds: reader.v() };
    }
    case 0x09:
      return { name: "RESUMED", ticket: reader.b(), received: reader.v(), from: reader.v() };
    case 0x0a:
      return { name: "GONE", reason: reader.v() };
    case 0x0c:
      return { name: "AUTHED", id: reader.v(), status: reader.v() };
    case 0x0d:
      return { name: "GOAWAY", flags: reader.v(), deadlineMs: reader.v(), spreadMs: reader.v() };
    case 0x0e:
      return { name: "BYE", code: reader.v() };
    default:
      return { name: "other", type };
  }
}

export function body(...packets: readonly Uint8Array[]): Uint8Array {
  return join(...packets.map((packet) => [...v(packet.length), ...packet]));
}

export function readBody(bytes: Uint8Array): Said[] {
  const said: Said[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const reader = new Reader(rest, 0);
    said.push(readPacket(reader.b()));
    rest = reader.rest();
  }
  return said;
}

// --- envelopes, channels-v1 §5 ---

export const open = (channel: number, path: string, credit = 65_536, protocols: readonly string[] = []): Uint8Array =>
  join([0x02], v(channel), v(credit), b(path), v(protocols.length), ...protocols.map(b), b(""));
/** What §5.7 says of an outbox. */
export interface Claim {
  readonly id: Uint8Array;
  /** Zeros unless told otherwise; 1, 1 and false are the others. */
  readonly window?: Uint8Array;
  readonly first?: number;
  readonly next?: number;
  readonly resends?: boolean;
}

/** OPEN with a claim. */
export const claim = (channel: number, path: string, { id, ...rest }: Claim): Uint8Array => {
  const { window = new Uint8Array(8), first = 1, next = 1, resends = false } = rest;
  const parameters = join([0x01, resends ? 1 : 0], id, window, v(first), v(next));
  return join([0x02], v(channel), v(65_536), b(path), v(0), b(parameters));
};

export interface Answer {
  readonly window: Uint8Array;
  readonly isKnown: boolean;
  readonly settled: number;
  readonly called: number;
}

export function readAnswer(parameters: Uint8Array): Answer {
  if (parameters[0] !== 1) throw new Error("ACCEPT has no answer to the claim.");
  const reader = new Reader(parameters, 10);
  const isKnown = ((parameters[1] ?? 0) & 1) !== 0;
  return { window: parameters.slice(2, 10), isKnown, settled: reader.v(), called: reader.v() };
}

export const goOn = (channel: number, path: string, continuation: Uint8Array): Uint8Array =>
  join([0x12], v(channel), v(65_536), b(path), v(0), b(continuation));
export const text = (channel: number, message: string): Uint8Array => join([0x30], v(channel), Buffer.from(message));
/** `flags`: 10 the last of its message, 20 text. */
export const slice = (channel: number, bytes: Uint8Array, flags: number): Uint8Array =>
  join([flags], v(channel), bytes);
export const credit = (channel: number, count: number): Uint8Array => join([0x01], v(channel), v(count));
export const close = (channel: number, code = 0, reason = ""): Uint8Array =>
  join([0x05], v(channel), v(code), b(reason));
export const move = (channel: number): Uint8Array => join([0x15], v(channel), v(0), b(""), b(""));
export const reset = (channel: number, code: number): Uint8Array => join([0x06], v(channel), v(code), b(""));

export type Heard =
  | { readonly kind: "SLICE"; readonly channel: number; readonly flags: number; readonly bytes: Uint8Array }
  | { readonly kind: "CREDIT"; readonly channel: number; readonly credit: number }
  | Accept
  | Ending<"REJECT">
  | (Ending<"CLOSE"> & { readonly moved: Uint8Array | undefined })
  | Ending<"RESET">
  | { readonly kind: "HANDLED"; readonly channel: number; readonly number: number }
  | { readonly kind: "other"; readonly channel: number };

interface Accept {
  readonly kind: "ACCEPT";
  readonly channel: number;
  readonly credit: number;
  readonly protocol: string;
  readonly parameters: Uint8Array;
  readonly isMovable: boolean;
}

interface Ending<Kind> {
  readonly kind: Kind;
  readonly channel: number;
  readonly code: number;
  readonly reason: string;
}

const ends = { 4: "REJECT", 6: "RESET" } as const;

function readEnvelope(bytes: Uint8Array): Heard {
  const [head = 0] = bytes;
  const kind = head & 0x0f;
  const reader = new Reader(bytes, 1);
  const channel = reader.v();
  if (kind === 0) return { kind: "SLICE", channel, flags: head & 0xf0, bytes: reader.rest() };
  if (kind === 1) return { kind: "CREDIT", channel, credit: reader.v() };
  const isFlagged = (head & 0x10) !== 0;
  if (kind === 3) {
    const [first, protocol, parameters] = [reader.v(), reader.s(), reader.b()];
    return { kind: "ACCEPT", channel, credit: first, protocol, parameters, isMovable: isFlagged };
  }
  if (kind === 4 || kind === 6) return { kind: ends[kind], channel, code: reader.v(), reason: reader.s() };
  if (kind === 5) {
    const [code, reason] = [reader.v(), reader.s()];
    return { kind: "CLOSE", channel, code, reason, moved: isFlagged ? reader.b() : undefined };
  }
  if (kind === 8) return { kind: "HANDLED", channel, number: reader.v() };
  return { kind: "other", channel };
}
