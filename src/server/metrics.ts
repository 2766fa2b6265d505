// Counters of one server and their Prometheus text (exposition format 0.0.4). Label values come from fixed tables only:
// nothing a client chooses can make a new time series. What can be asked for when it is wanted is not counted here.

import { performance, type EventLoopUtilization } from "node:perf_hooks";
import { closeCodes, describeCloseCode } from "../base/close-codes.ts";
import type { LimitName } from "../base/limits.ts";

/** What is read off the server at the moment of asking. */
export interface Gauges {
  readonly connections: number;
  readonly pendingHandshakes: number;
  readonly topics: number;
  readonly bufferedBytes: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly budgetBytes: number;
  readonly draining: boolean;
  /** Undefined where there is no line. */
  readonly line?: LineGauges | undefined;
}

/** Sessions at the moment of asking. */
export interface LineGauges {
  readonly sessions: number;
  /** Those without a transport. */
  readonly parked: number;
  readonly channels: number;
  /** What is kept until it is acknowledged. */
  readonly outboxBytes: number;
  /** Durable outboxes of clients that are remembered. */
  readonly outboxes: number;
  readonly transports: Readonly<Record<string, number>>;
  /** Of their WebSockets. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const noLine: LineGauges = {
  sessions: 0,
  parked: 0,
  channels: 0,
  outboxBytes: 0,
  outboxes: 0,
  transports: { websocket: 0, stream: 0, longpoll: 0, poll: 0 },
  bytesIn: 0,
  bytesOut: 0,
};

/** Seconds; handshakes with `authenticate` wait for databases. */
const durationBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** Limits that end connections or refuse them, by the code under which that is reported. */
const limitOfCode: ReadonlyMap<string, LimitName> = new Map<string, LimitName>([
  ["LW_PROTOCOL_MESSAGE_TOO_BIG", "maxMessageBytes"],
  ["LW_PROTOCOL_TOO_MANY_FRAGMENTS", "maxFragments"],
  ["LW_PROTOCOL_MESSAGE_TIMEOUT", "messageTimeoutMs"],
  ["LW_PROTOCOL_CONTROL_FLOOD", "controlFramesPerSecond"],
  ["LW_PROTOCOL_HEADERS_TOO_MANY", "maxHeaders"],
  ["LW_SOCKET_SLOW_CONSUMER", "slowConsumerTimeoutMs"],
  ["LW_SOCKET_RATE_LIMITED", "messagesPerSecond"],
  ["LW_SOCKET_MEMORY_BUDGET", "memoryBudgetBytes"],
  ["LW_SOCKET_PEER_SILENT", "pongTimeoutMs"],
  ["LW_SERVER_HEADERS_TOO_BIG", "maxHeaderBytes"],
  ["LW_SERVER_HANDSHAKE_TIMEOUT", "handshakeTimeoutMs"],
  ["LW_SERVER_AUTHENTICATE_TIMEOUT", "authenticateTimeoutMs"],
  ["LW_SERVER_FULL", "maxConnections"],
  ["LW_SERVER_ADDRESS_FULL", "maxConnectionsPerAddress"],
  ["LW_SERVER_ADDRESS_RATE", "connectsPerSecondPerAddress"],
  ["LW_SERVER_MEMORY", "memoryBudgetBytes"],
  ["LW_SERVER_TOPIC_LIMIT", "maxTopicsPerSocket"],
  ["LW_SERVER_DRAIN_TIMEOUT", "drainTimeoutMs"],
]);

export class Metrics {
  messagesIn = 0;
  messagesOut = 0;
  /** Of connections that are gone. */
  bytesIn = 0;
  bytesOut = 0;
  handlerErrors = 0;
  sessionsOpened = 0;
  /** Messages of outboxes that had been handled when their client came back with them. */
  outboxRepeats = 0;
  readonly #resumes = new Map<string, number>();
  readonly #sessionEnds = new Map<string, number>();
  readonly #channels = new Map<number, number>();
  readonly #handshakes = new Map<number, number>();
  readonly #closes = new Map<string, number>();
  readonly #limits = new Map<LimitName, number>();
  readonly #durationCounts = durationBuckets.map(() => 0);
  #durationCount = 0;
  #durationSum = 0;
  #loop: EventLoopUtilization = performance.eventLoopUtilization();

  /** One handshake answered, with 101 or a refusal. */
  countHandshake(status: number): void {
    // Applications choose the status of their own refusals.
    const label = status >= 100 && status <= 599 ? status : 500;
    this.#handshakes.set(label, (this.#handshakes.get(label) ?? 0) + 1);
  }

  observeHandshake(ms: number): void {
    this.#durationCount += 1;
    this.#durationSum += ms / 1_000;
    for (const [index, bound] of durationBuckets.entries()) {
      if (ms / 1_000 <= bound) this.#durationCounts[index] = (this.#durationCounts[index] as number) + 1;
    }
  }

  countClose(code: number): void {
    const label = closeLabel(code);
    this.#closes.set(label, (this.#closes.get(label) ?? 0) + 1);
  }

  /** One RESUME answered: "resumed", "late", or the reason of the GONE. */
  countResume(answer: string): void {
    this.#resumes.set(answer, (this.#resumes.get(answer) ?? 0) + 1);
  }

  /** `by` as in SessionEnd. */
  countSessionEnd(by: string): void {
    this.#sessionEnds.set(by, (this.#sessionEnds.get(by) ?? 0) + 1);
  }

  /** One channel asked for: accepted, 200, or refused. */
  countChannel(status: number): void {
    const label = status >= 100 && status <= 599 ? status : 500;
    this.#channels.set(label, (this.#channels.get(label) ?? 0) + 1);
  }

