// A connection from its name to its first message, one step after the other, each with the time and the bytes it took: what a browser
// does and does not show. Measures on this machine, so what is missing is the distance.
import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { on, once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { authorityOf } from "../../address.ts";
import type { SelfAddress } from "../part.ts";
import { RawHead } from "../raw-head.ts";
import type { Dialled, Step, StepName } from "./wire.ts";

/** One that does not come forward in this time is given up. */
const patienceMs = 5_000;
/** A name that every machine knows. */
const name = "localhost";
/** “Hello” as a text frame, masked with zeros: the key may be anything, and nobody else is on this line. */
const hello = Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), Buffer.from("Hello")]);

/** Dials the echo route at `path`. Rejects if it cannot be reached, or answers with anything but 101. */
export async function measureDial(address: SelfAddress, path: string, isMadeUp: boolean): Promise<Dialled> {
  const authority = authorityOf(address.host, address.port);
  const steps: Step[] = [];
  let [from, up, down] = [performance.now(), 0, 0];
  const origin = from;
  const mark = (step: StepName, socket?: Socket): void => {
    const now = performance.now();
    const [bytesUp, bytesDown] = [(socket?.bytesWritten ?? 0) - up, (socket?.bytesRead ?? 0) - down];
    steps.push({ name: step, startMs: from - origin, endMs: now - origin, bytesUp, bytesDown });
    [from, up, down] = [now, up + bytesUp, down + bytesDown];
  };

  const signal = AbortSignal.timeout(patienceMs);
  const addresses = (await lookup(name, { all: true })).map((entry) => entry.address);
  mark("dns");
  const tcp = connectTcp({ host: address.host, port: address.port, noDelay: true });
  let tls: TLSSocket | undefined;
  try {
    tcp.on("error", () => {});
    await once(tcp, "connect", { signal });
    mark("tcp", tcp);
    if (address.secure) {
      tls = connectTls({ socket: tcp, servername: name, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
      tls.on("error", () => {});
      await once(tls, "secureConnect", { signal });
      mark("tls", tcp);
    }
    const stream = tls ?? tcp;
    // From here on nothing that comes is missed between two looks.
    const chunks = on(stream, "data", { signal }) as AsyncIterableIterator<[Buffer]>;
    stream.write(requestFor(path, authority));
    const head = new RawHead();
    let opened: ReturnType<RawHead["receive"]>;
    while (opened === undefined && !head.isOver) opened = head.receive(await nextOf(chunks));
    if (opened?.head.startsWith("HTTP/1.1 101 ") !== true) throw new Error("the answer was not 101");
    mark("http", tcp);
    stream.write(hello);
    let echoed = opened.rest;
    while (!echoed.includes("Hello")) echoed = Buffer.concat([echoed, await nextOf(chunks)]);
    mark("message", tcp);
    const agreed =
      tls === undefined ? undefined : { protocol: tls.getProtocol() ?? "", cipher: tls.getCipher().standardName };
    return { steps, name, addresses, authority, tls: agreed, isMadeUp };
  } finally {
    tls?.destroy();
    tcp.destroy();
  }
}

function requestFor(path: string, authority: string): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: ${authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Version: 13\r\n\r\n`
  );
}

async function nextOf(chunks: AsyncIterator<[Buffer]>): Promise<Buffer> {
  const next = await chunks.next();
  if (next.done === true) throw new Error("the connection ended");
  return next.value[0];
}
