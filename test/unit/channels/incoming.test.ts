import { describe, expect, test } from "vitest";
import { Windows } from "../../../src/channels/credit.ts";
import { Incoming, type IncomingShares, type Message } from "../../../src/channels/incoming.ts";
import { Pools } from "../../../src/channels/pools.ts";
import { bytes, hex, utf8 } from "../../support/byte-builder.ts";

const KiB = 1024;
const shares = (maxMessageBytes = 300 * KiB): IncomingShares & { roundTripMs: number } => ({
  windows: new Windows(1024 * KiB),
  pools: new Pools(maxMessageBytes),
  limits: { maxMessageBytes },
  roundTripMs: 0,
});
const nobody = { receiveConsumed() {} };
const full = new Uint8Array(16 * KiB);
const isMessage = (result: unknown): result is Message => typeof result === "object" && "claim" in (result as object);
const message = (result: unknown): Message => {
  if (!isMessage(result)) throw new Error(`not a message: ${JSON.stringify(result)}`);
  return result;
};

test("slices become a message, whose kind all of them say", () => {
  const incoming = new Incoming(shares(), nobody);
  expect(incoming.receive(utf8("a"), false, true)).toBeUndefined();
  const whole = message(incoming.receive(utf8("b"), true, true));
  expect(whole.data).toBe("ab");
  incoming.receive(utf8("a"), false, true);
  expect(incoming.receive(utf8("b"), true, false)).toMatchObject({ code: "LW_CHANNEL_ENVELOPE_UNEXPECTED" });
});

test("a message of one slice is a copy", () => {
  const incoming = new Incoming(shares(), nobody);
  const slice = bytes("abc");
  const whole = message(incoming.receive(slice, true, false));
  slice.fill(0);
  expect(whole.data).toEqual(bytes("abc"));
});

test("P-121 what was not granted may not be sent", () => {
  const incoming = new Incoming(shares(), nobody);
  for (let count = 0; count < 3; count++) expect(isMessage(incoming.receive(full, true, false))).toBe(true);
  expect(incoming.receive(full, true, false)).toMatchObject({ code: "LW_CHANNEL_CREDIT_EXCEEDED", closeCode: 4400 });
});

test("a message is too large at the slice that crosses the limit: 1009", () => {
  const incoming = new Incoming(shares(20 * KiB), nobody);
  expect(incoming.receive(full, false, false)).toBeUndefined();
  expect(incoming.receive(full, false, false)).toMatchObject({ code: "LW_CHANNEL_MESSAGE_SIZE", closeCode: 1009 });
});

test("text that is no UTF-8 is refused, cut characters are not", () => {
  const incoming = new Incoming(shares(), nobody);
  expect(incoming.receive(hex("c3"), false, true)).toBeUndefined();
  expect(message(incoming.receive(hex("a9"), true, true)).data).toBe("é");
  expect(incoming.receive(hex("c3 28"), true, true)).toMatchObject({
    code: "LW_CHANNEL_TEXT_INVALID",
    closeCode: 4400,
  });
});

describe("I-12 a message larger than its window", () => {
  /** As much of an unfinished message as credit allows; grants as they become due. */
  const fill = (incoming: Incoming, slices: number): number => {
    for (let count = 0; count < slices; count++) {
      if (incoming.receive(full, false, false) !== undefined) return count;
      incoming.takeCredit(0);
    }
    return slices;
  };

  test("I-12 is consumed early within the pools, and gives them back when it is dispatched, not when it is complete", () => {
    const common = shares();
    const incoming = new Incoming(common, nobody);
    expect(fill(incoming, 17)).toBe(17);
    const whole = message(incoming.receive(full, true, false));
    expect(common.pools.used).toBeGreaterThan(200 * KiB);
    incoming.consume(whole);
    expect([common.pools.used, incoming.unconsumed]).toEqual([0, 0]);
  });

  test("I-12 the oldest goes on when the shared pool is used up, the next waits until there is room and is told", () => {
    const common = shares(100 * KiB);
    let retries = 0;
    const [oldest, second, third] = [0, 1, 2].map(
      () => new Incoming(common, { receiveConsumed: () => void retries++ }),
    ) as [Incoming, Incoming, Incoming];
    expect(fill(oldest, 2)).toBe(2);
    expect(fill(second, 6)).toBe(6);
    expect(fill(third, 6)).toBeLessThan(6);
    expect(fill(oldest, 4)).toBe(4);
    const whole = message(oldest.receive(bytes("end"), true, false));
    expect(common.pools.used).toBeLessThanOrEqual(200 * KiB);
    retries = 0;
    oldest.consume(whole);
    expect(retries).toBeGreaterThan(0);
    for (const incoming of [second, third]) incoming.close();
    expect(common.pools.used).toBe(0);
  });
});

test("slices of what nobody wants any more are consumed as they come", () => {
  const incoming = new Incoming(shares(), nobody);
  for (let count = 0; count < 3; count++) expect(incoming.discard(full.length)).toBeUndefined();
  expect([incoming.unconsumed, incoming.isCreditDue]).toEqual([0, true]);
  expect(incoming.discard(full.length)).toMatchObject({ code: "LW_CHANNEL_CREDIT_EXCEEDED" });
});

test("P-123 slices of a large message are consumed as soon as they make a grant", () => {
  const incoming = new Incoming(shares(), nobody);
  incoming.receive(full, false, false);
  expect([incoming.unconsumed, incoming.isCreditDue]).toEqual([0, true]);
});

test("P-123 a window grows when half of it lasts less than a round trip and nothing waits", () => {
  const common = shares();
  common.roundTripMs = 100;
  const incoming = new Incoming(common, nobody);
  const use = (now: number): number => {
    while (!incoming.isCreditDue)
      incoming.consume(message(incoming.receive(bytes(new Uint8Array(8 * KiB)), true, false)));
    return incoming.takeCredit(now);
  };
  use(0);
  expect(incoming.windowBytes).toBe(64 * KiB);
  // A quarter each time.
  use(60);
  expect(incoming.windowBytes).toBe(64 * KiB);
  use(105);
  expect(incoming.windowBytes).toBe(128 * KiB);
  incoming.close();
  incoming.close();
  expect(common.windows.total).toBe(0);
});