  /** Counts the limit that `code` reports, if it reports one. */
  countLimit(code: string | undefined): void {
    const limit = code === undefined ? undefined : limitOfCode.get(code);
    if (limit !== undefined) this.#limits.set(limit, (this.#limits.get(limit) ?? 0) + 1);
  }

  /** Connections ended, by close code; limits reached, by name; handshakes answered, by status. */
  get counts(): Readonly<Record<"closes" | "limits" | "handshakes", ReadonlyMap<string, number>>> {
    const handshakes = new Map([...this.#handshakes].map(([status, count]) => [String(status), count]));
    return { closes: this.#closes, limits: this.#limits, handshakes };
  }

  /** How often `limit` was reached. */
  limitCount(limit: LimitName): number {
    return this.#limits.get(limit) ?? 0;
  }

  /** The whole page. */
  format(gauges: Gauges): string {
    const page = new Page();
    const { line = noLine } = gauges;
    page.add("connections", "gauge", "WebSocket connections open now.", [["", gauges.connections]]);
    page.add("pending_handshakes", "gauge", "Handshakes that wait for a hook.", [["", gauges.pendingHandshakes]]);
    page.add("messages_total", "counter", "Messages received and sent, publications once per receiver.", [
      ['{direction="in"}', this.messagesIn],
      ['{direction="out"}', this.messagesOut],
    ]);
    page.add("bytes_total", "counter", "Bytes on the sockets of WebSocket connections, handshakes included.", [
      ['{direction="in"}', this.bytesIn + gauges.bytesIn + line.bytesIn],
      ['{direction="out"}', this.bytesOut + gauges.bytesOut + line.bytesOut],
    ]);
    page.add(
      "handshakes_total",
      "counter",
      "Handshakes answered, by HTTP status.",
      labelled("status", this.#handshakes),
    );
    page.add("handshake_duration_seconds", "histogram", "From the request head to the 101.", this.#durations());
    page.add("close_total", "counter", "Connections ended, by close code.", labelled("code", this.#closes));
    page.add("limit_total", "counter", "Limits reached, by name.", labelled("limit", this.#limits));
    page.add("handler_errors_total", "counter", "Exceptions of hooks and listeners.", [["", this.handlerErrors]]);
    page.add("topics", "gauge", "Topics with at least one subscriber.", [["", gauges.topics]]);
    page.add("send_buffer_bytes", "gauge", "Payload bytes that wait for slow peers.", [["", gauges.bufferedBytes]]);
    page.add("budget_used_bytes", "gauge", "Memory charged to connections.", [["", gauges.budgetBytes]]);
    this.#addLine(page, line);
    page.add("event_loop_utilization", "gauge", "Share of time the event loop was busy since it was last asked.", [
      ["", this.#utilization()],
    ]);
    page.add("draining", "gauge", "1 while the server drains.", [["", gauges.draining ? 1 : 0]]);
    return page.text;
  }

  #addLine(page: Page, line: LineGauges): void {
    page.add("sessions", "gauge", "Sessions kept now, with and without a transport.", [["", line.sessions]]);
    page.add("sessions_parked", "gauge", "Sessions that wait for their client to come back.", [["", line.parked]]);
    page.add("sessions_opened_total", "counter", "Sessions made.", [["", this.sessionsOpened]]);
    page.add("sessions_ended_total", "counter", "Sessions ended, by whom.", labelled("by", this.#sessionEnds));
    page.add("resumes_total", "counter", "Requests to resume a session, by answer.", labelled("answer", this.#resumes));
    page.add(
      "transports",
      "gauge",
      "Sessions by the transport that carries them now.",
      Object.entries(line.transports).map(([kind, count]): Sample => [`{kind="${kind}"}`, count]),
    );
    page.add("channels", "gauge", "Channels of all sessions.", [["", line.channels]]);
    page.add("channels_total", "counter", "Channels asked for, by status.", labelled("status", this.#channels));
    page.add("outbox_repeats_total", "counter", "Messages of clients' outboxes that were not handled a second time.", [
      ["", this.outboxRepeats],
    ]);
    page.add("outboxes", "gauge", "Durable outboxes of clients that are remembered.", [["", line.outboxes]]);
    page.add("outbox_bytes", "gauge", "Kept for clients until they acknowledge it.", [["", line.outboxBytes]]);
  }

  #durations(): Sample[] {
    return [
      ...durationBuckets.map((bound, index): Sample => [
        `_bucket{le="${bound}"}`,
        this.#durationCounts[index] as number,
      ]),
      ['_bucket{le="+Inf"}', this.#durationCount],
      ["_sum", this.#durationSum],
      ["_count", this.#durationCount],
    ];
  }

  #utilization(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#loop);
    this.#loop = now;
    return Number.isFinite(utilization) ? utilization : 0;
  }
}

/** What follows the name of the metric, and the value. */
type Sample = readonly [suffix: string, value: number];

class Page {
  text = "";

  add(name: string, type: "gauge" | "counter" | "histogram", help: string, samples: readonly Sample[]): void {
    this.text += `# HELP longwire_${name} ${help}\n# TYPE longwire_${name} ${type}\n`;
    for (const [suffix, value] of samples) this.text += `longwire_${name}${suffix} ${value}\n`;
  }
}

function labelled(name: string, counts: ReadonlyMap<string | number, number>): Sample[] {
  return [...counts].map(([label, value]) => [`{${name}="${label}"}`, value]);
}

const namedCodes = new Set(closeCodes.map(({ code }) => code));

/** Applications and peers choose among 4,000 codes; each but the named ones counts under its range. */
function closeLabel(code: number): string {
  if (namedCodes.has(code)) return String(code);
  return describeCloseCode(code).name === "reserved" ? "other" : code >= 4000 ? "4000-4999" : "3000-3999";
}
