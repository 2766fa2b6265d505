import { describe, expect, it } from "vitest";
import { PingTimes } from "../../../src/cli/ping-times.ts";

describe("PingTimes", () => {
  it("tells how long the pong took", () => {
    const times = new PingTimes();
    times.noteSent("a", 100);
    expect(times.takeAnswer("a", 130)).toBe(30);
  });

  it("ignores pongs of the connection's own keepalive, and a second answer", () => {
    const times = new PingTimes();
    times.noteSent("a", 100);
    expect(times.takeAnswer("", 110)).toBeUndefined();
    expect(times.takeAnswer("a", 120)).toBe(20);
    expect(times.takeAnswer("a", 130)).toBeUndefined();
  });

  it("lets the answer to a later ping stand for the earlier ones", () => {
    const times = new PingTimes();
    times.noteSent("a", 0);
    times.noteSent("b", 10);
    times.noteSent("c", 20);
    expect(times.takeAnswer("b", 15)).toBe(5);
    expect(times.takeAnswer("a", 16)).toBeUndefined();
    expect(times.takeAnswer("c", 25)).toBe(5);
  });

  it("forgets pings that are never answered", () => {
    const times = new PingTimes();
    for (let count = 0; count <= 64; count++) times.noteSent(`${count}`, 0);
    expect(times.takeAnswer("0", 1)).toBeUndefined();
    expect(times.takeAnswer("1", 1)).toBe(1);
  });

  it("gives each ping a payload of its own", () => {
    const times = new PingTimes();
    expect(times.nextPayload()).not.toBe(times.nextPayload());
  });
});
