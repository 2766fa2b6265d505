// The load of the benchmarks, one process: so many raw connections that each keep so many messages in flight and check that
// every answer has the length it must have. Prints one JSON line. Speaks plain RFC 6455 over node:net, no library's code.
//   tsx bench/load.ts '{"port":1,"path":"/","connections":64,"depth":1,"bytes":20,"binary":false,"seconds":2}'

import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  /** Messages in flight per connection. 0: connect, stay idle until standard input ends. */
  readonly depth: number;
  readonly bytes: number;
  readonly binary: boolean;
  readonly seconds: number;
}

export interface LoadResult {
  readonly messages: number;
  readonly seconds: number;
}

const WARM_UP_MS = 500;

/** A masked frame as a client sends it: a real key, so that the server has to unmask. */
function clientFrame(bytes: number, binary: boolean): Buffer {
  const key = randomBytes(4);
  const payload = Buffer.alloc(bytes, "x");
  for (let index = 0; index < bytes; index++) payload[index] = (payload[index] ?? 0) ^ (key[index & 3] ?? 0);
  const head = headOf(bytes, binary);
  head[1] = (head[1] ?? 0) | 0x80;
  return Buffer.concat([head, key, payload]);
}

/** The head of an unmasked frame. */
function headOf(bytes: number, binary: boolean): Buffer {
  const first = binary ? 0x82 : 0x81;
  if (bytes < 126) return Buffer.from([first, bytes]);
  if (bytes < 65536) return Buffer.from([first, 126, bytes >> 8, bytes & 0xff]);
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(bytes), 2);
  return head;
}

async function open(load: Load): Promise<Socket> {
  const socket = connect(load.port, "127.0.0.1");
  socket.setNoDelay(true);
  const key = randomBytes(16).toString("base64");
  socket.write(
    `GET ${load.path} HTTP/1.1\r\nHost: 127.0.0.1:${String(load.port)}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  await new Promise<void>((resolve, reject) => {
    let head = "";
    const receive = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", receive);
      if (head.startsWith("HTTP/1.1 101")) resolve();
      else reject(new Error(head));
    };
    socket.on("data", receive);
    socket.once("error", reject);
  });
  return socket;
}

async function run(load: Load): Promise<LoadResult> {
  const frame = clientFrame(load.bytes, load.binary);
  const answerBytes = headOf(load.bytes, load.binary).length + load.bytes;
  const bursts = Array.from({ length: load.depth + 1 }, (_, count) => Buffer.concat(Array<Buffer>(count).fill(frame)));
  let messages = 0;
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(load)));
  if (load.depth === 0) {
    console.log("idle");
    await new Promise((resolve) => process.stdin.once("end", resolve).resume());
  }
  for (const socket of sockets) {
    let received = 0;
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
      const answers = Math.floor(received / answerBytes);
      if (answers === 0) return;
      received -= answers * answerBytes;
      messages += answers;
      socket.write(bursts[Math.min(answers, load.depth)] ?? frame);
    });
    if (load.depth > 0) socket.write(bursts[load.depth] ?? frame);
  }
  if (load.depth > 0) await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  messages = 0;
  const begin = performance.now();
  if (load.depth > 0) await new Promise((resolve) => setTimeout(resolve, load.seconds * 1000));
  const seconds = (performance.now() - begin) / 1000;
  const result = { messages, seconds };
  for (const socket of sockets) socket.destroy();
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await run(JSON.parse(process.argv[2] ?? "{}") as Load)));
}
