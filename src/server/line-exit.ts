// How sessions leave a server (wire/session-v1 §3.1 "drain", channels-v1 §5.6): asked to go first, so that what can move moves
// while this server still answers; then each channel closes, and when a session has none any more it ends. Plain connections
// are drain.ts's.

import type { Clock } from "../base/clock.ts";
import type { Limits } from "../base/limits.ts";
import type { Line } from "./line.ts";
import type { Residents } from "./residents.ts";
import { within } from "./within.ts";

/** After the spread the last clients still need time to move. */
const MOVE_MS = 5_000;

/** Sends every session elsewhere: GOAWAY now, 1012 for what is left when they have had their time. */
export async function sendSessionsAway(
  line: Line,
  residents: Residents,
  clock: Clock,
  limits: Pick<Limits, "drainSpreadMs" | "drainTimeoutMs" | "closeTimeoutMs">,
): Promise<void> {
  const moveMs = Math.min(MOVE_MS, limits.drainTimeoutMs / 2);
  const deadlineMs = limits.drainSpreadMs + moveMs;
  line.goAway(deadlineMs, limits.drainSpreadMs);
  await within(clock, deadlineMs, line.emptied());
  const timeoutMs = Math.min(limits.closeTimeoutMs, moveMs);
  await closeSessions(line, residents, clock, { code: 1012, reason: "The service restarts.", timeoutMs });
}

/** Closes the channels of every session, and then the sessions; at once what has no transport. */
export async function closeSessions(
  line: Line,
  residents: Residents,
  clock: Clock,
  close: { readonly code: number; readonly reason: string; readonly timeoutMs: number },
): Promise<void> {
  const { code, reason, timeoutMs } = close;
  for (const socket of residents.channels) socket.dismiss(code, reason);
  line.leave(code, reason);
  await within(clock, timeoutMs, line.emptied());
  line.end(code, reason);
}
