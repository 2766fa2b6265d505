import { describe, expect, test } from "vitest";
import type { BodyReceiver } from "../../../../src/base/link.ts";
import { HttpClient } from "../../../../src/transports/http/client.ts";
import type { HttpKind } from "../../../../src/transports/http/headers.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { ScriptedFetch, settle } from "../../../support/scripted-fetch.ts";

const packet = (byte: number): Uint8Array => Uint8Array.of(byte);

class FakeReceiver {
  waiting: Uint8Array[] = [packet(6)];
  readonly told: unknown[] = [];
  takeRoom: unknown;

  take(room: unknown): Uint8Array[] {
    this.takeRoom = room;
    return this.waiting.splice(0);
  }

  openBody(): BodyReceiver {
    this.told.push("body");
    return { receive: (bytes) => this.told.push([...bytes]) > 0 };
  }

  receive(bytes: Uint8Array): void {
    this.told.push([...bytes]);
  }

  receiveTakenLost(): void {
    this.told.push("lost");
  }

  receiveClosed(code: number): void {
    this.told.push(code);
  }
}

interface Bench {
  readonly fetch: ScriptedFetch;
  readonly clock: FakeClock;
  readonly receiver: FakeReceiver;
  readonly client: HttpClient;
  readonly helds: boolean[];
}

function open(kind: HttpKind): Bench {
  const fetch = new ScriptedFetch();
  const clock = new FakeClock();
  const receiver = new FakeReceiver();
  const helds: boolean[] = [];
  const client = new HttpClient({
    kind,
    base: "https://a.example/longwire",
    fetch: fetch.fetch,
    clock,
    credentials: { ticket: Uint8Array.of(251, 255), received: 7 },
    withCookies: false,
    receiveHeldEnd: (isCut) => helds.push(isCut),
  });
  client.open(receiver);
  return { fetch, clock, receiver, client, helds };
}

async function openPolling(kind: "longpoll" | "poll" = "longpoll"): Promise<Bench> {
  const bench = open(kind);
  await bench.fetch.last.answer(200, [packet(7)]);
  bench.receiver.told.length = 0;
  return bench;
}

