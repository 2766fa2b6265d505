// Links and couriers in memory: what was sent is kept as packets, and room is what the test says.
import type { Courier, Link } from "../../src/base/link.ts";
import { packetsOf } from "../../src/session/pack.ts";
import type { Packet } from "../../src/session/packet.ts";
import { decodePacket, isViolation } from "../../src/session/packet-decoder.ts";

/** The packet in `bytes`, which is one. */
export function packetOf(bytes: Uint8Array): Packet {
  const packet = decodePacket(bytes);
  if (packet === "unknown" || isViolation(packet)) throw new Error("What was sent is no packet.");
  return packet;
}

/** The packets of `message`. */
function packetsIn(message: Uint8Array): Packet[] {
  const packets = packetsOf(message);
  if (packets === undefined) throw new Error("What was sent is no pack.");
  return packets.map(packetOf);
}

export class MemoryLink implements Link {
  pendingBytes = 0;
  /** Whether what is sent stays pending. */
  keeps = false;
  readonly bytes: Uint8Array[] = [];
  closed: string | undefined;
  /** Called for each packet sent, when set. */
  onSend: ((packet: Packet) => void) | undefined;

  /** All packets, also those that went together. */
  get sent(): Packet[] {
    return this.bytes.flatMap(packetsIn);
  }

  get last(): Packet | undefined {
    return this.sent.at(-1);
  }

  /** The texts in the DATA that was sent. */
  get texts(): string[] {
    return this.sent.flatMap((packet) => ("envelope" in packet ? [new TextDecoder().decode(packet.envelope)] : []));
  }

  send(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    const message = new Uint8Array(bytes.subarray(start, end));
    this.bytes.push(message);
    if (this.keeps) this.pendingBytes += message.length;
    for (const packet of packetsIn(message)) this.onSend?.(packet);
  }

  close(code: number): void {
    this.closed ??= String(code);
  }
}

export class MemoryCourier implements Courier {
  wakes = 0;
  closed: string | undefined;
  /** What is done when it is told of a last word. */
  onLast: (() => void) | undefined;

  wake(isLast = false): void {
    this.wakes++;
    if (isLast) this.onLast?.();
  }

  close(code: number): void {
    this.closed ??= String(code);
  }
}
