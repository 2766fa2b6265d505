import { describe, expect, it } from "vitest";
import { Metrics, type Gauges } from "../../../src/server/metrics.ts";

const gauges: Gauges = {
  connections: 3,
  pendingHandshakes: 1,
  topics: 2,
  bufferedBytes: 10,
  bytesIn: 5,
  bytesOut: 6,
  budgetBytes: 7,
  draining: false,
};
const linesOf = (metrics: Metrics, changes: Partial<Gauges> = {}): string[] =>
  metrics.format({ ...gauges, ...changes }).split("\n");

describe("metrics", () => {
  it("are Prometheus text: every sample below its HELP and TYPE", () => {
    const metrics = new Metrics();
    metrics.countClose(1_000);
    metrics.countHandshake(101);
    metrics.countLimit("LW_SERVER_FULL");
    const declared = new Set<string>();
    for (const line of linesOf(metrics).slice(0, -1)) {
      const type = /^# TYPE (\w+) (?:counter|gauge|histogram)$/.exec(line)?.[1];
      if (type !== undefined) declared.add(type);
      const sample = /^(\w+?)(_bucket|_sum|_count)?(?:\{\w+="[^"]*"\})? [\d.e+-]+$/.exec(line);
      if (line.startsWith("#")) continue;
      expect(sample, line).not.toBeNull();
      expect(declared.has(sample?.[1] ?? "") || declared.has(`${sample?.[1]}${sample?.[2]}`), line).toBe(true);
    }
    expect(declared.size).toBeGreaterThan(10);
  });

  it("add what was counted to what is read now", () => {
    const metrics = new Metrics();
    metrics.bytesIn = 100;
    metrics.messagesOut = 4;
    const lines = linesOf(metrics, { draining: true });
    for (const line of [
      "longwire_connections 3",
      'longwire_bytes_total{direction="in"} 105',
      'longwire_bytes_total{direction="out"} 6',
      'longwire_messages_total{direction="out"} 4',
      "longwire_draining 1",
      "longwire_send_buffer_bytes 10",
    ]) {
      expect(lines).toContain(line);
    }
  });

  it("sort handshakes into buckets that count everything below", () => {
    const metrics = new Metrics();
    for (const ms of [0.5, 7, 70_000]) metrics.observeHandshake(ms);
    const lines = linesOf(metrics);
    for (const line of [
      'longwire_handshake_duration_seconds_bucket{le="0.001"} 1',
      'longwire_handshake_duration_seconds_bucket{le="0.01"} 2',
      'longwire_handshake_duration_seconds_bucket{le="10"} 2',
      'longwire_handshake_duration_seconds_bucket{le="+Inf"} 3',
      "longwire_handshake_duration_seconds_count 3",
    ]) {
      expect(lines).toContain(line);
    }
  });

  it("V-50 have no more label values than the tables, whatever clients choose", () => {
    const metrics = new Metrics();
    for (let code = 0; code < 6_000; code++) metrics.countClose(code);
    for (let status = 0; status < 10_000; status++) metrics.countHandshake(status);
    metrics.countLimit("LW_SERVER_INVENTED");
    metrics.countLimit(undefined);
    const lines = linesOf(metrics);
    expect(lines.filter((line) => line.startsWith("longwire_close_total")).length).toBeLessThan(40);
    expect(lines.filter((line) => line.startsWith("longwire_handshakes_total")).length).toBeLessThanOrEqual(500);
    expect(lines.filter((line) => line.startsWith("longwire_limit_total"))).toEqual([]);
    expect(lines).toContain('longwire_close_total{code="4000-4999"} 992');
  });

  it.each([
    ["LW_PROTOCOL_MESSAGE_TOO_BIG", "maxMessageBytes"],
    ["LW_SOCKET_PEER_SILENT", "pongTimeoutMs"],
    ["LW_SERVER_ADDRESS_RATE", "connectsPerSecondPerAddress"],
  ] as const)("count %s as the limit %s", (code, limit) => {
    const metrics = new Metrics();
    metrics.countLimit(code);
    expect(metrics.limitCount(limit)).toBe(1);
    expect(linesOf(metrics)).toContain(`longwire_limit_total{limit="${limit}"} 1`);
  });
});
