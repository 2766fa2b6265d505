import { describe, expect, it } from "vitest";
import { SessionTap, type Tappable } from "../../../../src/server/inspection/session-tap.ts";
import type { TapEntry } from "../../../../src/server/inspection/tap-entries.ts";
import { PacketType } from "../../../../src/session/packet.ts";
import { encodePacket } from "../../../../src/session/packet-encoder.ts";

const options = { payloadBytes: 100, now: () => 3 };
const ack = encodePacket({ type: PacketType.ack, received: 1 });
const ping = encodePacket({ type: PacketType.ping, token: 1 });

function add(session: Tappable): { tap: SessionTap; told: unknown[] } {
  const told: unknown[] = [];
  const tap = new SessionTap(session, options, (entry: TapEntry) => {
    told.push(
      entry.kind === "packet"
        ? `${entry.direction} ${entry.name}`
        : entry.kind === "transport"
          ? entry.transport
          : entry.kind,
    );
  });
  return { tap, told };
}

describe("looking on at a session", () => {
  it("tells what comes and goes, and when another transport carries it", () => {
    const session: Tappable = { tap: undefined };
    const { told } = add(session);
    session.tap?.receiveArrived("websocket", ack);
    session.tap?.receiveSent("websocket", ping);
    session.tap?.receiveSent("longpoll", ping);
    expect(told).toEqual(["websocket", "in ack", "out ping", "longpoll", "out ping"]);
  });

  it("several look on at once, and each leaves by itself, in whatever order", () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ]) {
      const session: Tappable = { tap: undefined };
      const all = [add(session), add(session), add(session)];
      for (const index of order) {
        all[index]?.tap.stop();
        all[index]?.tap.stop();
        session.tap?.receiveArrived("websocket", ack);
      }
      expect(order.map((index) => all[index]?.told.length)).toEqual([0, 2, 3]);
      expect(session.tap).toBeUndefined();
    }
  });

  it("says once that the session is over, and nothing after", () => {
    const session: Tappable = { tap: undefined };
    const { tap, told } = add(session);
    const kept = session.tap;
    tap.end();
    tap.end();
    kept?.receiveArrived("websocket", ack);
    expect(told).toEqual(["end"]);
    expect(session.tap).toBeUndefined();
  });
});
