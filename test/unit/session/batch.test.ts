import { expect, test } from "vitest";
import { addData } from "../../../src/session/batch.ts";
import { LARGEST_IN_BODY } from "../../../src/session/body.ts";
import { Ledger } from "../../../src/session/ledger.ts";
import { PacketType } from "../../../src/session/packet.ts";
import { defaultSettings } from "../../../src/session/settings.ts";
import { bytes } from "../../support/byte-builder.ts";
import { RecordedUser } from "../../support/recorded-user.ts";

const room = { maxBytes: 256 * 1024, maxPackets: 100 };
const at = (next: number): Uint8Array => bytes(PacketType.at, next);
const data = (text: string): Uint8Array => bytes(PacketType.data, text);

function ledgerOf(...said: readonly string[]): Ledger {
  const user = new RecordedUser();
  for (const text of said) user.say(text);
  return new Ledger(defaultSettings, user);
}

test("P-115 it begins with the oldest that is not acknowledged, every time", () => {
  const ledger = ledgerOf("a", "b", "c");
  const first: Uint8Array[] = [];
  expect(addData(first, ledger, room, LARGEST_IN_BODY)).toBe(true);
  expect(first).toEqual([at(1), data("a"), data("b"), data("c")]);
  ledger.outbox.acknowledge(2, Infinity);
  const second: Uint8Array[] = [];
  expect(addData(second, ledger, room, LARGEST_IN_BODY)).toBe(true);
  expect(second).toEqual([at(3), data("c")]);
});

test("nothing to say adds nothing, not even AT", () => {
  const packets: Uint8Array[] = [];
  expect([addData(packets, ledgerOf(), room, 0), addData(packets, undefined, room, 0), packets]).toEqual([
    true,
    true,
    [],
  ]);
});

test("V-17 it ends where the body is full of packets, and says so", () => {
  const ledger = ledgerOf(..."abcdefgh");
  const packets: Uint8Array[] = [];
  expect(addData(packets, ledger, { ...room, maxPackets: 6 }, 0)).toBe(false);
  expect(packets).toEqual([at(1), data("a"), data("b"), data("c")]);
  expect(ledger.outbox.last).toBe(3);
});

test("what has no number yet gets none unless there is room to spare behind what is in it", () => {
  const ledger = ledgerOf("a", "b");
  const packets: Uint8Array[] = [];
  expect(addData(packets, ledger, { ...room, maxBytes: LARGEST_IN_BODY }, LARGEST_IN_BODY)).toBe(false);
  expect([packets, ledger.outbox.last]).toEqual([[at(1), data("a")], 1]);
});

test("one that is larger than what is left is not in it, and the rest is not either", () => {
  const ledger = ledgerOf("a", "b".repeat(50), "c");
  addData([], ledger, room, 0);
  const packets: Uint8Array[] = [];
  expect(addData(packets, ledger, { ...room, maxBytes: 40 }, 0)).toBe(false);
  expect(packets).toEqual([at(1), data("a")]);
});
