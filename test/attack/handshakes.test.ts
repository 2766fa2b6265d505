// Handshakes that drip, break off, or smuggle something behind themselves: RELIABILITY V-20, V-32, V-47.
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "../../src/socket/index.ts";
import { rawFrame, rawUpgradeHead, type RawHeaders } from "../support/raw-client.ts";
import { listenRaw } from "../support/raw-server.ts";
import { attack } from "./support/attack.ts";
import { pour } from "./support/flood.ts";

const KiB = 1024;

attack(
  "V-20 request heads that drip are answered 408 at the deadline, however many bytes they dripped",
  { limits: { handshakeTimeoutMs: 300 } },
  async ({ target, control, note, factsOnce }) => {
    const drips = await Promise.all(Array.from({ length: 20 }, () => target.connect()));
    const head = rawUpgradeHead("/").slice(0, -4);
    const answered = Promise.all(drips.map((client) => client.nextResponse()));
    let over = false;
    void answered.then(() => (over = true));
    let bytes = 0;
    for (; !over; bytes++) {
      for (const client of drips) client.write(bytes < head.length ? (head[bytes] as string) : "x");
      await control.beat();
    }
    note(`${String(bytes)} bytes dripped`);
    expect(new Set((await answered).map(({ status }) => status))).toEqual(new Set([408]));
    for (const client of drips) await client.closed();
    const { metrics, counts } = await factsOnce(({ resources }) => resources["TCPSocketWrap"] === 1);
    expect(metrics['limit_total{limit="handshakeTimeoutMs"}']).toBe(drips.length);
    expect(counts.open).toBe(0);
  },
);

attack(
  "V-20 request heads without end are answered 431 at 16 KiB and cost no more",
  {},
  async ({ target, control, factsOnce }) => {
    const heads = {
      "one long line": `GET /${"a".repeat(20 * KiB)}`,
      "one long header": `${rawUpgradeHead("/").slice(0, -2)}X: ${"a".repeat(20 * KiB)}`,
      "many headers": `${rawUpgradeHead("/").slice(0, -2)}${"X: a\r\n".repeat(4 * KiB)}\r\n`,
    };
    for (const [name, head] of Object.entries(heads)) {
      const client = await target.connect();
      await pour(client, Buffer.from(head));
      expect((await client.nextResponse()).status, name).toBe(431);
      await client.closed();
    }
    // In bytes of their own, the work stays linear; the control connection tells what it costs.
    const client = await target.connect();
    for (const byte of Buffer.from(heads["one long header"])) client.write(Uint8Array.of(byte));
    // Whoever still writes may be cut off before it reads the answer.
    await client.closed();
    await control.beat();
    const { metrics } = await factsOnce(({ metrics: { connections } }) => connections === 1);
    expect(metrics['handshakes_total{status="431"}']).toBe(4);
  },
);

attack(
  "V-20 thousands of empty headers in heads that never end cost no more than their bytes",
  {},
  async ({ target, control, note }) => {
    const count = 50;
    const clients = await Promise.all(Array.from({ length: count }, () => target.connect()));
    const before = await target.facts("collect");
    const head = Buffer.from(`GET / HTTP/1.1\r\n${"X:\r\n".repeat(15_000)}`);
    await Promise.all(clients.map((client) => pour(client, head)));
    // Read by now, or by the time the next answer comes.
    for (let turn = 0; turn < 50; turn++) await control.beat();
    const after = await target.facts("collect");
    const held = Math.round((after.heldBytes - before.heldBytes) / count / KiB);
    note(`${String(held)} KiB per connection`);
    expect(held).toBeLessThanOrEqual(64);
  },
);

describe("a client of ours and a server that drips", () => {
  test.each([
    ["a head of 20 MB", (size: number) => `X-${String(size)}: ${"a".repeat(1_000)}\r\n`],
    ["a line that never ends", () => "a".repeat(1_000)],
  ])("V-20 %s: given up at 16 KiB", async (_what, more) => {
    const server = await listenRaw();
    onTestFinished(() => server.close());
    const socket = new WebSocket(server.url());
    const closed = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code);
    });
    const { peer, ...caller } = await server.next();
    void caller;
    await pour(peer, Buffer.from("HTTP/1.1 101 Switching Protocols\r\n"));
    let sent = 0;
    while (sent < 20_000_000) {
      const bytes = Buffer.from(more(sent));
      if (!(await pour(peer, bytes))) break;
      sent += bytes.length;
    }
    expect(await closed).toBe(1006);
    expect(socket.cause?.code).toMatch(/^LW_PROTOCOL_.*(LARGE|BIG|LONG|MANY)/);
    // What two kernels hold between them.
    expect(sent).toBeLessThan(20_000_000);
  });

  test("V-20 one byte at a time, on and on: given up when the time for the handshake is over", async () => {
    const server = await listenRaw();
    onTestFinished(() => server.close());
    const socket = new WebSocket(server.url(), { handshakeTimeoutMs: 300 });
    let code: number | undefined;
    socket.onclose = (event) => {
      code = event.code;
    };
    const { peer } = await server.next();
    const head = Buffer.from("HTTP/1.1 101 Switching Protocols\r\n");
    let at = 0;
    while (code === undefined && at < 16 * KiB) {
      await pour(peer, head.subarray(at % head.length, (at % head.length) + 1));
      at++;
      // As slowly as an echo takes, so that the time is over before the 16 KiB are.
      await new Promise((resolve) => void setImmediate(resolve));
      if (at >= head.length) await expect.poll(() => code, { timeout: 20_000, interval: 5 }).toBe(1006);
    }
    expect(code).toBe(1006);
  });
});

