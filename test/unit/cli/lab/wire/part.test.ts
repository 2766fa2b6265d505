// The half of “The wire” on the server, with a real page's control socket and real connections.
import { expect, test } from "vitest";
import { wirePart } from "../../../../../src/cli/lab/wire/part.ts";
import type { WireReport } from "../../../../../src/cli/lab/wire/wire.ts";
import { WebSocket } from "../../../../../src/socket/index.ts";
import { patient } from "../../../../support/cli-process.ts";
import { type LabVisit, visitLab } from "../../../../support/lab-visit.ts";
import { frameTo } from "../../../../support/naive-frame-codec.ts";

type Connection = WireReport["connection"];

/** All bytes of one direction so far. */
function bytesOf(visit: LabVisit, connection: Connection, direction: "up" | "down"): string {
  return (visit.told as WireReport[])
    .map((report) => {
      const fits = report.type === "bytes" && report.connection === connection && report.direction === direction;
      return fits ? report.hex : "";
    })
    .join("");
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

async function openLive(visit: LabVisit): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${visit.origin}/lab/passage/wire/${visit.page}/live`);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  return socket;
}

test("the bytes that a page writes arrive as they are, and what the echo server says comes back", async () => {
  const visit = await visitLab("wire", wirePart);
  const hello = hexOf(frameTo("server", 1, "Hello"));
  visit.tell({ type: "dial" });
  visit.tell({ type: "write", hex: hello });
  await expect.poll(() => bytesOf(visit, "raw", "down"), patient).toBe("810548656c6c6f");
  expect(bytesOf(visit, "raw", "up")).toBe(hello);
  const opened = await visit.hear<WireReport>(({ type }) => type === "opened");
  expect(opened).toMatchObject({ connection: "raw", response: expect.stringMatching(/^HTTP\/1\.1 101 /) as string });
});

test("a wrong frame is answered by the server's own Close, and the end of the connection is told", async () => {
  const visit = await visitLab("wire", wirePart);
  visit.tell({ type: "dial" });
  // Not masked.
  visit.tell({ type: "write", hex: "810548656c6c6f" });
  await visit.hear<WireReport>(({ type, connection }) => type === "ended" && connection === "raw");
  const close = Buffer.from(bytesOf(visit, "raw", "down"), "hex");
  expect([close[0], close.readUInt16BE(2)]).toEqual([0x88, 1002]);
  expect(close.toString("utf8", 4)).toBe("A frame from a client must be masked.");
});

test("every byte of the page's own connection is told, both ways", async () => {
  const visit = await visitLab("wire", wirePart);
  const socket = await openLive(visit);
  socket.send("Hello");
  await expect.poll(() => bytesOf(visit, "live", "down"), patient).toBe("810548656c6c6f");
  const up = Buffer.from(bytesOf(visit, "live", "up"), "hex");
  expect([up.length, up[0], up[1]]).toEqual([11, 0x81, 0x85]);
  const opened = await visit.hear<WireReport>(({ type }) => type === "opened");
  expect(opened).toMatchObject({ request: expect.stringContaining("GET /lab/passage/wire/") as string });
});

test("the server pings, sends bytes and fragments, and closes when it is asked to", async () => {
  const visit = await visitLab("wire", wirePart);
  const socket = await openLive(visit);
  socket.binaryType = "arraybuffer";
  const heard: unknown[] = [];
  socket.onmessage = ({ data }) => heard.push(data);
  const closed = new Promise<{ code: number }>((resolve) => {
    socket.addEventListener("close", resolve);
  });
  for (const act of ["fragments", "binary", "ping", "close"]) visit.tell({ type: "act", act });
  expect((await closed).code).toBe(1001);
  expect(heard).toEqual(["Hello page", expect.any(ArrayBuffer)]);
  // Two pings, one of them between the fragments, and a pong for each.
  expect(bytesOf(visit, "live", "down")).toMatch(/^010348656c89026869/);
  await visit.hear<WireReport>(({ type, connection }) => type === "ended" && connection === "live");
  const up = bytesOf(visit, "live", "up");
  expect(up).toMatch(/^8a82/);
});

test("who has no page gets nothing, and what a page held goes with it", async () => {
  const visit = await visitLab("wire", wirePart);
  const stranger = new WebSocket(`ws://${visit.origin}/lab/passage/wire/somebodyelse/live`);
  const refused = await new Promise<{ code: number }>((resolve) => {
    stranger.addEventListener("close", resolve);
  });
  expect(refused.code).toBe(1006);
  const socket = await openLive(visit);
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  visit.leave();
  await closed;
});

test("the page's connection is its own again after “end”", async () => {
  const visit = await visitLab("wire", wirePart);
  const socket = await openLive(visit);
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  visit.tell({ type: "end" });
  await closed;
  const again = await openLive(visit);
  expect(again.readyState).toBe(1);
});
