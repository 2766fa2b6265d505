// The client through a proxy that speaks HTTP/1.0 only: each transport made of requests carries everything both ways, once and in
// order; WebSocket does not get through and is gone round. wire/session-v1 §4; RELIABILITY I-02, I-03, I-04, F-39.
import { afterEach, describe, expect, test } from "vitest";
import { Line } from "../../src/client/node.ts";
import { createServer } from "../../src/server/index.ts";
import type { TransportKind } from "../../src/session/way.ts";
import { type Http10Proxy, startHttp10Proxy } from "../support/http10-proxy.ts";

const MESSAGES = 250;
const numbers = Array.from({ length: MESSAGES }, (_, number) => number);

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Talk {
  readonly up: readonly number[];
  readonly down: readonly number[];
  readonly told: readonly string[];
  readonly transport: TransportKind | undefined;
  readonly proxy: Http10Proxy;
}

/** Numbered messages both ways, the client's by and by, so that many requests carry them. */
async function talk(transports: readonly TransportKind[]): Promise<Talk> {
  const server = createServer();
  stops.push(() => server.close());
  const [up, down]: [number[], number[]] = [[], []];
  const told: string[] = [];
  let settle = (): void => {};
  server.route("/numbers", {
    open: (socket) => {
      for (const number of numbers) socket.send(String(number));
    },
    message: (_socket, data) => {
      up.push(Number(data));
      settle();
    },
  });
  const { port } = await server.listen(0);
  const proxy = await startHttp10Proxy(port);
  stops.push(() => proxy.stop());
  const line = new Line(`http://127.0.0.1:${String(proxy.port)}`, { transports });
  stops.push(() => line.close());
  const socket = line.open("/numbers");
  for (const type of ["suspend", "error", "close"]) socket.addEventListener(type, () => told.push(type));
  await new Promise<void>((resolve) => {
    settle = () => {
      if (told.includes("close") || (up.length >= MESSAGES && down.length >= MESSAGES)) resolve();
    };
    socket.addEventListener("close", settle);
    socket.onopen = () => socket.send("0");
    socket.onmessage = ({ data }) => {
      down.push(Number(data));
      if (down.length < MESSAGES) socket.send(String(down.length));
      settle();
    };
  });
  return { up, down, told, transport: line.transport, proxy };
}

describe("through a proxy that speaks HTTP/1.0 only", () => {
  test.each(["stream", "longpoll", "poll"] as const)(
    "%s carries everything, and nothing is suspended",
    async (kind) => {
      const { up, down, told, transport, proxy } = await talk([kind]);
      expect([up, down]).toEqual([numbers, numbers]);
      expect([told, transport, proxy.faults]).toEqual([[], kind, []]);
      expect(proxy.requests.length).toBeGreaterThan(2);
      expect(proxy.requests.filter((line) => !line.endsWith(" HTTP/1.0"))).toEqual([]);
    },
  );

  test("F-39 with everything allowed WebSocket is gone round", async () => {
    const { up, down, told, transport, proxy } = await talk(["websocket", "stream", "longpoll", "poll"]);
    expect([up, down]).toEqual([numbers, numbers]);
    expect([told, proxy.faults]).toEqual([[], []]);
    expect(["stream", "longpoll"]).toContain(transport);
  });
});
