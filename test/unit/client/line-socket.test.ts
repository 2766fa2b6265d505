import { expect, test } from "vitest";
import { LocalError } from "../../../src/base/errors.ts";
import { LineSocket } from "../../../src/client/line-socket.ts";
import { OutboxEvent } from "../../../src/client/outbox/events.ts";
import { FakeCarrier } from "../../support/fake-carrier.ts";
import { settled } from "../../support/fake-clock.ts";

function watched(): { socket: LineSocket; told: string[] } {
  const socket = new LineSocket("wss://a.example/x");
  const told: string[] = [];
  for (const type of ["open", "suspend", "resume", "close"]) socket.addEventListener(type, () => told.push(type));
  return { socket, told };
}

test("it opens when its channel was accepted, and stays OPEN while it is suspended", () => {
  const { socket, told } = watched();
  socket.suspend();
  expect(() => socket.send("early")).toThrow(expect.objectContaining({ name: "InvalidStateError" }));
  socket.expect(new FakeCarrier());
  socket.receiveAccepted();
  socket.suspend();
  expect(socket.readyState).toBe(1);
  socket.restore("stream");
  expect(told).toEqual(["open", "suspend", "resume"]);
});

test("what waits is told once, and so is its end; one that goes on elsewhere says so itself", () => {
  const { socket, told } = watched();
  socket.expect(new FakeCarrier());
  socket.receiveAccepted();
  socket.restore("stream");
  socket.suspend();
  socket.suspend();
  socket.receiveMoved(false);
  socket.restore("stream");
  expect(told).toEqual(["open", "suspend", "resume"]);
});

test("given up before it was open, its home is asked; its end is told to its home once", () => {
  const { socket, told } = watched();
  const home: string[] = [];
  socket.settle({
    abandon: (cause) => home.push(cause.code),
    release: () => home.push("released"),
  });
  socket.close();
  expect([home, socket.readyState]).toEqual([["LW_SOCKET_ABANDONED"], 2]);
  socket.receiveClosed({ code: 1006, reason: "", wasClean: false, cause: undefined });
  socket.suspend();
  socket.restore("stream");
  expect([home, told]).toEqual([["LW_SOCKET_ABANDONED", "released"], ["close"]]);
});

test("what it sends through something before it is open goes there, and closes with it", () => {
  const { socket } = watched();
  const carrier = new FakeCarrier();
  socket.sendThrough(carrier);
  socket.send("early");
  carrier.bufferedBytes = 5;
  expect([socket.readyState, carrier.sent, socket.bufferedAmount]).toEqual([0, ["early"], 5]);
  socket.expect(carrier);
  socket.receiveAccepted();
  socket.send("later");
  socket.receiveClosed({ code: 1006, reason: "", wasClean: false, cause: undefined });
  expect([carrier.sent, socket.send("late"), socket.bufferedAmount]).toEqual([["early", "later"], "dropped", 9]);
});

test("I-02 messages that are given back to nobody are an uncaught error, others are not", async () => {
  const faults: unknown[] = [];
  const keep = (error: unknown): void => void faults.push(error);
  const before = process.rawListeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", keep);
  const event = (code: "LW_OUTBOX_UNKNOWN" | "LW_OUTBOX_FULL"): OutboxEvent =>
    new OutboxEvent(new LocalError(code, ""), ["a"], false);
  const { socket } = watched();
  socket.announce(event("LW_OUTBOX_FULL"), false);
  socket.announce(event("LW_OUTBOX_UNKNOWN"), true);
  await settled();
  const heard: string[] = [];
  socket.addEventListener("outbox", ({ cause }) => heard.push(cause.code));
  socket.announce(event("LW_OUTBOX_UNKNOWN"), true);
  await settled();
  process.off("uncaughtException", keep);
  for (const listener of before) process.on("uncaughtException", listener as NodeJS.UncaughtExceptionListener);
  expect([faults, heard]).toMatchObject([[{ code: "LW_OUTBOX_UNKNOWN" }], ["LW_OUTBOX_UNKNOWN"]]);
});
