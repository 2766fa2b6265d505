// Handlers that act inside the machine's own call, and the machine being stopped and let go. RELIABILITY V-36.
import { describe, expect, test } from "vitest";
import { ARENA_BYTES } from "../../../src/protocol/arena.ts";
import { bytes, concat } from "../../support/byte-builder.ts";
import { frameTo, showText, type Role } from "../../support/naive-frame-codec.ts";
import { RecordedConnection } from "../../support/recorded-connection.ts";

const roles: readonly Role[] = ["server", "client"];

describe.each(roles)("a %s", (role) => {
  const text = (payload: string, fin = true): Uint8Array => frameTo(role, 1, payload, fin);

  type Act = readonly [name: string, act: (recorded: RecordedConnection) => void];
  const acts: readonly Act[] = [
    ["sends a message", ({ connection }) => connection.sendMessage("reply")],
    [
      "sends a frame",
      ({ connection }) => connection.sendFrame(frameTo(role === "server" ? "client" : "server", 1, "x")),
    ],
    ["sends a ping", ({ connection }) => connection.sendPing(bytes())],
    ["closes", ({ connection }) => connection.sendClose(1000, "enough", 0)],
    ["ends", ({ connection }) => connection.receiveEnd()],
    ["holds", ({ connection }) => connection.hold()],
    ["holds and releases", ({ connection }) => (connection.hold(), connection.release(0))],
    ["releases", ({ connection }) => connection.release(0)],
    ["receives more", ({ connection }) => connection.receive(text("nested"), 0)],
    ["drains", ({ connection }) => connection.receiveDrain()],
    ["ticks late", ({ connection }) => connection.tick(1e9)],
  ];
  const triggers = {
    text: concat([text("a"), text("b")]),
    ping: concat([frameTo(role, 9), text("b")]),
    pong: concat([frameTo(role, 10), text("b")]),
    close: concat([frameTo(role, 8), text("b")]),
    fail: concat([frameTo(role, 3), text("b")]),
  };

  for (const [kind, stream] of Object.entries(triggers)) {
    test.each(acts)(`V-36 a handler of ${kind} that %s breaks nothing`, (name, act) => {
      let acted = false;
      const recorded = new RecordedConnection({
        role,
        onEvent: (_line, self) => {
          if (acted) return;
          acted = true;
          act(self);
        },
      });
      recorded.receive(stream);
      expect(acted).toBe(true);
      recorded.connection.release(0);
      const isOver = kind === "close" || kind === "fail";
      const isShort = name === "closes" || name === "ends";
      if (!isOver && !isShort) expect(recorded.events).toContain(showText("b"));
      if (isOver || isShort) expect(recorded.events).toHaveLength(1);
      expect(recorded.connection.retainedBytes).toBe(0);
      recorded.connection.receiveEnd();
      expect(recorded.connection.state).toBe("ended");
    });
  }

  test.each([0, 2 * ARENA_BYTES])(
    "V-36 bytes that arrive inside a handler are read after the rest of the chunk, with %i bytes between",
    (filler) => {
      let nested = false;
      const last = text("last");
      const recorded = new RecordedConnection({
        role,
        onEvent: (_line, self) => {
          if (nested) return;
          nested = true;
          self.connection.receive(concat([last.subarray(3), text("nested")]), 0);
        },
      });
      recorded.receive(concat([text("first"), text("#".repeat(filler)), text("second"), last.subarray(0, 3)]));
      expect(recorded.events.map((line) => line.replaceAll("#", ""))).toEqual(
        ["first", "", "second", "last", "nested"].map(showText),
      );
    },
  );

  test("V-36 bytes that arrive inside a handler while what was held is being read are read at once after it", () => {
    let nested = false;
    const recorded = new RecordedConnection({
      role,
      onEvent: (_line, self) => {
        if (nested) return;
        nested = true;
        self.connection.receive(text("nested"), 0);
      },
    });
    recorded.connection.hold();
    recorded.receive(concat([text("a"), text("b")]));
    recorded.connection.release(0);
    expect(recorded.events).toEqual([showText("a"), showText("b"), showText("nested")]);
    expect(recorded.connection.retainedBytes).toBe(0);
  });

  test("V-36 a handler that makes another connection read does not disturb this one", () => {
    const other = new RecordedConnection({ role });
    const recorded = new RecordedConnection({
      role,
      onEvent: () => other.receive(concat([text("inner 1"), text("inner 2").subarray(0, 5)])),
    });
    recorded.receive(concat([text("outer 1"), frameTo(role, 9), text("outer 2")]));
    expect(recorded.events).toEqual([showText("outer 1"), "ping", showText("outer 2")]);
    expect(other.events[0]).toBe(showText("inner 1"));
  });

  test("V-36 100,000 frames in one chunk are read in turns of 1,024, the last no deeper in the stack than the first", () => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = Infinity;
    const depths: number[] = [];
    let count = 0;
    const recorded = new RecordedConnection({
      role,
      onEvent: () => {
        if (count++ % 9_999 === 0) depths.push((new Error("where").stack ?? "").split("\n").length);
      },
    });
    recorded.receive(concat(Array.from({ length: 100_000 }, () => frameTo(role, 10))));
    Error.stackTraceLimit = limit;
    expect(recorded.events).toHaveLength(100_000);
    expect(recorded.turns).toBe(Math.floor(100_000 / 1_024));
    expect(depths).toHaveLength(11);
    expect(Math.max(...depths) - Math.min(...depths)).toBeLessThan(10);
  });

  test("V-36 a turn is offered after exactly as many frames as the limit says, however they are cut", () => {
    const recorded = new RecordedConnection({ role, limits: { framesPerTurn: 3 } });
    recorded.connection.receive(concat(Array.from({ length: 4 }, () => text("x"))), 0);
    expect(recorded.events).toHaveLength(3);
    expect(recorded.turns).toBe(1);
    expect(recorded.connection.held).toBe(true);
    recorded.connection.release(0);
    expect(recorded.events).toHaveLength(4);
    expect(recorded.turns).toBe(1);
  });

  test("V-36 a limit of frames that is no whole number is rounded up", () => {
    const recorded = new RecordedConnection({ role, limits: { framesPerTurn: 2.5 } });
    recorded.connection.receive(concat(Array.from({ length: 4 }, () => text("x"))), 0);
    expect(recorded.events).toHaveLength(3);
    expect(recorded.turns).toBe(1);
  });

  test("V-36 chunks that come one after another are turns of their own", () => {
    const recorded = new RecordedConnection({ role });
    for (let count = 0; count < 3; count++) recorded.receive(concat(Array.from({ length: 1_000 }, () => text("x"))));
    expect(recorded.events).toHaveLength(3_000);
    expect(recorded.turns).toBe(0);
  });

  test("V-36 a handler that lets go within the same turn does not win it for itself", () => {
    const recorded = new RecordedConnection({
      role,
      limits: { framesPerTurn: 10 },
      onEvent: (_line, { connection }) => connection.hold(),
    });
    recorded.connection.receive(concat(Array.from({ length: 30 }, () => text("x"))), 0);
    for (let round = 0; round < 30 && recorded.turns === 0; round++) recorded.connection.release(0);
    expect(recorded.turns).toBe(1);
    expect(recorded.events).toHaveLength(10);
  });

  describe("hold and release", () => {
    test("stop before the next frame and go on with it", () => {
      const recorded = new RecordedConnection({ role, onEvent: (_line, self) => self.connection.hold() });
      recorded.receive(concat([text("a"), text("b"), text("c").subarray(0, 4)]));
      expect(recorded.events).toEqual([showText("a")]);
      recorded.receive(text("c").subarray(4));
      recorded.connection.release(0);
      expect(recorded.events).toEqual([showText("a"), showText("b")]);
      recorded.connection.release(0);
      expect(recorded.events).toEqual([showText("a"), showText("b"), showText("c")]);
    });

    test("a Close that waits behind a hold is read when it is released (P-75)", () => {
      const recorded = new RecordedConnection({ role });
      recorded.connection.hold();
      recorded.receive(frameTo(role, 8, bytes(3, 0xe8)));
      expect(recorded.events).toEqual([]);
      recorded.connection.release(0);
      expect(recorded.events).toEqual(['close 1000 ""']);
      expect(recorded.connection.held).toBe(false);
    });

    test("a connection that has ended forgets what it held", () => {
      const recorded = new RecordedConnection({ role });
      recorded.connection.hold();
      recorded.receive(text("a"));
      recorded.connection.receiveEnd();
      recorded.connection.release(0);
      expect(recorded.events).toEqual([]);
    });
  });
});
