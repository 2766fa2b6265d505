// Plays one conformance case over a real socket, against a server (we dial and mask) or a client (we listen), and compares
// what came back with what the case expects. Knows TCP and the opening handshake and nothing of the library it tests; the
// caller starts the echo server, or makes its echoing client dial.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { payloadBytes, type Case, type Step } from "./case.ts";
import { RawPeer, type Message, type Side } from "./raw-peer.ts";

export interface Verdict {
  readonly id: string;
  /** `ok`: as the RFC asks or recommends · `not strict`: tolerated · `informational`: either way is right · `failed` */
  readonly grade: "ok" | "not strict" | "informational" | "failed";
  /** One sentence per difference from `ok`; empty for it. */
  readonly differences: readonly string[];
}

export interface Patience {
  /** How long a case may take before it counts as failed. */
  readonly deadlineMs: number;
  /** How long to wait for a refusal that should come at once, before the rest is sent and the verdict is not strict. */
  readonly refusalMs: number;
  /** How long nothing is sent where a case pauses. A correct peer passes whatever this is. */
  readonly pauseMs: number;
}

const defaultPatience: Patience = { deadlineMs: 30_000, refusalMs: 5_000, pauseMs: 20 };

/** Plays `test` against the echo server on this port of 127.0.0.1. */
export async function replayAgainstServer(port: number, test: Case, patience?: Partial<Patience>): Promise<Verdict> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  const { head, rest } = await readHead(socket);
  if (!head.startsWith("HTTP/1.1 101 ")) {
    socket.destroy();
    return { id: test.id, grade: "failed", differences: [`the server answered ${head.split("\r\n", 1)[0]}`] };
  }
  return play(new RawPeer(socket, "client", rest), "client", test, { ...defaultPatience, ...patience });
}

/** Plays `test` against an echoing client: listens, calls `dial` with the address, takes the first connection. */
export async function replayAgainstClient(
  dial: (url: string) => void,
  test: Case,
  patience: Partial<Patience> = {},
): Promise<Verdict> {
  const patient = { ...defaultPatience, ...patience };
  const listener = createServer();
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const connection = once(listener, "connection", { signal: AbortSignal.timeout(patient.deadlineMs) });
  dial(`ws://127.0.0.1:${(listener.address() as AddressInfo).port}/`);
  const [socket] = (await connection.finally(() => listener.close())) as [Socket];
  const { head, rest } = await readHead(socket);
  const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "";
  // RFC 6455 §1.3: the GUID every server appends to the key.
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  return play(new RawPeer(socket, "server", rest), "server", test, patient);
}

async function readHead(socket: Socket): Promise<{ head: string; rest: Buffer }> {
  const gone = new AbortController();
  socket.once("close", () => gone.abort(new Error("the connection ended within the opening handshake")));
  let bytes = Buffer.alloc(0);
  for (;;) {
    const end = bytes.indexOf("\r\n\r\n");
    if (end >= 0) return { head: bytes.toString("latin1", 0, end), rest: bytes.subarray(end + 4) };
    const [chunk] = (await once(socket, "data", { signal: gone.signal })) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
  }
}

// --- playing ---

async function play(peer: RawPeer, side: Side, test: Case, patience: Patience): Promise<Verdict> {
  const timing = await performSteps(peer, test, patience);
  const { by } = test.ending;
  const awaited = test.sees.reduce((count, { times = 1 }) => count + times, 0);
  if (by === "us") {
    await peer.until(() => peer.messages.length >= awaited || peer.over || peer.faults.length > 0, patience.deadlineMs);
    timing.first = peer.over;
    if (!peer.over) await peer.write(closeFrame(peer, 1000));
  }
  await peer.until(() => peer.over || peer.faults.length > 0, patience.deadlineMs);
  // Their close frame wants an answer, unless it is the answer; a code that may not be sent is not sent back.
  if (by === "them" && peer.closeCode !== undefined) await peer.write(closeFrame(peer, peer.closeCode));
  // RFC 6455 §7.1.1: the server ends the TCP connection first; so we wait as a client and act as a server.
  const ended =
    peer.faults.length > 0 ||
    (side === "client"
      ? await peer.until(() => peer.ended, patience.deadlineMs)
      : await peer.finish(patience.deadlineMs));
  await peer.destroy();
  return judge(peer, test, { ...timing, ended });
}

function closeFrame(peer: RawPeer, code: number): Buffer {
  const payload = Buffer.alloc(code === 1005 ? 0 : 2);
  if (payload.length > 0) payload.writeUInt16BE(code, 0);
  return peer.encode(8, payload);
}

interface Timing {
  /** The connection was over at a pause before the offending bytes. */
  early: boolean;
  /** The refusal did not come before the rest was sent. */
  late: boolean;
  /** They closed or cut the connection before we did. */
  first: boolean;
}

