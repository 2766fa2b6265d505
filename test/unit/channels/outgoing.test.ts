import { expect, test } from "vitest";
import { Outgoing } from "../../../src/channels/outgoing.ts";
import { bytes, concat, toHex } from "../../support/byte-builder.ts";

function start(credit: number): { outgoing: Outgoing; charged: () => number } {
  let charged = 0;
  const outgoing = new Outgoing((cost) => (charged += cost));
  outgoing.credit.begin(credit);
  return { outgoing, charged: () => charged };
}

test("messages leave in order and in slices of at most 16 KiB, the last one marked", () => {
  const { outgoing, charged } = start(65_536);
  outgoing.send("hé");
  outgoing.send(new Uint8Array(20_000));
  expect([outgoing.bytes, charged()]).toEqual([20_003, 20_003 + 256]);
  const slices = [1, 2, 3].map(() => outgoing.take(5) ?? []);
  expect(toHex(concat(slices[0] ?? []))).toBe("30 05 68 c3 a9");
  expect(slices.slice(1).map(([head, body]) => [toHex(head ?? bytes()), body?.length])).toEqual([
    ["00 05", 16_384],
    ["10 05", 3_616],
  ]);
  expect([outgoing.bytes, outgoing.isEmpty, charged()]).toEqual([0, true, 0]);
  expect(outgoing.take(5)).toBeUndefined();
});

test("what is sent is a copy, what is pushed is not", () => {
  const { outgoing } = start(65_536);
  const data = bytes("abc");
  outgoing.send(data);
  outgoing.push({ bytes: data, isText: false });
  data.fill(0x7a);
  expect([outgoing.take(1), outgoing.take(1)].map((parts) => toHex(parts?.[1] ?? bytes()))).toEqual([
    "61 62 63",
    "7a 7a 7a",
  ]);
});

test("waits for credit", () => {
  const { outgoing } = start(200);
  outgoing.send("x".repeat(100));
  expect(outgoing.canSend).toBe(false);
  expect(outgoing.take(1)).toBeUndefined();
  outgoing.credit.grant(28);
  expect(outgoing.canSend).toBe(true);
  expect(outgoing.take(1)?.[1]).toHaveLength(100);
  expect(outgoing.credit.available).toBe(0);
});

test("drained() resolves when everything has left or was dropped", async () => {
  const { outgoing, charged } = start(65_536);
  await outgoing.drained();
  outgoing.send("a");
  const left = outgoing.drained();
  outgoing.take(1);
  await left;
  outgoing.send("bc");
  const dropped = outgoing.drained();
  expect(outgoing.clear()).toBe(2);
  await dropped;
  expect([outgoing.cost, charged()]).toEqual([0, 0]);
});
