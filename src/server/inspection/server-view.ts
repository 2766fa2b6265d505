// The whole of a server in numbers, as a value that may be shown. The same numbers as in its Prometheus text, for people.

import type { Gauges, Metrics } from "../metrics.ts";
import type { Residents } from "../residents.ts";

/** A server in numbers; what is counted is counted since it was created. */
export interface ServerView {
  /** In ms since 1970. */
  readonly at: number;
  readonly state: "open" | "draining" | "closed";
  readonly connectionCount: number;
  readonly sessionCount: number;
  /** Of these, those without a transport. */
  readonly parkedCount: number;
  readonly channelCount: number;
  readonly pendingHandshakeCount: number;
  readonly topicCount: number;
  /** By transport. */
  readonly transports: Readonly<Record<string, number>>;
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Payload bytes that wait for slow peers. */
  readonly bufferedBytes: number;
  /** Kept for sessions until they acknowledge it. */
  readonly outboxBytes: number;
  /** Memory charged to connections, of `budgetBytes`. */
  readonly heldBytes: number;
  readonly budgetBytes: number;
  /** Exceptions of hooks and listeners. */
  readonly faultCount: number;
  readonly sessionsOpened: number;
  /** How connections ended, by close code. */
  readonly closes: Readonly<Record<string, number>>;
  /** Limits that were reached, by name. */
  readonly limits: Readonly<Record<string, number>>;
  /** Handshakes answered, by HTTP status. */
  readonly handshakes: Readonly<Record<string, number>>;
}

export function viewServer(
  at: number,
  residents: Pick<Residents, "state">,
  metrics: Metrics,
  gauges: Gauges,
  budget: { readonly used: number; readonly limitBytes: number },
): ServerView {
  const { line } = gauges;
  const { closes, limits, handshakes } = metrics.counts;
  return {
    at,
    state: residents.state,
    connectionCount: gauges.connections,
    sessionCount: line?.sessions ?? 0,
    parkedCount: line?.parked ?? 0,
    channelCount: line?.channels ?? 0,
    pendingHandshakeCount: gauges.pendingHandshakes,
    topicCount: gauges.topics,
    transports: line?.transports ?? {},
    messagesIn: metrics.messagesIn,
    messagesOut: metrics.messagesOut,
    bytesIn: metrics.bytesIn + gauges.bytesIn + (line?.bytesIn ?? 0),
    bytesOut: metrics.bytesOut + gauges.bytesOut + (line?.bytesOut ?? 0),
    bufferedBytes: gauges.bufferedBytes,
    outboxBytes: line?.outboxBytes ?? 0,
    heldBytes: budget.used,
    budgetBytes: budget.limitBytes,
    faultCount: metrics.handlerErrors,
    sessionsOpened: metrics.sessionsOpened,
    closes: Object.fromEntries(closes),
    limits: Object.fromEntries(limits),
    handshakes: Object.fromEntries(handshakes),
  };
}
