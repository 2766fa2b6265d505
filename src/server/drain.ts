// Lets everyone go without a storm: closes are spread over a time, because all clients at once are a storm on the next
// server, and whoever has not gone after that is dropped. RELIABILITY §5.3 "graceful drain". Knows nothing of listeners; sessions
// and their channels are line-exit.ts's.

import { LocalError } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import type { Clock } from "../base/clock.ts";
import type { Residents } from "./residents.ts";
import { within } from "./within.ts";

/** How often some are sent away. */
const stepMs = 100;

type Times = Pick<Limits, "drainSpreadMs" | "drainTimeoutMs">;

/** Tells every socket, closes the connections with 1012 over `drainSpreadMs`, drops the rest `drainTimeoutMs` later. */
export async function sendAway(residents: Residents, clock: Clock, times: Times): Promise<void> {
  residents.turnAwayWaiting();
  for (const socket of residents.sockets) socket.announceDrain();
  await closeSpread(residents, clock, times.drainSpreadMs);
  await emptiedWithin(residents, clock, times.drainTimeoutMs);
  const cause = new LocalError("LW_SERVER_DRAIN_TIMEOUT", "The client had not gone when the server's drain ended.");
  await dropRest(residents, clock, cause);
}

/** Closes every connection with `code` at once and drops what is left after `timeoutMs`. */
export async function closeAll(
  residents: Residents,
  clock: Clock,
  close: { readonly code: number; readonly reason: string; readonly timeoutMs: number },
): Promise<void> {
  residents.turnAwayWaiting();
  for (const socket of residents.sockets) {
    if (!socket.isChannel) socket.dismiss(close.code, close.reason);
  }
  await emptiedWithin(residents, clock, close.timeoutMs);
  await dropRest(
    residents,
    clock,
    new LocalError("LW_SERVER_CLOSED", "The client had not gone when the server closed."),
  );
}

function closeSpread(residents: Residents, clock: Clock, spreadMs: number): Promise<void> {
  const all = [...residents.sockets].filter((socket) => !socket.isChannel);
  const startedAt = clock.now();
  let closedCount = 0;
  return new Promise((resolve) => {
    const step = (): void => {
      const elapsed = clock.now() - startedAt;
      const share = spreadMs === 0 ? 1 : Math.min(1, elapsed / spreadMs);
      const target = Math.ceil(all.length * share);
      while (closedCount < target) {
        all[closedCount]?.dismiss(1012, "The service restarts.");
        closedCount += 1;
      }
      // Clients that leave by themselves make waiting for the rest of the time pointless.
      if (closedCount === all.length || residents.connectionCount === 0) resolve();
      else clock.schedule(Math.min(stepMs, spreadMs), step);
    };
    step();
  });
}

async function emptiedWithin(residents: Residents, clock: Clock, ms: number): Promise<void> {
  if (residents.connectionCount > 0) await within(clock, ms, residents.emptied());
}

/** A socket whose handler is still busy tells its end only when that is done; nobody waits for it here. */
async function dropRest(residents: Residents, clock: Clock, cause: LocalError): Promise<void> {
  if (residents.connectionCount === 0) return;
  for (const socket of residents.sockets) {
    if (!socket.isChannel) socket.drop(cause);
  }
  await emptiedWithin(residents, clock, stepMs);
}
