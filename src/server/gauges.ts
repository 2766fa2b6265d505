// What is read off a server at the moment of asking: walks its sockets once. Counts nothing by itself, so nothing costs anything
// while nobody asks.

import type { Hub } from "../hub/hub.ts";
import type { Budget } from "../socket/budget.ts";
import type { Gauges, LineGauges } from "./metrics.ts";
import type { Residents } from "./residents.ts";

export function readGauges(
  residents: Residents,
  hub: Pick<Hub, "topicCount">,
  budget: Pick<Budget, "used">,
  line: { readonly gauges: LineGauges } | undefined,
): Gauges {
  let [connections, bufferedBytes, bytesIn, bytesOut] = [0, 0, 0, 0];
  for (const socket of residents.sockets) {
    const { received, sent } = socket.transportBytes;
    if (!socket.isChannel) connections += 1;
    bufferedBytes += socket.bufferedAmount;
    bytesIn += received;
    bytesOut += sent;
  }
  return {
    connections,
    pendingHandshakes: residents.waiting.size,
    topics: hub.topicCount,
    bufferedBytes,
    bytesIn,
    bytesOut,
    budgetBytes: budget.used,
    draining: residents.state !== "open",
    line: line?.gauges,
  };
}
