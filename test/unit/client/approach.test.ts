import { describe, expect, test } from "vitest";
import { Approach } from "../../../src/client/approach.ts";
import { ClientNetwork, type SocketManner } from "../../support/client-network.ts";

function begin(manner: SocketManner): { network: ClientNetwork; approach: Approach; told: string[] } {
  const network = new ClientNetwork();
  network.sockets = manner;
  const told: string[] = [];
  const approach = new Approach(
    { surroundings: network.surroundings, socketUrl: "wss://a.example/longwire" },
    {
      receiveGreeted: () => told.push("greeted"),
      receiveProven: () => told.push("proven"),
      receiveQuiet: () => told.push("quiet"),
      receiveUndialled: (isForeign) => told.push(isForeign ? "foreign" : "undialled"),
    },
  );
  return { network, approach, told };
}

describe("a WebSocket on its way", () => {
  test("one at a time, greeted, proven and taken once", async () => {
    const { network, approach, told } = begin("works");
    approach.dial();
    approach.dial();
    expect([approach.isDialling, approach.isGreeted, approach.headStartMs]).toEqual([true, false, 300]);
    await network.clock.advanceAsync(100);
    approach.prove();
    await network.clock.advanceAsync(100);
    expect([told, network.dialled.length, approach.headStartMs]).toEqual([["greeted", "proven"], 1, 150]);
    expect([approach.take()?.kind, approach.take(), approach.isDialling]).toEqual(["websocket", undefined, false]);
    await network.clock.advanceAsync(10_000);
    expect(network.clock.pendingCount).toBeLessThanOrEqual(1);
  });

  test("what has not been greeted is not taken, and not forgotten", async () => {
    const { network, approach, told } = begin("works");
    approach.dial();
    expect([approach.take(), approach.isDialling]).toEqual([undefined, true]);
    await network.clock.advanceAsync(100);
    expect(told).toEqual(["greeted"]);
  });

  test("mute: given up when its proof is late, and another one may be dialled", async () => {
    const { network, approach } = begin("mute");
    approach.dial();
    await network.clock.advanceAsync(100);
    approach.prove();
    await network.clock.advanceAsync(2_999);
    expect(approach.isDialling).toBe(true);
    await network.clock.advanceAsync(1);
    expect([approach.isDialling, network.dialledSockets[0]?.isClosed]).toEqual([false, true]);
  });

  test.each([
    ["refuse", ["undialled"]],
    ["echo", ["foreign"]],
    ["silent", ["quiet", "foreign"]],
  ] as const)("%s: it says what there is instead", async (manner, expected) => {
    const { network, approach, told } = begin(manner);
    approach.dial();
    await network.clock.advanceAsync(11_000);
    expect([told, approach.isDialling]).toEqual([expected, false]);
  });

  test("left, it says nothing more", async () => {
    const { network, approach, told } = begin("works");
    approach.dial();
    approach.leave();
    await network.clock.advanceAsync(20_000);
    expect([told, network.dialledSockets[0]?.isClosed]).toEqual([[], true]);
  });
});
