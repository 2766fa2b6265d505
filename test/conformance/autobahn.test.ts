// Every case of the reference suite, replayed against the echo server as users start it and against an echoing client.
// Strict: what the suite calls "non-strict" fails here. The suite itself is run by hand; docs/conformance.md says how.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "../../src/socket/index.ts";
import { type CliProcess, startCli, stopAll } from "../support/cli-process.ts";
import type { Case } from "./autobahn/case.ts";
import { autobahnCases } from "./autobahn/cases.ts";
import { replayAgainstClient, replayAgainstServer, type Verdict } from "./autobahn/replay.ts";

const largestMessage = 16 * 1024 * 1024;
const sizeOption = ["--max-message", String(largestMessage)];

afterAll(stopAll);

function expectStrict({ id, grade, differences }: Verdict, { informational }: Case): void {
  if (informational) expect({ id, grade }).toEqual({ id, grade: "informational" });
  else expect({ id, grade, differences }).toEqual({ id, grade: "ok", differences: [] });
}

describe("the server (longwire echo)", () => {
  let port = 0;

  beforeAll(async () => {
    const line = await startCli(["echo", "--port", "0", ...sizeOption]).firstLine;
    port = Number(/^listening ws:\/\/\S*:(\d+)$/.exec(line)?.[1]);
  }, 30_000);

  for (const one of autobahnCases) {
    test(`${one.id} ${one.title}`, async () => {
      expectStrict(await replayAgainstServer(port, one), one);
    });
  }
});

describe("the client (longwire/websocket)", () => {
  for (const one of autobahnCases) {
    test(`${one.id} ${one.title}`, async () => {
      const closes: string[] = [];
      let closed: Promise<unknown> = Promise.resolve();
      const verdict = await replayAgainstClient((url) => {
        const socket = new WebSocket(url, { limits: { maxMessageBytes: largestMessage } });
        socket.binaryType = "arraybuffer";
        socket.onmessage = ({ data }) => socket.send(data);
        closed = new Promise<void>((resolve) => {
          socket.onclose = ({ code, wasClean }) => {
            closes.push(`${code} ${wasClean}`);
            resolve();
          };
        });
      }, one);
      expectStrict(verdict, one);
      await closed;
      // WHATWG WebSockets §4: a connection that was failed closes with 1006, whatever went over the wire.
      if (one.ending.by === "us") expect(closes).toEqual(["1000 true"]);
      if (one.ending.by === "them") expect(closes).toEqual(["1006 false"]);
    });
  }
});

describe("the client (longwire connect --echo)", () => {
  const sample = new Set([
    "1.1.8",
    "1.2.1",
    "2.11",
    "3.4",
    "4.2.5",
    "5.20",
    "6.2.3",
    "6.4.4",
    "7.1.1",
    "7.3.1",
    "10.1.1",
  ]);

  for (const one of autobahnCases.filter(({ id }) => sample.has(id))) {
    test(`${one.id} ${one.title}`, async () => {
      let client: CliProcess | undefined;
      const verdict = await replayAgainstClient((url) => {
        client = startCli(["connect", url, "--echo", ...sizeOption]);
      }, one);
      expectStrict(verdict, one);
      expect(await client?.ended).toBe(0);
      expect(client?.out()).toMatch(one.ending.by === "us" ? /^CLOSE 1000 true$/m : /^CLOSE \d+ (true|false)$/m);
    });
  }
});
