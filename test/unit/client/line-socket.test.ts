import { expect, test } from "vitest";
import { LineSocket } from "../../../src/client/line-socket.ts";
import { FakeCarrier } from "../../support/fake-carrier.ts";

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
    abandon: (_socket, cause) => home.push(cause.code),
    release: () => home.push("released"),
  });
  socket.close();
  expect([home, socket.readyState]).toEqual([["LW_SOCKET_ABANDONED"], 2]);
  socket.receiveClosed({ code: 1006, reason: "", wasClean: false, cause: undefined });
  socket.suspend();
  socket.restore("stream");
  expect([home, told]).toEqual([["LW_SOCKET_ABANDONED", "released"], ["close"]]);
});
