// The DATA of one body on its way out, on a way made of requests (wire/session-v1 §4.3, §4.4): it always begins with the oldest
// that is not acknowledged, and says its number. What goes beside it is the attachment's affair.

import type { BodyRoom } from "../base/link.ts";
import { ACK_IN_BODY, BODY_OVERHEAD } from "./body.ts";
import type { Ledger } from "./ledger.ts";
import * as PacketType from "./packet-type.ts";
import { encodePacket } from "./packet-encoder.ts";

/**
 * Adds what is not acknowledged, and then what the user has, which gets its numbers. A packet that does not fit would have its
 * number already: so there is to be `spare` room before it is asked for. True: all that could go is in it.
 */
export function addData(packets: Uint8Array[], ledger: Ledger | undefined, room: BodyRoom, spare: number): boolean {
  if (ledger === undefined) return true;
  const { outbox } = ledger;
  let bytes = packets.reduce((sum, packet) => sum + packet.length, ACK_IN_BODY);
  const first = outbox.acked + 1;
  // AT and an ACK take places as well.
  for (let number = first; packets.length + 3 <= room.maxPackets; number++) {
    const kept = outbox.get(number);
    const expected = kept === undefined ? spare : kept.length + BODY_OVERHEAD;
    if (number > first && bytes + expected > room.maxBytes) return false;
    const packet = kept ?? ledger.packet(number);
    if (packet === undefined) return outbox.hasRoom;
    if (number === first) packets.push(encodePacket({ type: PacketType.at, next: first }));
    packets.push(packet);
    bytes += packet.length + BODY_OVERHEAD;
  }
  return false;
}
