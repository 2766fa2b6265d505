import { describe, expect, test } from "vitest";
import { probe } from "../../../../src/transports/http/probe.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { ScriptedFetch, settle } from "../../../support/scripted-fetch.ts";

function ask(
  signal?: AbortSignal,
  isHeld = true,
): {
  fetch: ScriptedFetch;
  clock: FakeClock;
  told: number[][];
  verdict: Promise<string>;
} {
  const fetch = new ScriptedFetch();
  const clock = new FakeClock();
  const told: number[][] = [];
  const verdict = probe({
    base: "https://a.example/longwire",
    fetch: fetch.fetch,
    clock,
    body: Uint8Array.of(2, 2, 1),
    withCookies: false,
    isHeld,
    ...(signal === undefined ? {} : { signal }),
    receive: (packet) => told.push([...packet]),
  });
  return { fetch, clock, told, verdict };
}

describe("probe", () => {
  test("an answer that is seen before it ends has come through as it was sent", async () => {
    const { fetch, clock, told, verdict } = ask();
    expect(fetch.last).toMatchObject({ url: "https://a.example/longwire/probe", init: { method: "POST" } });
    const answer = fetch.last.stream();
    await answer.push(Uint8Array.of(1, 5));
    clock.advance(2_000);
    await answer.end();
    expect([await verdict, told, clock.pendingCount]).toEqual(["streams", [[5]], 0]);
  });

  test("given up, before or while it asks, it asks nothing any more", async () => {
    const given = new AbortController();
    const { fetch, clock, verdict } = ask(given.signal);
    given.abort();
    expect([await verdict, fetch.last.isAborted, clock.pendingCount]).toEqual(["none", true, 0]);
    const late = ask(given.signal);
    expect([await late.verdict, late.clock.pendingCount]).toEqual(["none", 0]);
  });

  test("one that is seen only at its end was held back on the way", async () => {
    const { fetch, clock, verdict } = ask();
    const answer = fetch.last.stream();
    clock.advance(2_000);
    await answer.push(Uint8Array.of(1, 5));
    await answer.end();
    expect(await verdict).toBe("buffers");
  });

  test("without a stream to read an answer is one that comes whole", async () => {
    const { fetch, told, verdict } = ask();
    await fetch.last.answer(200, [Uint8Array.of(5)]);
    expect([await verdict, told]).toEqual(["buffers", [[5]]]);
  });

  test("whoever asks only who is there would not wait, and says so", async () => {
    const { fetch, verdict } = ask(undefined, false);
    expect(fetch.last.init.headers["prefer"]).toBe("wait=0");
    await fetch.last.answer(200, [Uint8Array.of(5)]);
    expect(await verdict).toBe("buffers");
    expect(ask().fetch.last.init.headers["prefer"]).toBeUndefined();
  });

  test("a server that is asked too often says nothing about the path", async () => {
    const often = ask();
    await often.fetch.last.answer(429);
    const draining = ask();
    await draining.fetch.last.answer(503);
    expect([await often.verdict, await draining.verdict]).toEqual(["busy", "busy"]);
  });

  test("P-113 no answer, one of somebody else, and one that never comes are none", async () => {
    const refused = ask();
    await refused.fetch.last.answer(404);
    const foreign = ask();
    await foreign.fetch.last.answer(200, [], { "content-type": "text/html" });
    const silent = ask();
    silent.clock.advance(10_000);
    await settle();
    const unreachable = ask();
    await unreachable.fetch.last.fail();
    for (const { verdict } of [refused, foreign, silent, unreachable]) expect(await verdict).toBe("none");
    expect(silent.fetch.last.isAborted).toBe(true);
  });
});