async function performSteps(peer: RawPeer, test: Case, patience: Patience): Promise<Timing> {
  const timing: Timing = { early: false, late: false, first: false };
  let batch: Buffer[] = [];
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(batch);
    batch = [];
    if (bytes.length > 0) await peer.write(bytes);
  };
  for (const step of test.steps) {
    // What they have already refused needs no more of it.
    if (peer.over) break;
    const bytes = encodeStep(peer, step);
    if (step.act === "frame" && (step.chop || step.alone)) {
      await flush();
      await peer.writeChopped(bytes, step.chop ?? bytes.length);
    } else if (step.act === "rounds") {
      await flush();
      for (let round = 1; round <= step.count && !peer.over; round += 1) {
        await peer.write(peer.encode(step.opcode, payloadBytes(step.payload)));
        if (!(await peer.until(() => peer.messages.length >= round || peer.over, patience.deadlineMs))) return timing;
      }
    } else if (step.act === "pause") {
      await flush();
      timing.early = await peer.until(() => peer.over, patience.pauseMs);
    } else if (step.act === "await refusal") {
      await flush();
      timing.late = !(await peer.until(() => peer.over, patience.refusalMs));
    } else {
      batch.push(bytes);
    }
  }
  await flush();
  return timing;
}

/** The bytes of a step that has any. */
function encodeStep(peer: RawPeer, step: Step): Buffer {
  switch (step.act) {
    case "frame":
      return peer.encode(step.opcode, payloadBytes(step.payload), step.fin, step.rsv);
    case "head":
      return peer.encodeOpen(step.opcode, step.bytes, step.fin ?? true);
    case "more":
      return peer.encodeMore(payloadBytes(step.payload));
    case "fragments": {
      const payload = payloadBytes(step.payload);
      if (payload.length <= step.size) return peer.encode(step.opcode, payload);
      const frames: Buffer[] = [];
      for (let at = 0; at <= payload.length; at += step.size) {
        const part = payload.subarray(at, at + step.size);
        frames.push(peer.encode(at === 0 ? step.opcode : 0, part, part.length < step.size));
      }
      return Buffer.concat(frames);
    }
    case "rounds":
    case "pause":
    case "await refusal":
      return Buffer.alloc(0);
  }
}

// --- judging ---

function judge(peer: RawPeer, test: Case, facts: Timing & { readonly ended: boolean }): Verdict {
  const failures = peer.faults.map((fault) => `they sent ${fault}`);
  const lapses: string[] = [];
  const { codes } = test.ending;
  const expected = test.sees.flatMap((sight): Message[] =>
    Array.from({ length: sight.times ?? 1 }, () => ({ kind: sight.kind, payload: payloadBytes(sight.payload) })),
  );
  const seen = peer.messages;
  const wrong = seen.findIndex((message, index) => !isSame(message, expected[index]));
  if (wrong >= 0)
    failures.push(`number ${wrong + 1} they sent is ${show(seen[wrong])}, expected ${show(expected[wrong])}`);
  else if (seen.length < expected.length && !test.informational) {
    const list = test.mayLoseEcho && seen.length === 0 ? lapses : failures;
    list.push(`they sent ${seen.length} of ${expected.length}, ${show(expected[seen.length])} is missing`);
  }
  if (facts.early) failures.push("the connection was over before the offending bytes");
  if (facts.late) lapses.push("the refusal came only after the whole message");
  const code = peer.closeCode;
  const list = codes.join(" or ");
  if (code === undefined && !facts.ended) failures.push(`no close frame came, expected ${list}`);
  else if (code === undefined)
    (codes.includes(1000) ? failures : lapses).push(`the connection was cut, expected a close with ${list}`);
  else if (!codes.includes(code)) (code === 1005 ? lapses : failures).push(`closed with ${code}, expected ${list}`);
  if (facts.first) failures.push("they ended the connection first");
  if (!facts.ended) failures.push("the TCP connection was not ended");
  const differences = [...failures, ...lapses];
  if (failures.length > 0) return { id: test.id, grade: "failed", differences };
  if (test.informational) return { id: test.id, grade: "informational", differences };
  return { id: test.id, grade: lapses.length > 0 ? "not strict" : "ok", differences };
}

function isSame(a: Message, b: Message | undefined): boolean {
  return b !== undefined && a.kind === b.kind && a.payload.equals(b.payload);
}

function show(message: Message | undefined): string {
  if (!message) return "nothing";
  const { kind, payload } = message;
  return `${kind} of ${payload.length} bytes (${payload.toString("hex", 0, 24)}${payload.length > 24 ? "…" : ""})`;
}
