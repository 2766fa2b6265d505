import { expect, it } from "vitest";
import { readGauges } from "../../../src/server/gauges.ts";
import type { ServerSocket } from "../../../src/server/peer.ts";
import { Residents } from "../../../src/server/residents.ts";

const socket = (isChannel: boolean, bufferedAmount: number, received: number, sent: number): ServerSocket =>
  ({ isChannel, bufferedAmount, transportBytes: { received, sent } }) as ServerSocket;

it("adds up what the sockets say, and counts channels for no connections", () => {
  const residents = new Residents();
  residents.sockets.add(socket(false, 5, 10, 20)).add(socket(true, 7, 0, 0));
  residents.state = "draining";
  expect(readGauges(residents, { topicCount: 3 }, { used: 9 }, undefined)).toEqual({
    connections: 1,
    pendingHandshakes: 0,
    topics: 3,
    bufferedBytes: 12,
    bytesIn: 10,
    bytesOut: 20,
    budgetBytes: 9,
    draining: true,
    line: undefined,
  });
});
