import { describe, expect, test } from "vitest";
import { discover, type Finding } from "../../../src/client/discovery.ts";
import { ClientNetwork, type SocketManner } from "../../support/client-network.ts";
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
    expect(bench.found).toMatchObject([{ kind: "plain", socket: { protocol: "chat.v1" }, first: undefined }]);
  });

  test("our name echoed, and another first message: plain, and the message is handed on", async () => {
    const bench = begin("echo");
    await bench.network.clock.advanceAsync(100);
    expect(bench.found).toMatchObject([{ kind: "plain", first: "welcome to my server" }]);
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

  test("F-39 our name, silence, and one of ours behind it: a mute path", async () => {
    const bench = begin("silent");
    await bench.network.clock.advanceAsync(1_600);
    await bench.fetch.last.answer(200, [greet]);
    await bench.network.clock.advanceAsync(0);
    expect(bench.found).toEqual([{ kind: "longwire", dial: undefined }]);
  });

  test("F-19 refused: dialled again without our name, and asked by a request; the latter answers", async () => {
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
    expect(bench.found).toMatchObject([{ kind: "plain", socket: { protocol: "chat.v1" } }]);
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
