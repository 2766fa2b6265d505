// Networks that break connections at any byte, or deliver them one by one: RELIABILITY F-34 and F-35, without resume. Client
// and server are both ours; the proxy between them is the network.
import { expect } from "vitest";
import { WebSocket } from "../../src/socket/index.ts";
import { attack } from "./support/attack.ts";
import { type Direction, FaultProxy } from "./support/fault-proxy.ts";

const LAST_OFFSET = 512;

/** What a client of ours lives to see: its events in order, up to close. */
function converse(url: string): Promise<string[]> {
  const seen: string[] = [];
  const socket = new WebSocket(url, { handshakeTimeoutMs: 60_000 });
  socket.binaryType = "arraybuffer";
  let answers = 0;
  socket.onopen = () => {
    seen.push(`open ${socket.readyState}`);
    socket.send(`${"first ".repeat(30)}é€😀`);
    socket.send(Uint8Array.from({ length: 300 }, (_, index) => index));
    socket.ping("are you there?");
    socket.send("");
  };
  socket.onmessage = ({ data }) => {
    seen.push(typeof data === "string" ? `text ${data}` : `binary ${Buffer.from(data as ArrayBuffer).toString("hex")}`);
    if (++answers === 3) socket.close(3000, "enough");
  };
  socket.onerror = () => {
    seen.push("error");
  };
  return new Promise((resolve) => {
    let closes = 0;
    socket.onclose = ({ code, reason, wasClean }) => {
      seen.push(`close ${code} ${reason} ${wasClean}`);
      closes++;
      // A second one would be in the list.
      setImmediate(() => {
        if (closes === 1) resolve(seen);
      });
    };
  });
}

for (const direction of ["up", "down"] as const satisfies readonly Direction[]) {
  attack(
    `F-34 a reset after every byte ${direction === "up" ? "from the client" : "from the server"}: one close each, nothing uncaught`,
    { limits: { closeTimeoutMs: 2_000 } },
    async ({ target, note, factsOnce }) => {
      const proxy = await FaultProxy.listen(target.port);
      try {
        const whole = await converse(`ws://127.0.0.1:${String(proxy.port)}/trace`);
        expect(whole.at(-1)).toBe("close 3000 enough true");
        const outcomes = new Map<string, number>();
        let next = 0;
        const worker = async (): Promise<void> => {
          while (next <= LAST_OFFSET) {
            proxy.fault = { resetAfter: { direction, bytes: next++ } };
            const seen = await converse(`ws://127.0.0.1:${String(proxy.port)}/trace`);
            const last = seen.at(-1) ?? "";
            outcomes.set(last, (outcomes.get(last) ?? 0) + 1);
            // Whatever came is what would have come, up to the break, and then one error and one close.
            const came = seen.slice(0, seen.at(-2) === "error" ? -2 : -1);
            expect(whole.slice(0, came.length)).toEqual(came);
            expect(seen.filter((line) => line.startsWith("close"))).toHaveLength(1);
            if (last === "close 1006  false") expect(seen.at(-2)).toBe("error");
          }
        };
        // One at a time: the fault belongs to the next connection.
        await worker();
        note([...outcomes].map(([outcome, count]) => `${outcome} × ${String(count)}`).join(", "));
        expect([...outcomes.values()].reduce((sum, count) => sum + count, 0)).toBe(LAST_OFFSET + 1);
        expect(outcomes.get("close 1006  false")).toBeGreaterThan(LAST_OFFSET / 2);
        const { trace, metrics } = await factsOnce(({ resources }) => resources["TCPSocketWrap"] === 1);
        expect(trace.filter((line) => line.startsWith("close"))).toHaveLength(
          trace.filter((line) => line === "open").length,
        );
        expect(metrics["connections"]).toBe(1);
        expect(metrics["handler_errors_total"]).toBe(0);
      } finally {
        await proxy.close();
      }
    },
  );
}

attack(
  "F-35 every byte by itself, both ways: both sides see what they see of the whole",
  {},
  async ({ target, factsOnce }) => {
    const proxy = await FaultProxy.listen(target.port);
    try {
      const url = `ws://127.0.0.1:${String(proxy.port)}/trace`;
      const traces: (readonly string[])[] = [];
      const clients: (readonly string[])[] = [];
      let before = 0;
      for (const slice of [false, true]) {
        proxy.fault = { slice };
        clients.push(await converse(url));
        const { trace } = await factsOnce(({ trace: lines }) =>
          lines.slice(before).some((line) => line.startsWith("close")),
        );
        traces.push(trace.slice(before));
        before = trace.length;
      }
      expect(clients[1]).toEqual(clients[0]);
      expect(traces[1]).toEqual(traces[0]);
      expect(traces[0]).toHaveLength(6);
      expect(clients[0]).toHaveLength(5);
    } finally {
      await proxy.close();
    }
  },
);
