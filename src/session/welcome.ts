// WELCOME, the answer to HELLO: what a session is and what the client may expect of it (wire/session-v1 §2).

import { PacketType, type WelcomePacket } from "./packet.ts";
import type { SessionSettings } from "./settings.ts";
import type { Offer, SessionTerms } from "./terms.ts";
import { bytesOf } from "./ticket.ts";

export function welcomePacket(
  { version, name }: Pick<SessionTerms, "version" | "name">,
  settings: SessionSettings,
  ticket: Uint8Array,
  offer: Offer,
  expiresSeconds: number,
): WelcomePacket {
  return {
    type: PacketType.welcome,
    version,
    name: bytesOf(name),
    ticket,
    ...offer,
    retainBytes: settings.retainBytes,
    windowSeconds: Math.round(settings.windowMs / 1000),
    heartbeatSeconds: Math.ceil(settings.heartbeatMs / 1000),
    expiresSeconds,
  };
}
