import { expect, it } from "vitest";
import { closeSessions, sendSessionsAway } from "../../../src/server/line-exit.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { closeData, hello, openData } from "../../support/line-client.ts";
import { LineServer } from "../../support/line-server.ts";

const confirm = { type: PacketType.ack, received: 1 } as const;
const limits = { drainSpreadMs: 10_000, drainTimeoutMs: 15_000, closeTimeoutMs: 5_000 };

function inhabited() {
  const server = new LineServer().route("/");
  const client = server.dial();
  client.send(hello(), openData(1, "/"), confirm);
  const away = (): Promise<void> => sendSessionsAway(server.line, server.residents, server.clock, limits);
  return { server, client, away };
}

it("I-23 a session is asked to go, closed with 1012 five seconds after the spread, and ended when it has closed", async () => {
  const { server, client, away } = inhabited();
  let isDone = false;
  const done = away().then(() => void (isDone = true));
  expect(client.link.last).toMatchObject({ type: PacketType.goAway, flags: 1, deadlineMs: 15_000, spreadMs: 10_000 });
  await server.clock.advanceAsync(14_999);
  expect(client.told.at(-1)).toBe("goAway 1");
  await server.clock.advanceAsync(1);
  expect(client.told.at(-1)).toBe("data close 1 1012");
  client.send(closeData(1, 1012));
  await done;
  expect([isDone, client.told.at(-1), server.line.sessionCount]).toEqual([true, "bye 1012", 0]);
});

it("a session that goes in time makes nobody wait", async () => {
  const { server, client, away } = inhabited();
  const done = away();
  client.send({ type: PacketType.bye, code: 1000, reason: "" });
  await done;
  expect(server.clock.pendingCount).toBe(0);
});

it("one that does not answer is ended at last", async () => {
  const { server, client, away } = inhabited();
  const done = away();
  await server.clock.advanceAsync(20_000);
  await done;
  expect(client.told).toContain("data close 1 1012");
  expect(client.told.at(-1)).toBe("bye 1012");
  expect([server.line.sessionCount, server.residents.sockets.size]).toEqual([0, 0]);
});

it("closing does it at once, with the code that was asked for", async () => {
  const { server, client } = inhabited();
  const close = { code: 1001, reason: "", timeoutMs: 5_000 };
  const done = closeSessions(server.line, server.residents, server.clock, close);
  expect(client.told.at(-1)).toBe("data close 1 1001");
  client.send(closeData(1, 1001));
  await done;
  expect(client.told.at(-1)).toBe("bye 1001");
});
