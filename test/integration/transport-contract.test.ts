// What every transport promises its session, the same for all four over real connections and for the pair in memory on which the
// simulation runs: packets arrive whole, in order and unaltered, both ways, whatever their size and however bytes are cut; what is
// broken off is a beginning of what was said; what a request repeats is known by its number; the end is told once, and nothing
// comes after it. RELIABILITY I-02, I-03, F-34, F-35, P-115, P-116.
import { describe, expect, test } from "vitest";
import type { TransportKind } from "../../src/session/way.ts";
import type { Fetch } from "../../src/transports/http/request.ts";
import { connectEnds, type End } from "../support/transport-ends.ts";

const kinds: readonly (TransportKind | "memory")[] = ["websocket", "stream", "longpoll", "poll", "memory"];
const requestKinds: readonly TransportKind[] = ["stream", "longpoll", "poll"];
const lengths = [1, 2, 63, 64, 125, 126, 127, 128, 129, 4_095, 16_383, 16_384, 16_385, 16_448];

/** So many times each length. */
function packets(salt: number, times: number): Uint8Array[] {
  return Array.from({ length: times * lengths.length }, (_, index) =>
    new Uint8Array(lengths[index % lengths.length] as number).map((__, at) => (at * 31 + index * 7 + salt) & 0xff),
  );
}

const same = (said: readonly Uint8Array[], received: readonly Uint8Array[]): boolean =>
  received.every((packet, index) => Buffer.from(packet).equals(said[index] as Uint8Array));

/** Whether `to` has everything that `from` said. */
const hasAll = (from: End, to: End): boolean => to.received.length === from.said.length;

describe.each(kinds)("%s", (kind) => {
  test("I-02 I-03 carries packets of every size whole, in order and unaltered, both ways at once", async () => {
    const { client, server, until } = await connectEnds(kind);
    // More than any body, any buffer and any one write holds.
    client.send(packets(1, 12));
    server.send(packets(2, 12));
    await until(() => hasAll(client, server) && hasAll(server, client));
    expect([hasAll(client, server), hasAll(server, client)]).toEqual([true, true]);
    expect([same(client.said, server.received), same(server.said, client.received)]).toEqual([true, true]);
    expect([client.closes, server.closes, client.faults + server.faults]).toEqual([[], [], 0]);
  });

  test("tells its end once, with the code where the way can carry one, and delivers nothing afterwards", async () => {
    const { client, server, close, until } = await connectEnds(kind);
    close(4409);
    await until(() => client.closes.length > 0);
    expect(client.closes).toEqual([kind === "stream" ? 1006 : 4409]);
    const { length } = client.received;
    server.send([Uint8Array.of(9)]);
    client.send([Uint8Array.of(9)]);
    close(1000);
    let turns = 0;
    await until(() => turns++ === 3);
    expect([client.closes.length, client.received.length]).toEqual([1, length]);
  });

  test.each([100, 700, 5_000, 40_000, 200_000])(
    "I-02 I-03 F-34 cut in the middle of a packet, after %i bytes: what has come is a beginning, and what can go on goes on",
    async (bytes) => {
      const { client, server, proxy, cut, until } = await connectEnds(kind);
      client.send(packets(3, 3));
      server.send(packets(4, 3));
      const arrived = (): number => client.received.length + server.received.length;
      if (proxy === undefined) {
        await until(() => arrived() > bytes / 5_000);
        cut();
      } else {
        // One cut and no other, however soon a request is made again.
        proxy.faults = {
          sliceBytes: 97,
          get cutAfterBytes(): number | undefined {
            return proxy.counts.cuts === 0 ? bytes : undefined;
          },
        };
        await until(() => proxy.counts.cuts > 0);
        proxy.faults = {};
      }
      const isOver = (): boolean => client.closes.length > 0;
      await until(() => isOver() || (hasAll(client, server) && hasAll(server, client)));
      // What is still under way has nothing to add to an end.
      let turns = 0;
      await until(() => turns++ === 5);
      expect([same(client.said, server.received), same(server.said, client.received)]).toEqual([true, true]);
      expect(client.faults + server.faults).toBe(0);
      if (kind === "websocket" || kind === "memory") expect(client.closes).toEqual([1006]);
      else if (kind !== "stream") expect(client.closes).toEqual([]);
      if (isOver()) expect([client.closes.length, client.closes[0]]).toEqual([1, 1006]);
      else expect([hasAll(client, server), hasAll(server, client)]).toEqual([true, true]);
    },
    30_000,
  );
});

describe.each(["websocket", ...requestKinds] as const)("%s, byte by byte", (kind) => {
  test("F-35 what arrives one byte at a time is what arrives at once", async () => {
    const { client, server, proxy, until } = await connectEnds(kind);
    if (proxy !== undefined) proxy.faults = { sliceBytes: 1 };
    const small = (salt: number): Uint8Array[] => packets(salt, 1).filter(({ length }) => length < 5_000);
    client.send(small(5));
    server.send(small(6));
    await until(() => hasAll(client, server) && hasAll(server, client));
    expect([hasAll(client, server), hasAll(server, client), client.closes]).toEqual([true, true, []]);
    expect([same(client.said, server.received), same(server.said, client.received)]).toEqual([true, true]);
  });
});

describe.each(requestKinds)("%s, when requests come twice or answers do not come", (kind) => {
  test("P-116 every POST comes twice: what it holds is known by its number", async () => {
    const twice: Fetch = async (url, init) => {
      if (url.endsWith("/send")) await (await fetch(url, init)).arrayBuffer();
      return fetch(url, init);
    };
    const { client, server, until } = await connectEnds(kind, twice);
    client.send(packets(7, 3));
    server.send(packets(8, 3));
    await until(() => hasAll(client, server) && hasAll(server, client) && server.repeats > 0);
    expect([hasAll(client, server), hasAll(server, client), client.closes]).toEqual([true, true, []]);
    expect([same(client.said, server.received), server.faults, server.repeats > 0]).toEqual([true, 0, true]);
  });

  test("P-115 P-116 every second answer is lost after the server has given it: it is asked for again, nothing is lost", async () => {
    const counts = new Map<string, number>();
    const lossy: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      // Each path by itself: otherwise it could always be the other one whose answer gets lost.
      const count = (counts.get(url) ?? 0) + 1;
      counts.set(url, count);
      if (url.endsWith("/stream") || url.endsWith("/open") || count % 2 === 0) return response;
      await response.arrayBuffer();
      throw new TypeError("The answer got lost.");
    };
    const { client, server, until } = await connectEnds(kind, lossy);
    client.send(packets(9, 3));
    server.send(packets(10, 3));
    await until(() => hasAll(client, server) && hasAll(server, client) && server.repeats > 0);
    expect([hasAll(client, server), hasAll(server, client), client.closes]).toEqual([true, true, []]);
    expect([same(client.said, server.received), same(server.said, client.received)]).toEqual([true, true]);
    expect([server.faults, client.faults, server.repeats > 0]).toEqual([0, 0, true]);
  });
});
