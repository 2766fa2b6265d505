import { expect, test } from "vitest";
import {
  decodeAnswer,
  decodeClaim,
  encodeAnswer,
  encodeClaim,
  MAX_MESSAGE_NUMBER,
} from "../../../src/channels/outbox-terms.ts";
import { hex } from "../../support/byte-builder.ts";

const id = Uint8Array.from({ length: 16 }, (_, index) => index);
const window = Uint8Array.from({ length: 8 }, (_, index) => 0xf0 + index);
const claim = { id, window, first: 1, next: 300, resends: true };
const answer = { window, isKnown: true, settled: 5, called: 200 };
const claimWire = "01 01 000102030405060708090a0b0c0d0e0f f0f1f2f3f4f5f6f7 01 ac02";
const answerWire = "01 01 f0f1f2f3f4f5f6f7 05 c801";
const bytes = (text: string): Uint8Array => hex(text.replaceAll(" ", ""));

test("a claim is these bytes", () => {
  expect(encodeClaim(claim)).toEqual(bytes(claimWire));
  expect(decodeClaim(bytes(claimWire))).toEqual(claim);
  expect(decodeClaim(encodeClaim({ ...claim, resends: false }))).toEqual({ ...claim, resends: false });
});

test("an answer is these bytes", () => {
  expect(encodeAnswer(answer)).toEqual(bytes(answerWire));
  expect(decodeAnswer(bytes(answerWire))).toEqual(answer);
  expect(decodeAnswer(encodeAnswer({ ...answer, isKnown: false }))).toEqual({ ...answer, isKnown: false });
});

test("what a later version adds, flags and fields, is ignored", () => {
  expect(decodeClaim(bytes(claimWire.replace("01 01", "01 f1") + "07"))).toEqual(claim);
  expect(decodeAnswer(bytes(answerWire.replace("01 01", "01 f1") + "07"))).toEqual(answer);
});

test("parameters of another kind are no claim and no answer", () => {
  for (const text of ["", "02", `02${claimWire.slice(2)}`]) {
    expect([decodeClaim(bytes(text)), decodeAnswer(bytes(text))]).toEqual([undefined, undefined]);
  }
});

test("V-61 a claim that is cut, counts from 0, backwards or out of what can be counted is malformed", () => {
  const whole = encodeClaim(claim);
  for (let length = 1; length < whole.length; length++)
    expect(decodeClaim(whole.subarray(0, length))).toBe("malformed");
  for (const [first, next] of [
    [0, 1],
    [3, 2],
    [1, MAX_MESSAGE_NUMBER + 1],
  ] as const) {
    expect(decodeClaim(encodeClaim({ ...claim, first, next }))).toBe("malformed");
  }
  expect(decodeClaim(encodeClaim({ ...claim, next: MAX_MESSAGE_NUMBER }))).toMatchObject({ next: MAX_MESSAGE_NUMBER });
});

test("an answer that is cut, or is done with more than it was called with, is none", () => {
  const whole = encodeAnswer(answer);
  for (let length = 0; length < whole.length; length++) expect(decodeAnswer(whole.subarray(0, length))).toBeUndefined();
  expect(decodeAnswer(encodeAnswer({ ...answer, settled: 201 }))).toBeUndefined();
});
