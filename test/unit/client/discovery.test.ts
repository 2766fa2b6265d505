import { describe, expect, test } from "vitest";
import { discover, type Finding } from "../../../src/client/discovery.ts";
import { ClientNetwork, type SocketManner } from "../../support/client-network.ts";
import { settled } from "../../support/fake-clock.ts";
import { ScriptedFetch } from "../../support/scripted-fetch.ts";

const greet = Uint8Array.of(5, 0x4c, 0x57, 1, 1);

interface Bench {
  readonly network: ClientNetwork;
  readonly fetch: ScriptedFetch;
  readonly found: Finding[];
  readonly giveUp: () => void;
}

function begin(manner: SocketManner | undefined, protocols: readonly string[] = []): Bench {
  const network = new ClientNetwork();
  if (manner !== undefined) network.sockets = manner;
  const fetch = new ScriptedFetch();
  const found: Finding[] = [];
  const { surroundings } = network;
  const giveUp = discover(
    {
      surroundings: { ...surroundings, fetch: fetch.fetch, ...(manner === undefined ? { dial: undefined } : {}) },
      url: "wss://a.example/x",
      protocols,
      base: "https://a.example/longwire",
    },
    (finding) => found.push(finding),
  );
  return { network, fetch, found, giveUp };
}

/** Everything that whoever asked hears on the plain socket that was found. */
async function heardOn({ found: [finding] }: Bench): Promise<unknown[]> {
  const heard: unknown[] = [];
  if (finding?.kind !== "plain") throw new Error("No plain socket was found.");
  finding.carrier.start({
    receiveMessage: (data) => void heard.push(data),
    receivePing: () => {},
    receivePong: () => {},
    receiveClosing: () => {},
    receiveClosed: (outcome) => heard.push(outcome),
  });
  await settled();
  return heard;
}

const kinds = ({ found }: Bench): string[] => found.map(({ kind }) => kind);