for (const [how, path] of [
  ["without authenticate", "/"],
  ["with an authenticate that answers at once", "/asked"],
  ["with one that answers later", "/asked-later"],
  ["with one that never answers", "/asked-forever"],
] as const) {
  attack(
    `V-32 a reset at every byte of the handshake and of the first frames, ${how}: nothing goes uncaught`,
    { limits: { authenticateTimeoutMs: 60_000 } },
    async ({ target, control, note, factsOnce }) => {
      const head = Buffer.from(rawUpgradeHead(path));
      const bytes = Buffer.concat([
        head,
        rawFrame({ payload: "a".repeat(20) }),
        rawFrame({ opcode: 9, payload: "b".repeat(10) }),
        rawFrame({ opcode: 2, payload: Buffer.alloc(8) }),
      ]);
      const before = await target.facts();
      let done = 0;
      // Every fourth breaks at once, the others one or more turns of the server later.
      const resetAt = async (offset: number): Promise<void> => {
        const client = await target.connect();
        if (offset > 0) await pour(client, bytes.subarray(0, offset));
        if (offset % 4 === 1) await control.beat();
        if (offset % 4 === 2) await pour(client, bytes.subarray(offset, offset + 1));
        if (offset % 4 === 3 && path !== "/asked-forever" && offset >= head.length) await client.nextResponse();
        client.reset();
        await client.closed();
        done++;
      };
      const offsets = Array.from({ length: bytes.length + 1 }, (_, offset) => offset);
      const worker = async (): Promise<void> => {
        for (let offset = offsets.pop(); offset !== undefined; offset = offsets.pop()) await resetAt(offset);
      };
      await Promise.all(Array.from({ length: 8 }, worker));
      note(`${String(done)} resets`);
      const after = await factsOnce(
        ({ resources, metrics }) => resources["TCPSocketWrap"] === 1 && metrics["pending_handshakes"] === 0,
      );
      expect(after.metrics["connections"]).toBe(before.metrics["connections"]);
      expect(after.counts.open).toBe(after.counts.close);
      expect(after.accountedBytes).toBe(0);
      if (path === "/asked-forever") expect(after.counts.open).toBe(0);
      else expect(after.counts.open).toBeGreaterThan(0);
    },
  );
}

const second = "GET /second HTTP/1.1\r\nHost: localhost\r\n\r\n";
const smuggled: ReadonlyArray<readonly [what: string, headers: RawHeaders, rest: string, status: number]> = [
  ["a body by length", { "Content-Length": "5" }, `hello${second}`, 400],
  ["a body in chunks", { "Transfer-Encoding": "chunked" }, `5\r\nhello\r\n0\r\n\r\n${second}`, 400],
  ["both", { "Content-Length": "5", "Transfer-Encoding": "chunked" }, `0\r\n\r\n${second}`, 400],
  ["a wrong version, then a request", { "Sec-WebSocket-Version": "8" }, second, 426],
  ["no Connection, then a request", { Connection: undefined }, second, 400],
  ["Connection: close, Upgrade", { Connection: "close, Upgrade", "Sec-WebSocket-Key": "x" }, second, 400],
  ["frames behind a refusal", { "Sec-WebSocket-Key": "x" }, rawFrame({ payload: "x" }).toString("latin1"), 400],
  ["a second upgrade behind a refusal", { "Sec-WebSocket-Key": "x" }, rawUpgradeHead("/sink"), 400],
];

attack(
  "V-47 whatever stands behind an upgrade that failed is neither served nor parsed",
  {},
  async ({ target, factsOnce }) => {
    const attackers = smuggled.flatMap((each) => [each, each, each]);
    await Promise.all(
      attackers.map(async ([what, headers, rest, status], index) => {
        const client = await target.connect();
        // At a route that does not leave plain requests to the application.
        const head = rawUpgradeHead("/sink", headers);
        // In one piece, in two, and byte by byte.
        if (index % 3 === 0) client.write(Buffer.from(head + rest, "latin1"));
        else if (index % 3 === 1) for (const part of [head, rest]) await pour(client, Buffer.from(part, "latin1"));
        else for (const byte of Buffer.from(head + rest, "latin1")) client.write(Uint8Array.of(byte));
        const response = await client.nextResponse();
        expect(response.status, what).toBe(status);
        expect(response.header("connection")?.split(", "), what).toContain("close");
        await client.closed();
        expect(client.buffered.toString("latin1"), what).toBe("");
      }),
    );
    const { counts } = await factsOnce(({ resources }) => resources["TCPSocketWrap"] === 1);
    expect(counts).toMatchObject({ page: 0, open: 0, message: 0 });
  },
);
