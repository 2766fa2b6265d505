// What a RESUME deserves (wire/session-v1 §3.1): attached, refused without effect, or told that the session is gone. Judged
// after authentication, in the very turn that attaches; changes nothing itself.

import { GoneReason, type ResumePacket } from "./packet.ts";
import type { Admission } from "./auth-in-place.ts";
import type { ServerSession } from "./server-session.ts";
import { isGenuine, type TicketClaims } from "./ticket.ts";

/** A session to attach to; "late" for a copy of an older request, to be closed with 4409; or a reason for GONE. */
export type Verdict = { readonly session: ServerSession; readonly generation: number } | "late" | number;

export function judgeResume(
  session: ServerSession | undefined,
  claims: TicketClaims | undefined,
  asked: ResumePacket,
  admission: Admission,
): Verdict {
  // A wrong tag is answered exactly as a name that nobody has.
  if (session === undefined || claims === undefined || !isGenuine(claims, session.key)) return GoneReason.unknown;
  const isOwner = admission.principal === session.admission.principal && admission.origin === session.admission.origin;
  if (!isOwner) return GoneReason.forbidden;
  const { generation } = claims;
  if (generation < session.confirmed || generation > session.generation) return GoneReason.replaced;
  if (asked.attempt <= session.attempt) return "late";
  if (asked.version !== session.version) return GoneReason.version;
  if (asked.received > session.sent) return GoneReason.unknown;
  return { session, generation };
}
