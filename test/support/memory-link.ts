// Links and couriers in memory: what was sent is kept as packets, and room is what the test says.
import type { Courier, Link } from "../../src/base/link.ts";
import type { Packet } from "../../src/session/packet.ts";
import { decodePacket, isViolation } from "../../src/session/packet-decoder.ts";

/** The packet in `bytes`, which is one. */
export function packetOf(bytes: Uint8Array): Packet {
  const packet = decodePacket(bytes);
  if (packet === "unknown" || isViolation(packet)) throw new Error("What was sent is no packet.");
  return packet;
}

export class MemoryLink implements Link {
  pendingBytes = 0;
  readonly bytes: Uint8Array[] = [];
  closed: string | undefined;
  /** Each packet sent is called this, when set. */
  onSend: ((packet: Packet) => void) | undefined;

  get sent(): Packet[] {
    return this.bytes.map(packetOf);
  }

  get last(): Packet | undefined {
    return this.sent.at(-1);
  }

  /** The texts in the DATA that was sent. */
  get texts(): string[] {
    return this.sent.flatMap((packet) => ("envelope" in packet ? [new TextDecoder().decode(packet.envelope)] : []));
  }

  send(packet: Uint8Array): void {
    this.bytes.push(packet);
    this.onSend?.(packetOf(packet));
  }

  close(code: number): void {
    this.closed ??= String(code);
  }
}

export class MemoryCourier implements Courier {
  wakes = 0;
  closed: string | undefined;

  wake(): void {
    this.wakes++;
  }

  close(code: number): void {
    this.closed ??= String(code);
  }
}