describe("wire/session-v1 §4.1, first contact", () => {
  test("a GREET: one of ours, and the socket is ready to be asked", async () => {
    const bench = begin("works");
    await bench.network.clock.advanceAsync(100);
    expect(bench.found).toMatchObject([{ kind: "longwire", dial: { isGreeted: true } }]);
    expect(bench.fetch.requests).toEqual([]);
  });

  test("the application's protocol was chosen: a plain server, and its socket goes on", async () => {
    const bench = begin("plain", ["chat.v1"]);
    await bench.network.clock.advanceAsync(100);
    expect(bench.found).toMatchObject([{ kind: "plain", carrier: { protocol: "chat.v1" } }]);
  });

  test("V-63 our name echoed, and another first message: plain, and the message is handed on", async () => {
    const bench = begin("echo");
    await bench.network.clock.advanceAsync(100);
    expect(await heardOn(bench)).toEqual(["welcome to my server"]);
  });

  test("our name, silence, and nobody of ours behind it: plain", async () => {
    const bench = begin("silent");
    await bench.network.clock.advanceAsync(1_600);
    expect(bench.fetch.last.action).toBe("probe");
    await bench.fetch.last.answer(404);
    await bench.network.clock.advanceAsync(0);
    expect(kinds(bench)).toEqual(["plain"]);
    expect(bench.network.dialled).toHaveLength(1);
  });

  test("V-63 what a plain server says while it is found out, and its end, reach whoever asked: all of it, in order", async () => {
    const bench = begin("silent");
    await bench.network.clock.advanceAsync(1_600);
    const [socket] = bench.network.dialledSockets;
    for (const data of ["1", "2", "3"]) socket?.onmessage?.({ data });
    socket?.end(4001, "enough");
    await bench.fetch.last.answer(404);
    await bench.network.clock.advanceAsync(0);
    expect(await heardOn(bench)).toEqual(["1", "2", "3", { code: 4001, reason: "enough", wasClean: true }]);
  });

  test("a plain server that fails while it is found out: the failure is told", async () => {
    const bench = begin("silent");
    await bench.network.clock.advanceAsync(1_600);
    bench.network.dialledSockets[0]?.end(1006, "");
    await bench.fetch.last.answer(404);
    await bench.network.clock.advanceAsync(0);
    expect(await heardOn(bench)).toMatchObject([{ code: 1006, cause: { code: "LW_CLIENT_PLAIN_LOST" } }]);
  });

  test("given up while it is found out, the socket is closed", async () => {
    const bench = begin("silent");
    await bench.network.clock.advanceAsync(1_600);
    bench.giveUp();
    await bench.network.clock.advanceAsync(0);
    expect(bench.network.dialledSockets[0]?.isClosed).toBe(true);
    expect([bench.found, bench.fetch.last.isAborted, bench.network.clock.pendingCount]).toEqual([[], true, 0]);
  });

  test("V-63 a socket that somebody has is not taken away when a request finds one of ours afterwards", async () => {
    const bench = begin("refuse", ["chat.v1"]);
    bench.network.clock.schedule(5, () => (bench.network.sockets = "plain"));
    await bench.network.clock.advanceAsync(100);
    await bench.fetch.last.answer(200, [greet]);
    expect([kinds(bench), bench.network.dialledSockets.at(-1)?.isClosed]).toEqual([["plain"], false]);
  });

  test("F-39 our name, silence, and one of ours behind it: a mute path", async () => {
    const bench = begin("silent");
    await bench.network.clock.advanceAsync(1_600);
    await bench.fetch.last.stream().push(Uint8Array.of(greet.length, ...greet));
    await bench.network.clock.advanceAsync(0);
    // The rest of the answer is of no interest.
    expect([bench.fetch.last.isAborted, bench.network.clock.pendingCount]).toEqual([true, 0]);
    expect(bench.network.dialledSockets[0]?.isClosed).toBe(true);
    expect(bench.found).toEqual([{ kind: "longwire", dial: undefined }]);
  });

  test("F-39 a mute path is not waited out: one request is made as soon as a GREET is late, and believed", async () => {
    const bench = begin("silent");
    await bench.network.clock.advanceAsync(69);
    expect(bench.fetch.requests).toEqual([]);
    await bench.network.clock.advanceAsync(1);
    await bench.fetch.last.answer(200, [greet]);
    await bench.network.clock.advanceAsync(0);
    expect(bench.found).toEqual([{ kind: "longwire", dial: undefined }]);
    expect(bench.network.dialledSockets[0]?.isClosed).toBe(true);
    await bench.network.clock.advanceAsync(5_000);
    expect([bench.fetch.requests.length, bench.network.clock.pendingCount]).toEqual([1, 0]);
  });

  test("a plain server that echoes our name and is slow to speak is asked once, and what it says decides", async () => {
    const bench = begin("silent");
    await bench.network.clock.advanceAsync(1_000);
    bench.network.dialledSockets[0]?.onmessage?.({ data: "good morning" });
    await bench.network.clock.advanceAsync(0);
    expect(await heardOn(bench)).toEqual(["good morning"]);
    expect([bench.fetch.requests.length, bench.fetch.last.isAborted]).toEqual([1, true]);
  });

  test("F-39 refused: dialled again without our name, and asked by a request; the latter answers", async () => {
    const bench = begin("refuse", ["chat.v1"]);
    await bench.network.clock.advanceAsync(15);
    expect(bench.network.dialled[1]).toEqual({ url: "wss://a.example/x", protocols: ["chat.v1"] });
    await bench.fetch.last.answer(200, [greet]);
    await bench.network.clock.advanceAsync(100);
    expect(bench.found).toEqual([{ kind: "longwire", dial: undefined }]);
  });

  test("refused, and without our name it opens: a plain server", async () => {
    const bench = begin("refuse", ["chat.v1"]);
    bench.network.clock.schedule(5, () => (bench.network.sockets = "plain"));
    await bench.network.clock.advanceAsync(100);
    expect(bench.found).toMatchObject([{ kind: "plain", carrier: { protocol: "chat.v1" } }]);
  });

  test("nothing answers in any way: none", async () => {
    const bench = begin("refuse");
    await bench.network.clock.advanceAsync(15);
    await bench.fetch.last.fail();
    await bench.network.clock.advanceAsync(100);
    expect(kinds(bench)).toEqual(["none"]);
  });

  test("without WebSockets only a request can tell", async () => {
    const bench = begin(undefined);
    await bench.fetch.last.answer(200, [greet]);
    await bench.network.clock.advanceAsync(0);
    expect(bench.found).toEqual([{ kind: "longwire", dial: undefined }]);
  });

  test("a server that is asked too often from one address is asked again, and believed then", async () => {
    const bench = begin(undefined);
    for (let times = 1; times <= 2; times++) {
      await bench.fetch.last.answer(429);
      await bench.network.clock.advanceAsync(9_000);
      expect(bench.fetch.requests).toHaveLength(times + 1);
      expect(bench.found).toEqual([]);
    }
    await bench.fetch.last.answer(200, [greet]);
    await bench.network.clock.advanceAsync(0);
    expect(bench.found).toEqual([{ kind: "longwire", dial: undefined }]);
  });

  test("given up while it waits to ask again, it does not ask", async () => {
    const bench = begin(undefined);
    await bench.fetch.last.answer(429);
    bench.giveUp();
    expect(bench.network.clock.pendingCount).toBe(0);
  });

  test("one that never has time is none, after a handful of questions", async () => {
    const bench = begin(undefined);
    for (let times = 1; times <= 6; times++) {
      await bench.fetch.last.answer(503);
      await bench.network.clock.advanceAsync(9_000);
    }
    expect(bench.fetch.requests).toHaveLength(6);
    expect([kinds(bench), bench.network.clock.pendingCount]).toEqual([["none"], 0]);
  });

  test("given up, it finds nothing any more", async () => {
    const bench = begin("works");
    bench.giveUp();
    await bench.network.clock.advanceAsync(20_000);
    expect([bench.found, bench.network.clock.pendingCount]).toEqual([[], 0]);
  });
});
