// Every call of the API inside every event. RELIABILITY V-36: nothing throws, the end is told once and last.
import { describe, expect, test } from "vitest";
import { encodeMessageFrame } from "../../../src/protocol/frame-encoder.ts";
import type { Delivery } from "../../../src/base/carrier.ts";
import { bytes, concat } from "../../support/byte-builder.ts";
import { DrivenConnection } from "../../support/driven-connection.ts";
import { settled } from "../../support/fake-clock.ts";
import { frameTo, showText } from "../../support/naive-frame-codec.ts";

type Act = readonly [name: string, act: (driven: DrivenConnection) => void];

const acts: readonly Act[] = [
  ["send", ({ driver }) => void driver.send("reply")],
  ["send much", ({ driver }) => void driver.send(new Uint8Array(300_000))],
  ["sendBytes", ({ driver }) => void driver.sendBytes(bytes(1, 2, 3), 1, 3)],
  ["sendFrame", ({ driver }) => void driver.sendFrame(encodeMessageFrame("frame"))],
  ["ping", ({ driver }) => void driver.ping(bytes(1))],
  ["close", ({ driver }) => driver.close(1000, "in a handler")],
  ["close twice", ({ driver }) => (driver.close(1000), driver.close(1001))],
  ["terminate", ({ driver }) => driver.terminate()],
  ["close and terminate", ({ driver }) => (driver.close(1000), driver.terminate())],
  ["pause", ({ driver }) => driver.pause()],
  ["pause and resume", ({ driver }) => (driver.pause(), driver.resume())],
  ["resume", ({ driver }) => driver.resume()],
  ["drained", ({ driver }) => void driver.drained()],
];

const events = {
  message: [frameTo("server", 1, "m")],
  ping: [frameTo("server", 9)],
  pong: [frameTo("server", 10)],
  closing: [frameTo("server", 8, bytes(3, 0xe8))],
  "closing by a failure": [frameTo("server", 3)],
} as const;

const answers: readonly (readonly [name: string, answer: () => Delivery])[] = [
  ["at once", () => undefined],
  ["after a checkpoint", () => "checkpoint"],
  ["after a promise", () => Promise.resolve()],
];

describe.each(answers)("with an owner that goes on %s", (_way, answer) => {
  describe.each(Object.entries(events))("inside %s", (name, stream) => {
    test.each(acts)("V-36 %s", async (what, act) => {
      let acted = false;
      const driven = new DrivenConnection({
        onMessage: answer,
        onEvent: (self, line) => {
          const isIt = name.startsWith("closing") ? line === "closing" : line !== "closing" && line !== "closed";
          if (!isIt || acted) return;
          acted = true;
          act(self);
        },
      });
      driven.receive(
        concat([...stream, frameTo("server", 1, "after"), frameTo("server", 9), frameTo("server", 1, "last")]),
      );
      await driven.settle();
      expect(acted).toBe(true);
      driven.driver.resume();
      await driven.settle();
      const isShort = name.startsWith("closing") || /close|terminate/.test(what);
      expect(driven.lines.includes(showText("last"))).toBe(!isShort);
      driven.far.breakWith(undefined);
      await driven.settle();
      await driven.clock.advanceAsync(6_000);
      expect(driven.lines.filter((line) => line === "closing")).toHaveLength(1);
      expect(driven.lines.at(-1)).toMatch(/^closed /);
      expect(driven.runtime.wakeups.size).toBe(0);
      expect(driven.runtime.budget.used).toBe(0);
    });
  });

  test.each(acts)("V-36 %s inside the last event, closed", async (_what, act) => {
    let acted = false;
    const driven = new DrivenConnection({
      onMessage: answer,
      onEvent: (self, line) => {
        if (line !== "closed") return;
        acted = true;
        act(self);
      },
    });
    driven.receive(frameTo("server", 1, "m"), frameTo("server", 8));
    driven.far.end();
    await driven.settle();
    await settled();
    expect(acted).toBe(true);
    expect(driven.lines).toEqual([showText("m"), "closing", 'closed 1005 "" clean']);
    expect(driven.runtime.wakeups.size).toBe(0);
    expect(driven.runtime.budget.used).toBe(0);
  });
});

test("V-36 a handler that makes another connection of the same runtime read and write disturbs neither", async () => {
  const other = new DrivenConnection({ onEvent: ({ driver }, line) => void driver.send(`other ${line}`) });
  const driven = new DrivenConnection({
    onMessage: ({ driver }, line) => {
      driver.send(`before ${line}`);
      other.receive(frameTo("server", 1, line), frameTo("server", 1, "cut").subarray(0, 4));
      other.receive(frameTo("server", 1, "cut").subarray(4));
      driver.send(`after ${line}`);
      return undefined;
    },
  });
  driven.receive(frameTo("server", 1, "a"), frameTo("server", 1, "b"));
  await driven.settle();
  await other.settle();
  const expected = ["a", "b"].map(showText);
  expect(driven.lines).toEqual(expected);
  expect(driven.sent).toEqual(expected.flatMap((line) => [showText(`before ${line}`), showText(`after ${line}`)]));
  expect(other.lines).toHaveLength(4);
  expect(other.sent).toHaveLength(4);
});
