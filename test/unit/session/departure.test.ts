import { expect, test, vi } from "vitest";
import { Departure } from "../../../src/session/departure.ts";
import { PacketType } from "../../../src/session/packet.ts";

const goAway = (flags: number, deadlineMs: number, spreadMs: number) =>
  ({ type: PacketType.goAway, flags, deadlineMs, spreadMs }) as const;

/** What a transport is told at `now`. */
function told(departure: Departure, now: number): unknown {
  const send = vi.fn();
  departure.tell({ send }, now);
  return send.mock.calls[0]?.[0];
}

test("nobody is asked to leave before", () => {
  expect(told(new Departure(), 0)).toBeUndefined();
});

test("a transport is asked once", () => {
  const departure = new Departure();
  departure.ask(false, 5_000, 1_000, 100);
  expect(told(departure, 100)).toEqual(goAway(0, 5_000, 1_000));
  expect(told(departure, 100)).toBeUndefined();
});

test("who has no transport when one is to be left is asked on no later one", () => {
  const departure = new Departure();
  departure.ask(false, 5_000, 1_000, 100);
  departure.tell(undefined, 100);
  expect(told(departure, 100)).toBeUndefined();
});

test("a session is asked on every transport, with the time that is left", () => {
  const departure = new Departure();
  departure.ask(true, 5_000, 3_000, 100);
  expect(told(departure, 100)).toEqual(goAway(1, 5_000, 3_000));
  expect(told(departure, 4_000)).toEqual(goAway(1, 1_100, 1_100));
  expect(told(departure, 9_000)).toEqual(goAway(1, 0, 0));
});

test("P-116 on a way made of requests it is told three times, each time the client asks again", () => {
  const departure = new Departure();
  departure.ask(true, 5_000, 1_000, 0);
  const send = vi.fn();
  departure.tell({ send }, 0);
  for (let count = 0; count < 10; count++) departure.repeat({ send }, 1_000);
  expect(send.mock.calls).toEqual([[goAway(1, 5_000, 1_000)], [goAway(1, 4_000, 1_000)], [goAway(1, 4_000, 1_000)]]);
  departure.ask(false, 5_000, 1_000, 2_000);
  departure.tell({ send }, 2_000);
  departure.repeat({ send }, 2_000);
  expect(send).toHaveBeenCalledTimes(4);
});
