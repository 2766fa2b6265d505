import { expect, it } from "vitest";
import { viewServer } from "../../../../src/server/inspection/server-view.ts";
import { Metrics } from "../../../../src/server/metrics.ts";

const gauges = {
  connections: 2,
  pendingHandshakes: 1,
  topics: 3,
  bufferedBytes: 4,
  bytesIn: 10,
  bytesOut: 20,
  budgetBytes: 5,
  draining: false,
};

it("shows the counters and gauges of the metrics, those of the past and those of now together", () => {
  const metrics = new Metrics();
  metrics.bytesIn = 100;
  metrics.messagesOut = 7;
  metrics.countClose(1006);
  metrics.countHandshake(403);
  metrics.countLimit("LW_SOCKET_SLOW_CONSUMER");
  const line = {
    sessions: 6,
    parked: 1,
    channels: 8,
    outboxBytes: 9,
    outboxes: 0,
    transports: { websocket: 5 },
    bytesIn: 1_000,
    bytesOut: 2_000,
  };
  const view = viewServer(1, { state: "open" }, metrics, { ...gauges, line }, { used: 5, limitBytes: 50 });
  expect(view).toMatchObject({ at: 1, state: "open", connectionCount: 2, sessionCount: 6, parkedCount: 1 });
  expect(view).toMatchObject({ bytesIn: 1_110, bytesOut: 2_020, messagesOut: 7, heldBytes: 5, budgetBytes: 50 });
  expect([view.closes, view.limits, view.handshakes, view.transports]).toEqual([
    { 1006: 1 },
    { slowConsumerTimeoutMs: 1 },
    { 403: 1 },
    { websocket: 5 },
  ]);
});

it("a server without a line has no sessions", () => {
  const view = viewServer(1, { state: "draining" }, new Metrics(), gauges, { used: 0, limitBytes: 1 });
  expect(view).toMatchObject({ state: "draining", sessionCount: 0, channelCount: 0, bytesIn: 10, transports: {} });
});
