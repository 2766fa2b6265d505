import { expect, test } from "vitest";
import { ControlPayload } from "../../../src/protocol/control-payload.ts";
import { utf8 } from "../../support/byte-builder.ts";

test("P-70 a payload in pieces is whole when the last has come, and not before", () => {
  const payload = new ControlPayload(5);
  const source = utf8("xhellox");
  expect(payload.append(source, 1, 3)).toBe(false);
  expect(payload.append(source, 3, 3)).toBe(false);
  expect(payload.append(source, 3, 6)).toBe(true);
  expect(Buffer.from(payload.bytes).toString()).toBe("hello");
});

test("V-01 the pieces are copied into memory of exactly the payload's size", () => {
  const payload = new ControlPayload(3);
  const source = utf8("abc");
  payload.append(source, 0, 3);
  source.fill(0);
  expect(Buffer.from(payload.bytes).toString()).toBe("abc");
  expect(payload.bytes.buffer.byteLength).toBe(3);
  expect(payload.cost).toBe(3 + 128);
});
