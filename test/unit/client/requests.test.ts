import { expect, test } from "vitest";
import { createRequests, probePath } from "../../../src/client/requests.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { ScriptedFetch } from "../../support/scripted-fetch.ts";

test("a transport made of requests asks below the line's address, as its kind says", () => {
  const fetch = new ScriptedFetch();
  const requests = createRequests({
    kind: "stream",
    base: "https://a.example/longwire",
    fetch: fetch.fetch,
    clock: new FakeClock(),
    credentials: { ticket: new Uint8Array(0), received: 0 },
    withCookies: true,
    receiveHeldEnd: () => {},
  });
  requests.open({
    take: () => [Uint8Array.of(6)],
    openBody: () => ({ receive: () => true }),
    receive: () => {},
    receiveTakenLost: () => {},
    receiveClosed: () => {},
  });
  expect(fetch.last).toMatchObject({ url: "https://a.example/longwire/stream", init: { credentials: "include" } });
});

test("what answers is asked with one PING; where there are no requests nobody is asked", async () => {
  const { fetch, requests } = new ScriptedFetch();
  const clock = new FakeClock();
  const terms = { base: "https://a.example/longwire", withCookies: false, isHeld: false };
  expect(await probePath({ fetch: undefined, clock }, terms)).toBe("none");
  const verdict = probePath({ fetch, clock }, terms);
  expect(requests[0]?.init.body).toEqual(Uint8Array.of(2, 2, 1));
  await requests[0]?.answer(503);
  expect(await verdict).toBe("busy");
});
