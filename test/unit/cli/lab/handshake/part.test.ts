// The half of “The handshake” on the server: what it says of a real connection, and what it really sends and measures.
import { connect } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { handshakePart } from "../../../../../src/cli/lab/handshake/part.ts";
import { type HandshakeReport, type Probe, probes } from "../../../../../src/cli/lab/handshake/wire.ts";
import { visitLab } from "../../../../support/lab-visit.ts";

type Of<Type extends HandshakeReport["type"]> = Extract<HandshakeReport, { readonly type: Type }>;

test("the heads told are the bytes that went over the connection", async () => {
  const visit = await visitLab("handshake", handshakePart);
  const request =
    `GET /lab/passage/handshake/${visit.page}/socket HTTP/1.1\r\nHOST: ${visit.origin}\r\nUpgrade: WebSocket\r\n` +
    "connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Protocol: lab.v2, lab.v1\r\nX-Odd-CASE: 1\r\n\r\n";
  const [host, port] = visit.origin.split(":");
  const socket = connect(Number(port), host);
  socket.write(request);
  const [answer] = (await once(socket, "data")) as [Buffer];
  const heads = await visit.hear<Of<"heads">>(({ type }) => type === "heads");
  socket.destroy();
  expect(heads).toEqual({ type: "heads", request, response: answer.toString("latin1"), isExact: true });
  expect(heads.response).toContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
  expect(heads.response).toContain("Sec-WebSocket-Protocol: lab.v1\r\n");
});

test("V-18 a page has four connections of this kind at a time, and another one when one has gone", async () => {
  const visit = await visitLab("handshake", handshakePart);
  const [host, port] = visit.origin.split(":");
  const open = async (): Promise<{ readonly end: () => void; readonly answer: string }> => {
    const socket = connect(Number(port), host);
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString("latin1")));
    socket.on("error", () => {});
    socket.write(
      `GET /lab/passage/handshake/${visit.page}/socket HTTP/1.1\r\nHost: ${visit.origin}\r\nUpgrade: websocket\r\n` +
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await Promise.race([once(socket, "data"), once(socket, "close")]);
    return { end: () => socket.destroy(), answer: answer.slice(9, 12) };
  };
  const opened = [];
  for (let count = 0; count < 6; count++) opened.push(await open());
  expect(opened.map(({ answer }) => answer)).toEqual(["101", "101", "101", "101", "", ""]);
  opened[0]?.end();
  await expect.poll(async () => (await open()).answer).toBe("101");
});

const statuses: Readonly<Record<Probe, number>> = {
  plain: 426,
  version: 426,
  keyless: 400,
  shortKey: 400,
  connection: 400,
  post: 405,
  http10: 505,
  origin: 403,
  host: 421,
  path: 404,
  noHttp: 400,
  right: 101,
};

test("each request that is no good opening gets its answer", async () => {
  const visit = await visitLab("handshake", handshakePart);
  const got: Record<string, number> = {};
  for (const probe of probes) {
    visit.tell({ type: "ask", probe });
    const answer = await visit.hear<Of<"answered">>((report) => report.type === "answered" && report.probe === probe);
    got[probe] = Number(/^HTTP\/1\.1 (\d+) /.exec(answer.response)?.[1]);
    expect([probe, answer.isEnded]).toEqual([probe, probe !== "right"]);
  }
  expect(got).toEqual(statuses);
});

test("the server dials itself, without and with TLS, and every step has its place and its bytes", async () => {
  const visit = await visitLab("handshake", handshakePart);
  visit.tell({ type: "measure" });
  const { dialled, fault } = await visit.hear<Of<"measured">>(({ type }) => type === "measured");
  expect(fault).toBeUndefined();
  expect(dialled.map(({ steps }) => steps.map(({ name }) => name))).toEqual([
    ["dns", "tcp", "http", "message"],
    ["dns", "tcp", "tls", "http", "message"],
  ]);
  expect(dialled.map(({ isMadeUp, tls }) => [isMadeUp, tls?.protocol])).toEqual([
    [false, undefined],
    [true, "TLSv1.3"],
  ]);
  for (const { steps, addresses } of dialled) {
    expect(addresses.length).toBeGreaterThan(0);
    for (const [index, step] of steps.entries()) {
      expect(step.startMs).toBe(index === 0 ? 0 : steps[index - 1]?.endMs);
      expect(step.endMs).toBeGreaterThanOrEqual(step.startMs);
    }
  }
  // “Hello” masked there, and not masked back.
  expect(dialled[0]?.steps.at(-1)).toMatchObject({ bytesUp: 11, bytesDown: 7 });
  expect(dialled[1]?.steps[2]?.bytesUp).toBeGreaterThan(100);
});

test("a page that asks for more than is done at a time is not heard", async () => {
  const visit = await visitLab("handshake", handshakePart);
  for (let count = 0; count < 40; count++) visit.tell({ type: "ask", probe: "plain" });
  visit.tell({ type: "ask", probe: "right" });
  await visit.hear<Of<"answered">>(({ type }) => type === "answered");
  await expect.poll(() => visit.told.length).toBe(16);
});