describe("HttpClient", () => {
  test("long polling opens with a POST, then holds a GET that shows ticket and cursor", async () => {
    const { fetch, receiver } = open("longpoll");
    expect(fetch.last).toMatchObject({
      url: "https://a.example/longwire/open",
      init: { method: "POST", body: Uint8Array.of(1, 6) },
    });
    expect(fetch.last.init.headers).toEqual({ "content-type": "application/longwire" });
    await fetch.last.answer(200, [packet(7), packet(1)]);
    expect(receiver.told).toEqual(["body", [7], [1]]);
    expect(fetch.last.init).toMatchObject({
      method: "GET",
      cache: "no-store",
      redirect: "error",
      credentials: "same-origin",
      headers: { "longwire-ticket": "-_8", "longwire-received": "7", prefer: "wait=20" },
    });
    await fetch.last.answer(204);
    expect(fetch.of("poll")).toHaveLength(1);
  });

  test("an answer with something in it is followed by the next GET at once; an empty one that came too soon is not", async () => {
    const { fetch, clock } = await openPolling();
    await fetch.last.answer(200, [packet(0)]);
    expect(fetch.of("poll")).toHaveLength(2);
    await fetch.last.answer(204);
    expect(fetch.of("poll")).toHaveLength(2);
    clock.advance(1_000);
    await settle();
    expect(fetch.of("poll")).toHaveLength(3);
    clock.advance(20_000);
    await fetch.last.answer(204);
    expect(fetch.of("poll")).toHaveLength(4);
  });

  test("P-114 one POST at a time; what waits meanwhile goes with the next", async () => {
    const { fetch, receiver, client } = await openPolling();
    receiver.waiting.push(packet(1));
    client.wake();
    receiver.waiting.push(packet(2), packet(3));
    client.wake();
    expect(fetch.of("send")).toHaveLength(1);
    await fetch.of("send")[0]?.answer(200, [packet(9)]);
    expect(receiver.told).toEqual(["body", [9]]);
    expect(fetch.of("send")[1]?.init.body).toEqual(Uint8Array.of(1, 2, 1, 3));
  });

  test("P-115 P-116 a POST that is not answered in 10 s is given up and what it held is sent again", async () => {
    const { fetch, clock, receiver, client } = await openPolling();
    receiver.waiting.push(packet(1));
    client.wake();
    receiver.waiting.push(packet(1));
    clock.advance(10_000);
    await settle();
    expect([fetch.of("send")[0]?.isAborted, receiver.told]).toEqual([true, ["lost"]]);
    expect(fetch.of("send")).toHaveLength(2);
  });

  test("three requests in a row that nobody answers end it with 1006, and every request of it", async () => {
    const { fetch, clock, receiver } = await openPolling();
    for (let count = 0; count < 3; count++) {
      await fetch.of("poll").at(-1)?.fail();
      clock.advance(1_000);
      await settle();
    }
    expect(receiver.told).toEqual([1006]);
    expect(fetch.of("poll")).toHaveLength(3);
    expect(clock.pendingCount).toBe(0);
  });

  test("F-30 a held GET that is cut is told as cut, one that was answered is not", async () => {
    const { fetch, clock, helds } = await openPolling();
    clock.advance(5_000);
    await fetch.last.fail();
    await fetch.last.answer(204);
    expect(helds).toEqual([true, false]);
  });

  test("F-30 one that fails at once was not cut for being held: nothing answers, for now", async () => {
    const { fetch, clock, helds, receiver } = await openPolling();
    clock.advance(5_000);
    await fetch.last.fail();
    await fetch.last.fail();
    clock.advance(1_000);
    await settle();
    await fetch.last.fail();
    expect([helds, receiver.told]).toEqual([[true], [1006]]);
  });

  test.each([
    [401, 4401],
    [403, 4403],
    [409, 4409],
    [410, 4410],
    [429, 4429],
    [503, 1013],
    [404, 4404],
    [502, 1006],
  ])("status %i ends it with %i", async (status, code) => {
    const { fetch, receiver } = await openPolling();
    await fetch.last.answer(status, [], { "retry-after": "3" });
    expect(receiver.told).toEqual([code]);
  });

  test("F-28 Retry-After is kept for whoever waits", async () => {
    const { fetch, client } = await openPolling();
    await fetch.last.answer(503, [], { "retry-after": "3" });
    expect(client.retryAfterMs).toBe(3_000);
  });

  test("a page of somebody's, said with 200, is no answer of ours", async () => {
    const { fetch, receiver } = await openPolling();
    await fetch.last.answer(200, [], { "content-type": "text/html" });
    expect(receiver.told).toEqual([4404]);
  });

  test("polling asks after 1, 2, 4, 8, 10 s while nothing comes, and soon again when something is sent", async () => {
    const { fetch, clock, receiver, client } = await openPolling("poll");
    expect(fetch.last.init.headers["prefer"]).toBeUndefined();
    for (const [count, pauseMs] of [1_000, 2_000, 4_000, 8_000, 10_000, 10_000].entries()) {
      await fetch.last.answer(204);
      clock.advance(pauseMs - 1);
      await settle();
      expect(fetch.of("poll")).toHaveLength(count + 1);
      clock.advance(1);
      await settle();
      expect(fetch.of("poll")).toHaveLength(count + 2);
    }
    await fetch.last.answer(204);
    receiver.waiting.push(packet(1));
    client.wake();
    await fetch.of("send")[0]?.answer(200);
    clock.advance(1_000);
    await settle();
    expect(fetch.of("poll")).toHaveLength(8);
  });

  test("I-13 whoever polls and sends all the time still asks in time", async () => {
    const { fetch, clock, receiver, client } = await openPolling("poll");
    await fetch.last.answer(204);
    for (let count = 0; count < 5; count++) {
      clock.advance(200);
      receiver.waiting.push(packet(1));
      client.wake();
      await fetch.of("send")[count]?.answer(200);
    }
    await settle();
    expect([fetch.of("send").length, fetch.of("poll").length]).toEqual([5, 2]);
  });

  test("a stream delivers what comes as it comes, at any chunking, and its end is the end", async () => {
    const { fetch, receiver, client } = open("stream");
    expect(fetch.last.action).toBe("stream");
    const answer = fetch.last.stream();
    await answer.push(Uint8Array.of(2, 7));
    expect(receiver.told).toEqual([]);
    receiver.waiting.push(packet(1));
    await answer.push(Uint8Array.of(7, 1, 5));
    expect(receiver.told).toEqual([[7, 7], [5]]);
    expect(fetch.of("send")).toHaveLength(1);
    await answer.end();
    expect(receiver.told).toEqual([[7, 7], [5], 1006]);
    receiver.waiting.push(packet(1));
    client.wake();
    expect(fetch.of("send")).toHaveLength(1);
  });

  test("closing it gives up what is asked, but not a last word", async () => {
    const { fetch, receiver, client, clock } = await openPolling();
    receiver.waiting.push(packet(14));
    // Taking the last word closes the way, as BYE does.
    receiver.take = () => {
      client.close();
      return receiver.waiting.splice(0);
    };
    client.wake();
    expect(fetch.of("poll")[0]?.isAborted).toBe(true);
    expect(fetch.of("send")[0]).toMatchObject({ isAborted: false, init: { keepalive: true } });
    await fetch.of("send")[0]?.answer(200);
    expect([receiver.told, clock.pendingCount]).toEqual([[], 0]);
  });

  test.each(["stream", "longpoll"] as const)(
    "I-15 a last word on %s waits for no POST that is under way, and is not given up with it",
    async (kind) => {
      const { fetch, receiver, client } = kind === "stream" ? open(kind) : await openPolling();
      if (kind === "stream") await fetch.last.stream().push(Uint8Array.of(2, 7, 7));
      receiver.waiting.push(packet(1));
      client.wake();
      receiver.waiting.push(packet(14));
      client.wake();
      expect(fetch.of("send")).toHaveLength(1);
      receiver.take = (room) => {
        client.close();
        receiver.takeRoom = room;
        return receiver.waiting.splice(0);
      };
      client.wake(true);
      const [older, last] = fetch.of("send");
      expect(last).toMatchObject({ isAborted: false, init: { keepalive: true } });
      expect(receiver.takeRoom).toMatchObject({ maxBytes: 60 * 1024 });
      await older?.answer(409);
      const held = fetch.of(kind === "stream" ? "stream" : "poll")[0];
      expect([last?.isAborted, held?.isAborted]).toEqual([false, kind === "longpoll"]);
      await last?.answer(200);
      expect([held?.isAborted, receiver.told.filter((told) => told === 4409)]).toEqual([true, []]);
    },
  );

  test.each(["409", "nothing"])("I-15 a last word that gets %s for an answer is said once more", async (answer) => {
    const { fetch, receiver, client, clock } = await openPolling();
    receiver.waiting.push(packet(14));
    receiver.take = () => {
      client.close();
      return receiver.waiting.splice(0);
    };
    client.wake(true);
    for (let count = 1; count <= 2; count++) {
      expect(fetch.of("send")).toHaveLength(count);
      if (answer === "409") await fetch.last.answer(409);
      else await fetch.last.fail();
    }
    const [first, again] = fetch.of("send");
    expect([fetch.of("send").length, again?.init.body, again?.init.keepalive]).toEqual([2, first?.init.body, true]);
    expect([receiver.told, clock.pendingCount]).toEqual([[], 0]);
  });

  test("I-15 a last word is not said again to who has heard it", async () => {
    const { fetch, receiver, client } = await openPolling();
    receiver.waiting.push(packet(14));
    receiver.take = () => {
      client.close();
      return receiver.waiting.splice(0);
    };
    client.wake(true);
    await fetch.last.answer(410);
    expect(fetch.of("send")).toHaveLength(1);
  });

  test("a stream stands until the last word has arrived: without one it would come from nobody", async () => {
    const { fetch, receiver, client } = open("stream");
    const answer = fetch.last.stream();
    await answer.push(Uint8Array.of(2, 7, 7));
    receiver.waiting.push(packet(14));
    receiver.take = () => {
      client.close();
      return receiver.waiting.splice(0);
    };
    client.wake();
    expect([fetch.of("stream")[0]?.isAborted, fetch.of("send").length]).toEqual([false, 1]);
    await fetch.of("send")[0]?.answer(200);
    expect(fetch.of("stream")[0]?.isAborted).toBe(true);
  });

  test.each(["stream", "longpoll"] as const)(
    "I-15 a last word on %s that is brought about by what opens it goes out at once, and the stream stands meanwhile",
    async (kind) => {
      const { fetch, receiver, client } = open(kind);
      receiver.waiting.push(packet(14));
      const take = (): Uint8Array[] => {
        client.close();
        return receiver.waiting.splice(0);
      };
      receiver.receive = () => {
        receiver.take = take;
        client.wake(true);
      };
      receiver.openBody = () => ({ receive: () => (receiver.receive(packet(7)), true) });
      const [opening] = fetch.requests;
      if (kind === "stream") await opening?.stream().push(Uint8Array.of(1, 7));
      else await opening?.answer(200, [packet(7)]);
      expect(fetch.requests.map(({ action }) => action)).toEqual([kind === "stream" ? kind : "open", "send"]);
      const [last] = fetch.of("send");
      expect(last).toMatchObject({ isAborted: false, init: { keepalive: true, body: Uint8Array.of(1, 14) } });
      expect([opening?.isAborted, opening?.isCancelled]).toEqual([kind === "longpoll", false]);
      await last?.answer(200);
      expect(opening?.isAborted).toBe(true);
    },
  );
});
