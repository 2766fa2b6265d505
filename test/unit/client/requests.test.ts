import { expect, test } from "vitest";
import { createRequests } from "../../../src/client/requests.ts";
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
