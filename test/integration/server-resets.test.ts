// Connections that break at any moment of the handshake and after it, and what remains of those that ended.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import type { Authenticate } from "../../src/server/index.ts";
import { settled } from "../support/fake-clock.ts";
import { watchFaults } from "../support/fault-watch.ts";
import { connectRaw, rawFrame, rawUpgradeHead } from "../support/raw-client.ts";
import { echoRoute, serve } from "../support/test-server.ts";

const run = promisify(execFile);
const child = (name: string): string => fileURLToPath(new URL(`children/${name}`, import.meta.url));

describe("a reset at every byte offset of the handshake and the frames after it", () => {
  const ways: readonly (readonly [string, Authenticate<unknown> | undefined])[] = [
    ["without authenticate", undefined],
    ["with a synchronous one", () => "somebody"],
    ["with one that takes some turns", async () => settled(2)],
    ["with one that throws a Response later", async () => settled(2).then(() => Promise.reject(new Response("no")))],
  ];

  it.each(ways)(
    "V-32 F-34 %s: no fault, nothing left, the control connection unaffected",
    async (_what, authenticate) => {
      const faults = watchFaults();
      const served = await serve({ limits: { maxConnections: 0 } }, (server) => {
        echoRoute(server);
        server.route("/reset", {
          authenticate,
          open: (socket) => void socket.send("hello"),
          message: (socket) => void socket.send("x".repeat(1_000)),
        });
      });
      const control = await served.open("/");
      const bytes = Buffer.concat([
        Buffer.from(rawUpgradeHead("/reset", { Origin: "http://localhost" })),
        rawFrame({ payload: "a".repeat(20) }),
        rawFrame({ opcode: 9, payload: "b".repeat(10) }),
        rawFrame({ opcode: 2, payload: Buffer.alloc(16) }),
        rawFrame({ fin: false, payload: "c".repeat(130) }),
        rawFrame({ opcode: 0, payload: "d".repeat(80) }),
      ]);
      for (let offset = 0; offset <= bytes.length; offset++) {
        const client = await connectRaw(served.port);
        if (offset > 0) client.write(bytes.subarray(0, offset));
        // Half of them break before the server has looked, half while it is at it.
        if (offset % 2 === 0) await settled(1);
        client.reset();
      }
      await expect.poll(() => served.server.sockets.size).toBe(1);
      await expect.poll(() => served.server.metrics()).toContain("longwire_pending_handshakes 0");
      control.writeFrame({ payload: "still here" });
      expect((await control.nextFrame()).text).toBe("still here");
      expect(faults).toEqual([]);
      expect(served.lines.error).toEqual([]);
    },
  );
});

describe("what remains", () => {
  it("V-26 of a thousand connections ended in each way: no socket, timer, listener, entry or object", async () => {
    const { stdout } = await run(process.execPath, ["--expose-gc", "--import", "tsx", child("leak-probe.ts")]);
    const report = JSON.parse(stdout) as { how: string; left: Record<string, number> }[];
    expect(report).toHaveLength(9);
    for (const { how, left } of report) {
      expect(left, how).toEqual({
        sockets: 0,
        pending: 0,
        topics: 0,
        transports: 0,
        timers: 0,
        listeners: 0,
        budget: 0,
        alive: 0,
      });
    }
  }, 240_000);

  it("F-36 a process out of descriptors goes on accepting once some are free, and does not spin meanwhile", async () => {
    const command = `ulimit -n 256 && exec "${process.execPath}" --import tsx "${child("descriptor-probe.ts")}"`;
    const { stdout } = await run("/bin/sh", ["-c", command]);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(report).toMatchObject({ exhausted: true, controlAnswered: true, acceptedAfterwards: true, faults: 0 });
    // Busy waiting would use a whole core.
    expect(report["busyShare"]).toBeLessThan(0.9);
  }, 240_000);
});
