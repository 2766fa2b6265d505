import { createContext, runInContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { bytesOf, ownedBuffer, payloadBytes, payloadOf, pingPayload } from "../../../src/base/payload.ts";

const canary = 0x5a;

/** A view into the middle of a buffer whose other bytes must never travel. */
function viewAt(offset: number, bytes: readonly number[]): Uint8Array {
  const buffer = new Uint8Array(offset + bytes.length + 8).fill(canary);
  buffer.set(bytes, offset);
  return buffer.subarray(offset, offset + bytes.length);
}

describe("payloadOf", () => {
  test("V-34 a view at an offset gives exactly its own bytes, whatever its element size", () => {
    expect(payloadOf(viewAt(5, [1, 2, 3]))).toEqual(Uint8Array.of(1, 2, 3));
    const floats = new Float32Array(20).fill(1.5);
    const bytes = payloadOf(floats) as Uint8Array;
    expect(bytes.byteLength).toBe(80);
    expect(Buffer.from(bytes)).toEqual(Buffer.from(floats.buffer));
    expect(payloadOf(new DataView(Uint8Array.of(9, 8, 7, 6).buffer, 1, 2))).toEqual(Uint8Array.of(8, 7));
    expect(payloadOf(new Uint16Array(Uint8Array.of(0, 0, 1, 2, 3, 4).buffer, 2, 1))).toEqual(Uint8Array.of(1, 2));
  });

  test("V-34 a number is text, not a length", () => {
    expect(payloadOf(1e9)).toBe("1000000000");
    expect(payloadOf(-0)).toBe("0");
  });

  test("V-34 an object that only claims a length is text", () => {
    expect(payloadOf({ length: 1e9 })).toBe("[object Object]");
    expect(payloadOf({ byteLength: 1e9, buffer: new ArrayBuffer(8) })).toBe("[object Object]");
    expect(payloadOf([1, 2])).toBe("1,2");
    expect(payloadOf(null)).toBe("null");
    expect(payloadOf(undefined)).toBe("undefined");
  });

  test("V-34 shared memory is refused, itself and under a view", () => {
    const shared = new SharedArrayBuffer(8);
    expect(() => payloadOf(shared)).toThrow(TypeError);
    expect(() => payloadOf(new Uint8Array(shared, 2, 2))).toThrow(TypeError);
    expect(() => payloadOf(new DataView(shared))).toThrow(TypeError);
  });

  test("V-34 a detached buffer holds no bytes", () => {
    const view = Uint8Array.of(1, 2, 3);
    const { buffer } = view;
    structuredClone(buffer, { transfer: [buffer] });
    expect(payloadOf(buffer)).toEqual(new Uint8Array(0));
    expect(payloadOf(view)).toEqual(new Uint8Array(0));
  });

  test("V-34 a resized buffer gives the bytes it has now, a view out of its bounds none", () => {
    const Resizable = ArrayBuffer as unknown as new (
      length: number,
      options: { maxByteLength: number },
    ) => ArrayBuffer & {
      resize(length: number): void;
    };
    const buffer = new Resizable(8, { maxByteLength: 16 });
    new Uint8Array(buffer).fill(7);
    const fixed = new Uint8Array(buffer, 6, 2);
    const tracking = new Uint8Array(buffer, 2);
    buffer.resize(4);
    expect(payloadOf(buffer)).toEqual(Uint8Array.of(7, 7, 7, 7));
    expect(payloadOf(tracking)).toEqual(Uint8Array.of(7, 7));
    expect(payloadOf(fixed)).toEqual(new Uint8Array(0));
  });

  test("a buffer of another realm is a buffer", () => {
    const foreign: unknown = runInContext("new Uint8Array([1, 2, 3]).buffer", createContext());
    expect(foreign instanceof ArrayBuffer).toBe(false);
    expect(payloadOf(foreign)).toEqual(Uint8Array.of(1, 2, 3));
  });

  test("a symbol and an object that cannot become text throw", () => {
    expect(() => payloadOf(Symbol("s"))).toThrow(TypeError);
    expect(() => payloadOf(Object.create(null))).toThrow(TypeError);
  });

  test("a Blob stays a Blob", () => {
    const blob = new Blob(["x"]);
    expect(payloadOf(blob)).toBe(blob);
  });
});

test("P-96 a payload counts its UTF-8 bytes, its view's bytes, its Blob's size", () => {
  expect(payloadBytes("aé€😀")).toBe(10);
  expect(payloadBytes("\ud800")).toBe(3);
  expect(payloadBytes(viewAt(3, [1, 2]))).toBe(2);
  expect(payloadBytes(new Blob(["€"]))).toBe(3);
});

describe("pingPayload", () => {
  test("V-34 takes exact bytes or text, and throws TypeError for anything else", () => {
    expect(pingPayload(viewAt(9, [4, 5]))).toEqual(Uint8Array.of(4, 5));
    expect(pingPayload("é")).toEqual(Uint8Array.of(0xc3, 0xa9));
    expect(pingPayload(new Float32Array(20)).byteLength).toBe(80);
    for (const wrong of [20, { length: 1e9 }, null, true, new Blob([]), new SharedArrayBuffer(4)]) {
      expect(() => pingPayload(wrong)).toThrow(TypeError);
    }
  });

  test("125 bytes pass, 126 do not", () => {
    expect(pingPayload("x".repeat(125)).byteLength).toBe(125);
    expect(() => pingPayload("x".repeat(126))).toThrow(expect.objectContaining({ code: "LW_SOCKET_PING_SIZE" }));
  });
});

test("what is received is shown as a buffer of exactly its size", () => {
  const whole = Uint8Array.of(1, 2);
  expect(ownedBuffer(whole)).toBe(whole.buffer);
  const shown = ownedBuffer(viewAt(4, [1, 2]));
  expect(shown.byteLength).toBe(2);
  expect(new Uint8Array(shown)).toEqual(Uint8Array.of(1, 2));
});

test("bytesOf knows nothing but buffers and views", () => {
  expect(bytesOf({})).toBeUndefined();
  expect(bytesOf(new Blob([]))).toBeUndefined();
});
