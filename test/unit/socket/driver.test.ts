// The driver as a whole: messages in and out, one flush a turn, who is told what. Its policies have files of their own.
import { describe, expect, test, vi } from "vitest";
import { encodeMessageFrame } from "../../../src/protocol/frame-encoder.ts";
import { bytes, concat, utf8 } from "../../support/byte-builder.ts";
import { DrivenConnection } from "../../support/driven-connection.ts";
import { settled } from "../../support/fake-clock.ts";
import { frameTo, showBytes, showText, type Role } from "../../support/naive-frame-codec.ts";

const roles: readonly Role[] = ["server", "client"];

describe.each(roles)("a %s", (role) => {
  test("messages come and go, in order", async () => {
    const driven = new DrivenConnection({ role });
    driven.receive(frameTo(role, 1, "text"), frameTo(role, 2, bytes(1, 2)));
    expect(driven.lines).toEqual([showText("text"), "binary 0102"]);
    expect(driven.driver.send("reply")).toBe("accepted");
    expect(driven.driver.send(bytes(3, 4))).toBe("accepted");
    await driven.settle();
    expect(driven.sent).toEqual([showText("reply"), "binary 0304"]);
    expect(driven.driver.bufferedBytes).toBe(0);
  });

  test("P-13 P-26 what was glued to the handshake is delivered first", async () => {
    const driven = new DrivenConnection({
      role,
      first: concat([frameTo(role, 1, "glued"), frameTo(role, 1, "cut").subarray(0, 4)]),
    });
    driven.receive(frameTo(role, 1, "cut").subarray(4), frameTo(role, 1, "later"));
    expect(driven.lines).toEqual([showText("glued"), showText("cut"), showText("later")]);
  });

  test("P-47 P-70 pings are answered by themselves and told, pongs are told", async () => {
    const driven = new DrivenConnection({ role });
    driven.receive(frameTo(role, 9, bytes(0xff, 0)), frameTo(role, 10, "x"));
    await driven.settle();
    expect(driven.lines).toEqual(["ping ff00", showBytes("pong", utf8("x"))]);
    expect(driven.sent).toEqual(["pong ff00"]);
  });

  test("all that one chunk causes leaves in one write, at the end of the read", () => {
    const driven = new DrivenConnection({ role, onEvent: ({ driver }, line) => void driver.send(`re: ${line}`) });
    const write = vi.spyOn(driven.pipe, "write");
    driven.receive(...Array.from({ length: 50 }, (_, index) => frameTo(role, 1, String(index))));
    expect(write).toHaveBeenCalledTimes(1);
    expect(driven.driver.bufferedBytes).toBe(0);
  });

  test("all that is sent in one turn from elsewhere leaves in one write, at its end", async () => {
    const driven = new DrivenConnection({ role });
    const write = vi.spyOn(driven.pipe, "write");
    for (let index = 0; index < 50; index++) driven.driver.send("x");
    driven.driver.ping();
    expect(write).not.toHaveBeenCalled();
    await settled(1);
    expect(write).toHaveBeenCalledTimes(1);
    await driven.settle();
    expect(driven.sent).toHaveLength(51);
  });

  test("P-42 what is sent is copied before send returns", async () => {
    const driven = new DrivenConnection({ role });
    const payload = bytes(1, 2, 3);
    driven.driver.send(payload);
    payload.fill(9);
    await driven.settle();
    driven.driver.sendBytes(bytes(9, 4, 5, 9), 1, 3);
    await driven.settle();
    expect(driven.sent).toEqual(["binary 010203", "binary 0405"]);
  });

  test("P-95 after a Close nothing is sent, and that is said", async () => {
    const driven = new DrivenConnection({ role });
    driven.driver.close(1000, "done");
    expect(driven.driver.send("late")).toBe("dropped");
    expect(driven.driver.sendBytes(bytes(1, 2), 0, 1)).toBe("dropped");
    expect(driven.driver.sendFrame(encodeMessageFrame("late"))).toBe("dropped");
    expect(driven.driver.ping()).toBe(false);
    driven.driver.close(1001);
    await driven.settle();
    expect(driven.sent).toEqual(['close 1000 "done"']);
  });

  test("V-01 an idle connection is charged nothing, whatever it did before", async () => {
    const driven = new DrivenConnection({ role });
    const cost = vi.spyOn(driven.runtime.budget, "update");
    driven.receive(frameTo(role, 2, new Uint8Array(1_000), false));
    expect(driven.runtime.budget.used).toBeGreaterThanOrEqual(1_000);
    driven.receive(frameTo(role, 0, "end"), frameTo(role, 9));
    driven.driver.send("x".repeat(100_000));
    await driven.settle();
    expect(driven.runtime.budget.used).toBe(0);
    expect(cost).toHaveBeenCalled();
  });
});

test("a prebuilt frame is sent by reference to any number of connections", async () => {
  const frame = encodeMessageFrame("to all");
  const kept = frame.slice();
  const driven = Array.from({ length: 3 }, () => new DrivenConnection({ role: "server" }));
  const writes = driven.map(({ pipe }) => vi.spyOn(pipe, "write"));
  for (const { driver } of driven) expect(driver.sendFrame(frame)).toBe("accepted");
  for (const each of driven) await each.settle();
  for (const write of writes) expect(write.mock.calls[0]?.[0][0]).toBe(frame);
  expect(driven.map(({ sent }) => sent)).toEqual([[showText("to all")], [showText("to all")], [showText("to all")]]);
  expect(frame).toEqual(kept);
});

describe("drained()", () => {
  test("resolves at once when nothing waits", async () => {
    const { driver } = new DrivenConnection();
    await driver.drained();
  });

  test("resolves when the last byte has left, for all who wait", async () => {
    const driven = new DrivenConnection({ windowBytes: 1_000 });
    driven.driver.send("x".repeat(5_000));
    let drained = 0;
    void driven.driver.drained().then(() => drained++);
    void driven.driver.drained().then(() => drained++);
    await settled();
    driven.read(3_000);
    await settled();
    expect(drained).toBe(0);
    driven.read();
    await settled();
    driven.read();
    await settled();
    expect(drained).toBe(2);
  });

  test("P-69 resolves when the connection ends before, and after it has ended", async () => {
    const driven = new DrivenConnection({ windowBytes: 10 });
    driven.driver.send("x".repeat(5_000));
    const drained = driven.driver.drained();
    await settled();
    driven.driver.terminate();
    await drained;
    await driven.driver.drained();
  });
});
