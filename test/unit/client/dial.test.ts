import { describe, expect, test } from "vitest";
import { Dial } from "../../../src/client/dial.ts";
import { ClientNetwork, type SocketManner } from "../../support/client-network.ts";

function begin(
  manner: SocketManner,
  protocols: readonly string[] = [],
): { network: ClientNetwork; dial: Dial; told: unknown[] } {
  const network = new ClientNetwork();
  network.sockets = manner;
  const told: unknown[] = [];
  const { dial: dialler } = network.surroundings;
  if (dialler === undefined) throw new Error("There are sockets.");
  const dial = new Dial(
    { dial: dialler, clock: network.clock, url: "wss://a.example/x", protocols },
    {
      receiveGreeted: () => told.push("greeted"),
      receiveQuiet: () => told.push("quiet"),
      receiveProven: () => told.push("proven"),
      receiveForeign: (socket, first) => told.push(["foreign", socket.protocol, first]),
      receiveFailed: (code) => told.push(["failed", code]),
    },
  );
  return { network, dial, told };
}

describe("Dial", () => {
  test("our name is offered last; a GREET is one of ours, and then it can be asked whether anything gets through", () => {
    const { network, dial, told } = begin("works", ["chat.v1"]);
    expect(network.dialled).toEqual([{ url: "wss://a.example/x", protocols: ["chat.v1", "longwire.1"] }]);
    expect(dial.take()).toBeUndefined();
    network.clock.advance(30);
    dial.probe();
    network.clock.advance(30);
    expect([told, dial.isGreeted]).toEqual([["greeted", "proven"], true]);
    expect(dial.take()).toMatchObject({ kind: "websocket" });
    expect(dial.take()).toBeUndefined();
    network.clock.advance(9_000);
    expect(told).toHaveLength(2);
  });

  test("a server that chose the application's protocol is somebody else's", () => {
    const { network, told } = begin("plain", ["chat.v1"]);
    network.clock.advance(30);
    expect(told).toEqual([["foreign", "chat.v1", undefined]]);
  });

  test("V-63 one that echoes our name and speaks first is somebody else's, and what it said is handed on", () => {
    const { network, told } = begin("echo");
    network.clock.advance(30);
    expect(told).toEqual([["foreign", "longwire.1", "welcome to my server"]]);
  });

  test("one that echoes our name and says nothing is told of soon and given out after 1.5 s; not a byte was sent to it", () => {
    const { network, told } = begin("silent");
    network.clock.advance(69);
    expect(told).toEqual([]);
    network.clock.advance(1_450);
    expect(told).toEqual(["quiet"]);
    network.clock.advance(1);
    expect(told).toEqual(["quiet", ["foreign", "longwire.1", undefined]]);
    expect(network.clock.pendingCount).toBe(0);
  });

  test.each([
    [120, 120],
    [1_000, 300],
  ])("a handshake that took %i ms: silence is told of after %i ms", (handshakeMs, quietMs) => {
    const { network, dial, told } = begin("refuse");
    const [socket] = network.dialledSockets;
    if (socket === undefined) throw new Error("Something was dialled.");
    const { onopen } = socket;
    socket.onclose = null;
    network.clock.advance(handshakeMs);
    socket.protocol = "longwire.1";
    onopen?.(undefined as never);
    network.clock.advance(quietMs - 1);
    expect(told).toEqual([]);
    network.clock.advance(1);
    expect(told).toEqual(["quiet"]);
    dial.close();
    expect(network.clock.pendingCount).toBe(0);
  });

  test("no connection, and none in time", () => {
    const { network, told } = begin("refuse");
    network.clock.advance(10);
    expect([told, network.clock.pendingCount]).toEqual([[["failed", 1006]], 0]);
    const clockless = begin("works");
    clockless.dial.close();
    clockless.network.clock.advance(20_000);
    expect(clockless.told).toEqual([]);
  });

  test("a URL that cannot be dialled fails in a later turn", () => {
    const network = new ClientNetwork();
    const told: unknown[] = [];
    const dial = new Dial(
      {
        dial: () => {
          throw new Error("blocked port");
        },
        clock: network.clock,
        url: "wss://a.example:25",
        protocols: [],
      },
      {
        receiveGreeted: () => {},
        receiveForeign: () => {},
        receiveFailed: (_code, reason) => told.push(reason),
      },
    );
    expect(told).toEqual([]);
    network.clock.advance(0);
    expect(told).toEqual(["Error: blocked port"]);
    dial.close();
    expect(network.clock.pendingCount).toBe(0);
  });
});
